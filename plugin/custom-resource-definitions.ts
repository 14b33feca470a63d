/**
 * `groundwork:index:CustomResourceDefinitions`: the custom resource definitions of a cluster, by their names and versions
 * alone. They are applied server-side by kubectl, which knows every way to log in to a cluster.
 */

import pMap from "p-map";
import pRetry from "p-retry";
import * as z from "zod";
import { canonicalJson } from "../settings/canonical-json";
import { unknownValue } from "../settings/instance-properties";
import type { DefinitionSet } from "../settings/platform/definitions";
import { managedLabel, setAnnotation } from "./definition-marks";
import { ClusterUnreachable, kubectl, type ClusterAccess } from "../host/kubectl";
import {
  hasUnknown,
  type CheckResult,
  type Diff,
  type PropertyMap,
  type Resource,
  type ResourceState,
} from "./resource";

const inputsSchema = z.object({
  kubeconfig: z.string(),
  context: z.string().optional(),
  sets: z.array(z.object({ name: z.string(), version: z.string(), sources: z.array(z.string()) })),
});

/** Who owns the fields that we set. */
const manager = "groundwork";
const resource = "customresourcedefinitions.apiextensions.k8s.io";

/** Sets that are applied at once: each is mostly waited for, and its kubectl holds some 100 MiB. */
const atOnce = 4;

/** The resource `CustomResourceDefinitions`. */
export class CustomResourceDefinitions implements Resource {
  check(inputs: PropertyMap): Promise<CheckResult> {
    return Promise.resolve({ inputs, failures: [] });
  }

  /** Another kubeconfig is the same cluster's; what counts is what is defined. */
  diff(state: PropertyMap, inputs: PropertyMap): Promise<Diff> {
    const isOther = canonicalJson(versionsOf(state)) !== canonicalJson(versionsOf(inputs));
    const hasDrifted = canonicalJson(state["definitions"]) !== canonicalJson(state["promised"]);
    return Promise.resolve({
      ...(isOther ? ({ sets: "update" } as const) : {}),
      ...(hasDrifted ? ({ definitions: "update" } as const) : {}),
    });
  }

  async create(inputs: PropertyMap, preview: boolean): Promise<ResourceState> {
    return { id: preview ? "" : "custom-resource-definitions", outputs: await apply(inputs, preview) };
  }

  async read(id: string, state: PropertyMap, inputs: PropertyMap): Promise<ResourceState> {
    const { kubeconfig, context } = inputsSchema.parse(inputs);
    try {
      return { id, outputs: { ...state, definitions: await observe({ kubeconfig, context }) } };
    } catch (error) {
      // What somebody says of the plugin of Kubernetes, when a cluster is lost, holds for what is beside its objects, too.
      const isGone = error instanceof ClusterUnreachable && process.env["PULUMI_K8S_DELETE_UNREACHABLE"] === "true";
      if (isGone) return { id: "", outputs: {} };
      throw error;
    }
  }

  update(_id: string, _state: PropertyMap, inputs: PropertyMap, preview: boolean): Promise<PropertyMap> {
    return apply(inputs, preview);
  }

  /** Leaves them: with a definition every object of its kind would go, certificates and applications among them. */
  delete(): Promise<void> {
    return Promise.resolve();
  }
}

function versionsOf({ sets }: PropertyMap): unknown {
  return z.array(z.object({ name: z.string(), version: z.string() })).parse(sets ?? []);
}

async function apply(inputs: PropertyMap, preview: boolean): Promise<PropertyMap> {
  if (preview || hasUnknown(inputs)) return { ...inputs, definitions: unknownValue, promised: unknownValue };
  const { kubeconfig, context, sets } = inputsSchema.parse(inputs);
  const access = { kubeconfig, context };
  await pMap(sets, (set) => applySet(access, set), { concurrency: atOnce });
  const definitions = await observe(access);
  return { ...inputs, definitions, promised: definitions };
}

/** Applies the set and waits until the API server serves it: custom resources that come next would be refused. */
async function applySet(access: ClusterAccess, set: DefinitionSet): Promise<void> {
  // Reads YAML, which no other resource of the plugin does: it is loaded where it is needed.
  const { readDefinitions } = await import("./definition-files");
  const definitions = await readDefinitions(set);
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: definitions });
  const options = ["--server-side", "--force-conflicts", `--field-manager=${manager}`, "--filename=-"];
  await kubectl(access, ["apply", ...options], list);
  const names = definitions.map(({ metadata }) => `${resource}/${metadata.name}`);
  // Right after they were made they have no conditions yet, which kubectl takes for an error.
  const wait = ["wait", "--for=condition=Established", "--timeout=60s", ...names];
  await pRetry(() => kubectl(access, wait), {
    retries: 20,
    minTimeout: 250,
    factor: 1,
    shouldRetry: ({ error }) => error.message.includes("conditions accessor error"),
  });
}

/** What is defined by us, by name; `generation` counts the changes of a spec, whoever makes them. */
async function observe(access: ClusterAccess): Promise<Readonly<Record<string, string>>> {
  const annotation = setAnnotation.replaceAll(".", String.raw`\.`);
  const fields = [".metadata.name", `.metadata.annotations.${annotation}`, ".metadata.generation"];
  const line = fields.map((field) => `{${field}}`).join(String.raw`{"\t"}`);
  const format = String.raw`jsonpath={range .items[*]}${line}{"\n"}{end}`;
  const told = await kubectl(access, ["get", resource, "--selector", managedLabel, "--output", format]);
  const entries = told
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => {
      const [name = "", set = "", generation = ""] = text.split("\t");
      return [name, `${set}, generation ${generation}`] as const;
    });
  return Object.fromEntries(entries);
}
