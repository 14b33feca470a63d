/**
 * The part of GitHub's REST API that delivery uses, on loopback: strict about tokens, permissions and bodies, in pages, and
 * with faults on demand. Shapes and limits are those of https://docs.github.com/rest and of the messages that GitHub gives.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How a repository is. */
export interface GitHubApiOptions {
  /** `owner/name`. */
  readonly repository: string;
  /** The tokens that are valid: whose they are, and what they may write. */
  readonly tokens: Readonly<Record<string, { readonly login: string; readonly writes?: boolean }>>;
}

/** What goes wrong the next times that a call fits. */
export interface GitHubFault {
  readonly method: string;
  /** A beginning of the path. */
  readonly path: string;
  readonly status: number;
  /** How often. @default 1 */
  readonly times?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The call is done all the same: the answer alone is lost. @default false */
  readonly isDone?: boolean;
}

/** A comment as the API tells it. */
export interface StoredComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: string };
  readonly html_url: string;
}

/** An issue, or a pull request, as the API tells it. */
export interface StoredIssue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  readonly labels: { readonly name: string }[];
  readonly user: { readonly login: string };
  readonly html_url: string;
  readonly pull_request?: object;
  readonly comments: StoredComment[];
}

/** A job of an attempt of a run, as the API tells it. */
export interface StoredJob {
  readonly status: "queued" | "in_progress" | "completed" | "waiting";
  /** Null until a runner has taken it. */
  readonly runner_name: string | null;
}

class Answer extends Error {
  constructor(
    readonly status: number,
    readonly body: object,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(JSON.stringify(body));
  }
}

const notFound = () => new Answer(404, { message: "Not Found", documentation_url: "https://docs.github.com/rest" });
const invalid = (message: string) => new Answer(422, { message: "Validation Failed", errors: [{ message }] });

/** The most characters of a body: GitHub answers 422 beyond. */
const bodyLimit = 65_536;

interface Call {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly login: string;
}

/** A running API of one repository. */
export class GitHubApi {
  /** All calls so far: `POST /repos/o/r/issues`. */
  readonly calls: string[] = [];
  readonly issues: StoredIssue[] = [];
  /** The answers about who approved, by run. */
  readonly approvals = new Map<string, readonly object[]>();
  /** The jobs of an attempt of a run, by `7/attempts/1`. */
  readonly jobs = new Map<string, readonly StoredJob[]>();
  /** The pull requests that a commit came by. */
  readonly pullsOf = new Map<string, readonly StoredIssue[]>();
  private faults: { fault: GitHubFault; left: number }[] = [];
  private lastId = 100;
  private readonly server: Server;

