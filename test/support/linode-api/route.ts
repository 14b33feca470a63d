/** How a call of the API is answered. */

import type { Schema } from "yup";

/** A call that fits a route. */
export interface Call {
  /** The parts of the path that the pattern takes out. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** One call of the API. */
export interface Route {
  readonly method: string;
  /** Of the path after `/v4`. */
  readonly pattern: RegExp;
  /** What a token must be allowed. @default anybody who has a token */
  readonly scope?: string;
  /** Whether somebody without a token is answered too. @default false */
  readonly isPublic?: boolean;
  readonly handle: (call: Call) => unknown;
}

/** Makes the calls about one kind of objects: to read them takes another scope than all else. */
export function callsAbout(kind: string) {
  const call =
    (method: string, access: "read_only" | "read_write") =>
    (pattern: RegExp, handle: Route["handle"]): Route => ({ method, pattern, scope: `${kind}:${access}`, handle });
  return {
    get: call("GET", "read_only"),
    post: call("POST", "read_write"),
    put: call("PUT", "read_write"),
    remove: call("DELETE", "read_write"),
  };
}

/** One thing that is wrong, as Linode tells it. */
export interface ApiError {
  readonly reason: string;
  /** The field of the body. @default the call as a whole */
  readonly field?: string;
}

/** A call that is refused. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly ApiError[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(errors.map(({ reason }) => reason).join("; "));
  }
}

/** What is not there. */
export const notFound = (): Refusal => new Refusal(404, [{ reason: "Not found" }]);

/** The body, if Linode's own schema takes it. */
export function validBody(schema: Schema, { body }: Call): unknown {
  try {
    return schema.validateSync(body, { abortEarly: false });
  } catch (error) {
    const { inner = [], message } = error as { inner?: { path?: string; message: string }[]; message: string };
    const all = inner.length > 0 ? inner : [{ message }];
    throw new Refusal(
      400,
      all.map((one) => ({ reason: one.message, ...("path" in one && one.path ? { field: one.path } : {}) })),
    );
  }
}

/** A list as Linode pages it: 100 of them unless `page_size` says otherwise. */
export function page<T>(all: readonly T[], { query }: Call) {
  const size = Number(query.get("page_size") ?? 100);
  const number = Number(query.get("page") ?? 1);
  const data = all.slice((number - 1) * size, number * size);
  return { data, page: number, pages: Math.max(1, Math.ceil(all.length / size)), results: all.length };
}
