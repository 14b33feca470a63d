/** What `vagrant --machine-readable` says, line by line. Pure. */

/** One line: `epoch,target,type,data…`. */
export interface VagrantLine {
  readonly type: string;
  readonly data: readonly string[];
}

/** Reads one line; undefined for one that is none of Vagrant's. See `lib/vagrant/ui.rb` of Vagrant. */
export function parseLine(line: string): VagrantLine | undefined {
  const [time = "", , type, ...data] = line.split(",");
  if (!/^\d+$/.test(time) || type === undefined) return undefined;
  return { type, data: data.map(unescape) };
}

function unescape(text: string): string {
  return text.replaceAll("%!(VAGRANT_COMMA)", ",").replaceAll("\\n", "\n").replaceAll("\\r", "\r").trim();
}

/** How Vagrant's words begin where a stage does, and what the stage is. */
const stages: readonly { readonly pattern: RegExp; readonly stage: string; readonly doing: string }[] = [
  { pattern: /Adding box|Attempting to find and install/, stage: "add box", doing: "adding the box of" },
  { pattern: /Uploading base box image|Importing base box/, stage: "copy box", doing: "copying the box of" },
  { pattern: /Creating image|Creating domain/, stage: "define", doing: "defining" },
  { pattern: /Starting domain|Waiting for domain to get an IP|Booting VM/, stage: "boot", doing: "booting" },
  { pattern: /Waiting for machine to boot/, stage: "wait for SSH of", doing: "waiting for the SSH of" },
  { pattern: /Running provisioner/, stage: "set up", doing: "setting up" },
];

/** The stage that a line begins; undefined where it begins none. */
export function stageOf({ type, data }: VagrantLine): { readonly stage: string; readonly doing: string } | undefined {
  if (type !== "ui") return undefined;
  const text = data.slice(1).join(" ");
  return stages.find(({ pattern }) => pattern.test(text));
}

/** What Vagrant failed with. */
export interface VagrantFailure {
  /** The class of its error: `Vagrant::Errors::BoxAddShortNotFound`. */
  readonly kind: string;
  readonly message: string;
}

/** The failure that a line tells; undefined for every other. */
export function failureOf({ type, data }: VagrantLine): VagrantFailure | undefined {
  const [kind = "", ...message] = data;
  return type === "error-exit" ? { kind, message: message.join(",") } : undefined;
}