  private constructor(private readonly options: GitHubApiOptions) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body, headers }) => {
        response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
        response.end(JSON.stringify(body));
      });
    });
  }

  static async start(options: GitHubApiOptions): Promise<GitHubApi> {
    const api = new GitHubApi(options);
    api.server.listen(0, "127.0.0.1");
    await once(api.server, "listening");
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets a kind of call fail. */
  fail(fault: GitHubFault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  /** An issue of somebody's, or with `isPullRequest` one. */
  addIssue(facts: Partial<Pick<StoredIssue, "title" | "body" | "state">> & IssueFacts): StoredIssue {
    const { login = "ada", labels = [], isPullRequest = false, title = "", body = "", state = "open" } = facts;
    const number = this.issues.length + 1;
    const issue: StoredIssue = {
      number,
      title,
      body,
      state,
      user: { login },
      comments: [],
      labels: labels.map((name) => ({ name })),
      html_url: `https://github.test/${this.options.repository}/issues/${number}`,
      ...(isPullRequest ? { pull_request: {} } : {}),
    };
    this.issues.push(issue);
    return issue;
  }

  /** A comment of somebody's. */
  addComment(issue: StoredIssue, login: string, body: string): StoredComment {
    const id = ++this.lastId;
    const type = login.endsWith("[bot]") ? "Bot" : "User";
    const comment = { id, body, user: { login, type }, html_url: `${issue.html_url}#issuecomment-${id}` };
    issue.comments.push(comment);
    return comment;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage): Promise<Pick<Answer, "status" | "body" | "headers">> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", this.url);
    const method = request.method ?? "GET";
    this.calls.push(`${method} ${path}`);
    try {
      const body = await readBody(request);
      const fault = this.faultOf(method, path);
      if (fault !== undefined && !fault.isDone) throw faultAnswer(fault);
      const login = this.authorize(request, method);
      const done = this.handle(method, { path, query, body, login });
      if (fault !== undefined) throw faultAnswer(fault);
      return done;
    } catch (error) {
      if (error instanceof Answer) return error;
      return new Answer(500, { message: String(error) });
    }
  }

  private faultOf(method: string, path: string): GitHubFault | undefined {
    const found = this.faults.find(({ fault }) => fault.method === method && path.startsWith(fault.path));
    if (found === undefined) return undefined;
    found.left -= 1;
    this.faults = this.faults.filter(({ left }) => left > 0);
    return found.fault;
  }

  private authorize(request: IncomingMessage, method: string): string {
    const token = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const known = this.options.tokens[token];
    if (known === undefined) throw new Answer(401, { message: "Bad credentials", status: "401" });
    if (request.headers["user-agent"] === undefined) throw new Answer(403, { message: "User-Agent is missing" });
    if (method === "GET" || known.writes !== false) return known.login;
    throw new Answer(403, { message: "Resource not accessible by integration" });
  }

  private handle(method: string, call: Call): Pick<Answer, "status" | "body" | "headers"> {
    const repository = `/repos/${this.options.repository}`;
    if (method === "GET" && call.path === "/user") return ok(userOf(call.login));
    if (!call.path.startsWith(`${repository}/`)) throw notFound();
    const path = call.path.slice(repository.length);
    for (const { method: of, pattern, handle } of this.routes()) {
      const match = of === method ? pattern.exec(path) : null;
      if (match !== null) return handle(call, match[1] ?? "");
    }
    throw notFound();
  }

  private routes(): readonly Route[] {
    return [
      { method: "GET", pattern: /^\/issues$/, handle: (call) => this.page(call, this.listed(call)) },
      { method: "POST", pattern: /^\/issues$/, handle: (call) => created(this.createIssue(call)) },
      { method: "PATCH", pattern: /^\/issues\/(\d+)$/, handle: (call, id) => ok(this.updateIssue(call, id)) },
      {
        method: "GET",
        pattern: /^\/issues\/(\d+)\/comments$/,
        handle: (call, id) => this.page(call, this.issue(id).comments),
      },
      {
        method: "POST",
        pattern: /^\/issues\/(\d+)\/comments$/,
        handle: (call, id) => created(this.addComment(this.issue(id), call.login, textOf(call, "body"))),
      },
      {
        method: "PATCH",
        pattern: /^\/issues\/comments\/(\d+)$/,
        handle: (call, id) => ok(this.updateComment(call, id)),
      },
      {
        method: "GET",
        pattern: /^\/issues\/(\d+)\/labels$/,
        handle: (call, id) => this.page(call, this.issue(id).labels),
      },
      {
        method: "GET",
        pattern: /^\/commits\/([\da-f]+)\/pulls$/,
        handle: (call, commit) => this.page(call, this.pullsOf.get(commit) ?? []),
      },
      {
        method: "GET",
        pattern: /^\/actions\/runs\/(\d+)\/approvals$/,
        handle: (_, id) => ok(this.approvals.get(id) ?? []),
      },
      {
        method: "GET",
        pattern: /^\/actions\/runs\/(\d+\/attempts\/\d+)\/jobs$/,
        handle: (_, id) => ok(this.jobsOf(id)),
      },
    ];
  }

  private listed({ query }: Call): readonly object[] {
    const labels = (query.get("labels") ?? "").split(",").filter((label) => label !== "");
    const state = query.get("state") ?? "open";
    const found = this.issues.filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        labels.every((label) => issue.labels.some(({ name }) => name === label)),
    );
    const sorted = query.get("direction") === "asc" ? found : found.toReversed();
    return sorted.map(({ comments, ...issue }) => ({ ...issue, comments: comments.length }));
  }

  private createIssue(call: Call): object {
    const labels = (call.body["labels"] ?? []) as string[];
    const texts = { title: textOf(call, "title"), body: textOf(call, "body") };
    const { comments, ...issue } = this.addIssue({ ...texts, labels, login: call.login });
    return { ...issue, comments: comments.length };
  }

  private updateIssue(call: Call, id: string): object {
    const issue = this.issue(id);
    const { state } = call.body;
    if (state !== undefined && state !== "open" && state !== "closed") throw invalid("state is open or closed");
    if (state !== undefined) issue.state = state;
    if (call.body["title"] !== undefined) issue.title = textOf(call, "title");
    if (call.body["body"] !== undefined) issue.body = textOf(call, "body");
    return { ...issue, comments: issue.comments.length };
  }

  private updateComment(call: Call, id: string): StoredComment {
    const comment = this.issues.flatMap(({ comments }) => comments).find((each) => String(each.id) === id);
    if (comment === undefined) throw notFound();
    comment.body = textOf(call, "body");
    return comment;
  }

  private jobsOf(attempt: string): object {
    const jobs = this.jobs.get(attempt);
    if (jobs === undefined) throw notFound();
    return { total_count: jobs.length, jobs };
  }

  private issue(id: string): StoredIssue {
    const issue = this.issues.find(({ number }) => String(number) === id);
    if (issue === undefined) throw notFound();
    return issue;
  }

  /** 30 of a list unless `per_page` says otherwise, and never more than 100; the header names the next page. */
  private page({ path, query }: Call, all: readonly object[]): Pick<Answer, "status" | "body" | "headers"> {
    const size = Math.min(100, Number(query.get("per_page") ?? 30));
    const number = Number(query.get("page") ?? 1);
    const next = new URLSearchParams(query);
    next.set("page", String(number + 1));
    const link = `<${this.url}${path}?${next.toString()}>; rel="next"`;
    return {
      status: 200,
      body: all.slice((number - 1) * size, number * size),
      headers: number * size < all.length ? { Link: link } : {},
    };
  }
}

