/** The Pulumi workspace of a project's stack. */

import { setStackConfig } from "../engine/stack-config";
import { makeProjectWorkspace, projectWorkspace, requireSetup, type Workspace } from "../engine/workspace";
import { readSetup } from "../host/setup-record";
import type { Power } from "../settings/instance-spec";
import type { ProjectPlace } from "./project";
import { requireStack } from "./required";
import type { VerbContext } from "./verb";

/**
 * The workspace of the project's stack, made when it is not there.
 *
 * @param sealedSpec takes the file's place until this is called again. @default the file counts
 */
export function openWorkspace(
  context: VerbContext,
  place: ProjectPlace,
  id: string,
  power: Power,
  sealedSpec?: string,
): Workspace {
  const setup = requireSetup(readSetup(context.home), context.installation);
  const stack = place.stack ?? `${id}-${place.hash}`;
  const workspace = projectWorkspace(context.home, context.installation, setup, stack);
  makeProjectWorkspace(workspace, context.installation);
  setStackConfig(workspace, ["groundwork:kind"], "project");
  const { directory, file } = place;
  const spec = sealedSpec === undefined ? {} : { spec: sealedSpec };
  setStackConfig(workspace, ["groundwork:project"], { directory, file, power, ...spec });
  return workspace;
}

/** The workspace of a project that was brought up before. */
export function existingWorkspace(context: VerbContext, place: ProjectPlace): Workspace {
  const setup = requireSetup(readSetup(context.home), context.installation);
  const workspace = projectWorkspace(context.home, context.installation, setup, requireStack(context, place));
  makeProjectWorkspace(workspace, context.installation);
  return workspace;
}
