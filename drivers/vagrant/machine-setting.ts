/** What the driver's parts work with. */

import type { Virsh } from "./virsh";

/** The programs and folders that machines are made with. */
export interface MachineSetting {
  readonly virsh: Virsh;
  /** The folder that holds a folder for each machine. */
  readonly machines: string;
  /** The folder for downloaded cloud images. */
  readonly images: string;
  /** Where Vagrant is. @default found on the PATH */
  readonly vagrant?: string | undefined;
  /** The environment of calls. */
  readonly environment: NodeJS.ProcessEnv;
  /** The box that set-up made. @default none */
  readonly box?: { readonly name: string; readonly file?: string | undefined } | undefined;
  /** Called with each stage of a change. */
  readonly onStage: (stage: { readonly stage: string; readonly message: string }) => void;
}

/** Tells a stage of this backend. */
export function tell({ onStage }: MachineSetting, stage: string, message: string): void {
  onStage({ stage: `${stage} libvirt instance`, message });
}
