/** The labels we write on a container besides the owner's, so that what was asked for can be told from what was made of it. */

import * as z from "zod";

/** Label names. `groundwork.*` is ours. */
export const label = {
  /** The image as the user named it. */
  image: "groundwork.image",
  /** Digest of the image the user named, when the container was made from it. */
  baseImage: "groundwork.base-image",
  /** Id of the image the container was really made from: the user's, or a layer of ours on top of it. */
  madeFrom: "groundwork.made-from",
  /** The command as the user gave it, JSON; `[]` means the image's own. */
  command: "groundwork.command",
  /** The command the container was made with, JSON. */
  effectiveCommand: "groundwork.effective-command",
  /** Names of the variables we set, joined by commas. Never their values. */
  environment: "groundwork.environment",
  /** The directory of the project that the instance belongs to. */
  project: "groundwork.project",
  /** Its own address on a bridge, and whether it was chosen for the user. A container that stands still shows none. */
  address: "groundwork.address",
  automaticAddress: "groundwork.automatic-address",
  /** The network on which it meets the virtual machines of its stack, and its address there. */
  machinesNetwork: "groundwork.machines-network",
  machinesAddress: "groundwork.machines-address",
  /** The ports that were chosen for the user, as `127.0.0.1:8100:80/tcp`, joined by commas. */
  automaticPorts: "groundwork.automatic-ports",
} as const;

const commandSchema = z.array(z.string());

/** The command in a label; undefined when the label is absent or not one of ours. */
export function parseCommandLabel(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    return commandSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The words of a label that holds a list. */
export function parseListLabel(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.split(",");
}
