/** Runs a part of the program under Pulumi's mocks, and collects what it registers. Nothing is made, no engine is asked. */

import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** One registered resource. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** The parent's name; empty for one at the stack's root. */
  readonly parent: string;
  /** The parent's type, for a name that several have. */
  readonly parentType: string;
  /** The inputs, secrets still wrapped; see {@link secretOf}. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly deleteBeforeReplace: boolean;
  /** Whether the engine refuses to delete it. */
  readonly protect: boolean;
  /** The properties whose changes the engine does not see. */
  readonly ignoreChanges: readonly string[];
  /** The outputs that are secret whatever they are made of. */
  readonly secretOutputs: readonly string[];
  /** The names of the resources it waits for, sorted. */
  readonly dependsOn: readonly string[];
}

/** What the mocked engine answers: the outputs besides the inputs, by type. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The mark that the SDK puts on a secret on its way to the engine. */
const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** The value inside a secret; undefined where the value is none. */
export function secretOf(value: unknown): unknown {
  const wrapped = value as Record<string, unknown> | null | undefined;
  return wrapped?.[signature] === secretMark ? wrapped["value"] : undefined;
}

/** A value with every secret in it in the clear. */
export function revealed(value: unknown): unknown {
  const inside = secretOf(value);
  if (inside !== undefined) return revealed(inside);
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revealed(one)]));
}

/**
 * Builds something in the stack `dev`, and waits until all is registered.
 *
 * @param calls what functions answer, by token
 */
export async function registrationsOf<T>(
  outputs: Outputs,
  build: () => T | Promise<T>,
  calls: Outputs = {},
): Promise<{ made: T; all: Registration[] }> {
  await pulumi.runtime.setMocks(
    {
      call: ({ token, inputs }) => ({ ...(inputs as Record<string, unknown>), ...calls[token] }),
      newResource: ({ type, name, inputs }) => ({
        id: `${name}-id`,
        state: { ...(inputs as Record<string, unknown>), ...outputs[type] },
      }),
    },
    "groundwork",
    "dev",
  );
  const requests = recordedRequests();
  const made = await build();
  await pulumi.runtime.disconnect();
  return { made, all: requests.map(registrationOf) };
}

/** What the mocked engine is asked to register from now on: mocks are told neither parents nor options, it is. */
function recordedRequests(): readonly RegisterResourceRequest[] {
  const requests: RegisterResourceRequest[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: RegisterResourceRequest, callback) => {
    requests.push(request);
    return register(request, callback);
  };
  return requests;
}

function registrationOf(request: RegisterResourceRequest): Registration {
  return {
    type: request.getType(),
    name: request.getName(),
    parent: nameOf(request.getParent()),
    parentType: request.getParent().split("::")[2]?.split("$").at(-1) ?? "",
    inputs: request.getObject()?.toJavaScript() ?? {},
    deleteBeforeReplace: request.getDeletebeforereplace(),
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    secretOutputs: request.getAdditionalsecretoutputsList(),
    dependsOn: [...new Set(request.getDependenciesList().map(nameOf))].sort(),
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}