interface IssueFacts {
  readonly login?: string;
  readonly labels?: readonly string[];
  readonly isPullRequest?: boolean;
}

interface Route {
  readonly method: string;
  /** Of the path after the repository's. */
  readonly pattern: RegExp;
  readonly handle: (call: Call, id: string) => Pick<Answer, "status" | "body" | "headers">;
}

function ok(body: object): Pick<Answer, "status" | "body" | "headers"> {
  return { status: 200, body, headers: {} };
}

function created(body: object): Pick<Answer, "status" | "body" | "headers"> {
  return { status: 201, body, headers: {} };
}

/** The token of GitHub Actions is of no user. */
function userOf(login: string): object {
  if (login.endsWith("[bot]")) throw new Answer(403, { message: "Resource not accessible by integration" });
  return { login };
}

function faultAnswer({ status, message = "Something went wrong", headers = {} }: GitHubFault): Answer {
  return new Answer(status, { message }, headers);
}

function textOf({ body }: Call, name: string): string {
  const text = body[name];
  if (typeof text !== "string" || text.trim() === "") throw invalid(`${name} is missing`);
  if (text.length > bodyLimit) throw invalid(`${name} is too long (maximum is ${bodyLimit} characters)`);
  return text;
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === "") return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Answer(400, { message: "Problems parsing JSON" });
  }
}
