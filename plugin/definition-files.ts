/** Reads custom resource definitions from where their projects publish them, and marks them as ours. */

import { readFile } from "node:fs/promises";
import pRetry from "p-retry";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import { GroundworkError } from "../settings/errors";
import type { DefinitionSet } from "../settings/platform/definitions";
import { describeSet, managedLabel, setAnnotation } from "./definition-marks";

const definition = z.looseObject({
  kind: z.literal("CustomResourceDefinition"),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

/** One definition. */
export type Definition = z.infer<typeof definition>;

/**
 * All definitions of a set, marked.
 *
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE when a source cannot be read, or holds no definition
 */
export async function readDefinitions(set: DefinitionSet): Promise<readonly Definition[]> {
  const texts = await Promise.all(set.sources.map((source) => readSource(source).catch(unreadable(set, source))));
  return texts.flatMap((text, index) => {
    const found = parseDefinitions(text);
    if (found.length === 0) unreadable(set, set.sources[index] ?? "")(new Error("it holds no definition"));
    return found.map((one) => marked(one, describeSet(set)));
  });
}

/** The definitions of a file of YAML; whatever else is in it is left out. */
export function parseDefinitions(text: string): readonly Definition[] {
  return parseAllDocuments(text).flatMap((document) => {
    const parsed = definition.safeParse(document.toJS());
    return parsed.success ? [parsed.data] : [];
  });
}

function marked({ metadata, ...rest }: Definition, set: string): Definition {
  const labels = { ...metadata.labels, [managedLabel]: "true" };
  return { ...rest, metadata: { ...metadata, labels, annotations: { ...metadata.annotations, [setAnnotation]: set } } };
}

async function readSource(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) return readFile(source, "utf8");
  return pRetry(
    async () => {
      const answer = await fetch(source, { signal: AbortSignal.timeout(60_000) });
      if (!answer.ok) throw new Error(`the answer is ${String(answer.status)} ${answer.statusText}`);
      return answer.text();
    },
    { retries: 3 },
  );
}

function unreadable(set: DefinitionSet, source: string) {
  return (cause: unknown): never => {
    const { message } = cause instanceof Error ? cause : new Error(String(cause));
    const what = `The custom resource definitions of ${describeSet(set)} cannot be read from ${source}: ${message}`;
    throw new GroundworkError("PROVIDER_NOT_AVAILABLE", what, {
      suggestion: "Check the connection, or set platform.charts.definitions to a mirror that has them.",
      cause,
    });
  };
}
