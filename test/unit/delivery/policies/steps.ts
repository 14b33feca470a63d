/** Steps of a preview for the tests, in the shape of the engine's events. */

import type { PlannedStep } from "../../../../delivery/policies/policy";

type Inputs = Readonly<Record<string, unknown>>;

/** A secret as the events show it. */
export const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};

export const cluster = "linode:index/lkeCluster:LkeCluster";
export const pool = "linode:index/lkeNodePool:LkeNodePool";
export const bucket = "linode:index/objectStorageBucket:ObjectStorageBucket";

/** A step of one resource with these inputs before and after; of a creation there are none before. */
export function step(
  op: PlannedStep["op"],
  type: string,
  inputs: { readonly old?: Inputs; readonly new?: Inputs },
  detailedDiff: PlannedStep["detailedDiff"] = {},
): PlannedStep {
  const urn = `urn:pulumi:prod::groundwork::${type}::it`;
  const state = (of: Inputs) => ({ type, urn, id: "1", parent: "", inputs: of, outputs: {}, provider: "" });
  return {
    op,
    urn,
    type,
    detailedDiff,
    ...(inputs.old === undefined ? {} : { old: state(inputs.old) }),
    ...(inputs.new === undefined ? {} : { new: state(inputs.new) }),
  };
}

/** The step under another name. */
export function named(name: string, of: PlannedStep): PlannedStep {
  return { ...of, urn: of.urn.replace(/[^:]*$/, name) };
}
