/** All verbs, in the order of the help. Each is loaded when it is asked for: most runs need one. */

import type { Verb } from "./verb";

const loaders = {
  init: async () => (await import("./init")).init,
  validate: async () => (await import("./validate")).validate,
  preview: async () => (await import("./preview")).preview,
  up: async () => (await import("./up")).up,
  status: async () => (await import("./status")).status,
  ports: async () => (await import("./ports")).ports,
  hosts: async () => (await import("./hosts")).hosts,
  ssh: async () => (await import("./ssh")).ssh,
  exec: async () => (await import("./exec")).exec,
  logs: async () => (await import("./logs")).logs,
  stop: async () => (await import("./stop")).stop,
  rm: async () => (await import("./rm")).rm,
  prune: async () => (await import("./prune")).prune,
  drift: async () => (await import("./drift")).drift,
  doctor: async () => (await import("./doctor")).doctor,
  env: async () => (await import("./env")).env,
} as const satisfies Readonly<Record<string, () => Promise<Verb>>>;

/** The name of a verb. */
export type VerbName = keyof typeof loaders;

/** What the tool can do. */
export const verbNames = Object.keys(loaders) as readonly VerbName[];

/** Whether there is a verb of this name. */
export function isVerbName(name: string | undefined): name is VerbName {
  return verbNames.some((verb) => verb === name);
}

/** Loads one verb. */
export function loadVerb(name: VerbName): Promise<Verb> {
  return loaders[name]();
}

/** Loads all verbs. */
export function loadVerbs(): Promise<readonly Verb[]> {
  return Promise.all(verbNames.map(loadVerb));
}
