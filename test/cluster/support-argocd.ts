/** ArgoCD's controller as far as syncing goes, played on a real API server. */

import { setTimeout as wait } from "node:timers/promises";
import type { ControlPlane } from "../support/control-plane";

/** Where all of them are from. */
export const source = {
  repoURL: "https://example.com/infra.git",
  targetRevision: "main",
  path: "gitops/charts/sample-service",
};

interface Asked {
  readonly namespace: string;
  readonly name: string;
  readonly username: string;
  readonly revision: string;
  readonly source: unknown;
  /** Whether nothing else was asked for at that time. */
  readonly isAlone: boolean;
}

interface Operation {
  readonly initiatedBy: { readonly username: string };
  readonly sync: { readonly revision: string; readonly source: unknown };
}

interface Listed {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly operation?: Operation;
}

/** A controller that does what it is asked, in one step. */
export class PlayedArgocd {
  /** What it was asked, in the order that it began it in. */
  readonly begun: Asked[] = [];
  private readonly stopped = new AbortController();
  private readonly history = new Map<string, { id: number; revision: string; source: unknown; deployedAt: string }[]>();
  private failing: { readonly name: string; readonly message: string } | undefined;
  private playing: Promise<void> = Promise.resolve();

  constructor(private readonly plane: ControlPlane) {}

  /** Makes an Application that was synced with a commit. */
  async add(one: { namespace: string; name: string; wave: number; revision: string; isAutomatic?: boolean }) {
    const { namespace, name, wave, revision, isAutomatic = false } = one;
    const annotations = { "argocd.argoproj.io/sync-wave": String(wave) };
    const { exitCode, stderr } = await this.plane.applyStrictly({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name, namespace, annotations },
      spec: {
        project: namespace,
        source,
        destination: { server: "https://kubernetes.default.svc", namespace },
        ...(isAutomatic ? { syncPolicy: { automated: { prune: true } } } : {}),
      },
    });
    if (exitCode !== 0) throw new Error(stderr);
    await this.sync(namespace, name, revision);
  }

  /** Has it synced with a commit, as if somebody had asked for it, and Git says the same. */
  async sync(namespace: string, name: string, revision: string): Promise<void> {
    await this.write(namespace, name, { revision, source }, "Synced");
  }

  /** Has it say this of an Application from now on. */
  async tell(namespace: string, name: string, sync: string, health: object): Promise<void> {
    const compared = { status: sync, revision: "new", comparedTo: { source, destination: {} } };
    await this.patch(namespace, name, { status: { sync: compared, health } });
  }

  /** From now on the sync of an Application of this name fails; undefined: of none. */
  fail(name: string | undefined, message = ""): void {
    this.failing = name === undefined ? undefined : { name, message };
  }

  /** Begins to do what is asked. */
  play(): void {
    this.playing = (async () => {
      while (!this.stopped.signal.aborted) {
        await this.step();
        await wait(20);
      }
    })();
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.playing;
  }

  private async step(): Promise<void> {
    const list = ["get", "applications.argoproj.io", "--all-namespaces", "--output", "json"];
    const { items } = JSON.parse(await this.plane.kubectl(...list)) as { items: readonly Listed[] };
    const asked = items.filter(({ operation }) => operation !== undefined);
    for (const { metadata, operation } of asked) {
      const { name, namespace } = metadata;
      const { initiatedBy, sync } = operation!;
      this.begun.push({
        namespace,
        name,
        ...initiatedBy,
        revision: sync.revision,
        source: sync.source,
        isAlone: asked.length === 1,
      });
      if (this.failing?.name === name) await this.refuse(namespace, name, operation!, this.failing.message);
      else await this.write(namespace, name, sync, "OutOfSync", operation);
    }
  }

  private async write(
    namespace: string,
    name: string,
    synced: { readonly revision: string; readonly source: unknown },
    status: "Synced" | "OutOfSync",
    operation?: Operation,
  ): Promise<void> {
    const at = new Date().toISOString();
    const key = `${namespace}/${name}`;
    const history = [...(this.history.get(key) ?? []), { id: Date.now(), deployedAt: at, ...synced }];
    this.history.set(key, history);
    const { revision } = synced;
    const state = { ...stateOf("Succeeded", at, operation), syncResult: { revision, source: synced.source } };
    await this.patch(namespace, name, {
      operation: null,
      status: {
        sync: { status, revision, comparedTo: { source, destination: {} } },
        health: { status: "Healthy" },
        history,
        operationState: state,
      },
    });
  }

  private async refuse(namespace: string, name: string, operation: Operation, message: string): Promise<void> {
    const operationState = { ...stateOf("Failed", new Date().toISOString(), operation), message };
    await this.patch(namespace, name, { operation: null, status: { operationState } });
  }

  private async patch(namespace: string, name: string, patch: object): Promise<void> {
    const one = ["patch", "applications.argoproj.io", name, "--namespace", namespace, "--type", "merge"];
    await this.plane.kubectl(...one, "--patch", JSON.stringify(patch));
  }
}

function stateOf(phase: string, at: string, operation?: Operation) {
  return { phase, startedAt: at, finishedAt: at, operation: operation ?? {} };
}
