/** What the host decides where the user says nothing. */
export interface HostDefaults {
  /** The reference of the image that set-up made. */
  readonly image: string;
  /** The box of a virtual machine. */
  readonly box: string;
}
