/**
 * A VBoxManage, a vagrant and an ssh on the PATH: shell scripts that write down what they are asked and answer with
 * recordings of the real program, in which the name, the state, the description and the ports are the test's.
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDriver } from "../../../drivers";
import type { Driver } from "../../../drivers/driver";

const recordings = join(__dirname, "recordings-virtualbox");

/** The machine that is made first; the next ones have the next numbers. */
export const uuid = "295e77c3-d922-4849-93de-4422b8c08880";

/** The machine that is made second. */
export const secondUuid = "295e77c3-d922-4849-93de-4422b8c08881";

/** Each machine is a folder by its id, with a file for each value. */
const vboxManage = `
machine="$machines/$2"
case $1 in
list)
  [ "$2" = systemproperties ] && { echo "Default machine folder:          $machines"; exit 0; }
  for one in "$machines"/*/; do [ -e "$one/name" ] && echo "\\"$(cat "$one/name")\\" {$(basename "$one")}"; done
  exit 0 ;;
showvminfo)
  [ -d "$machine" ] || { cat "${recordings}/missing.txt" >&2; exit 1; }
  sed -e "s/^name=.*/name=\\"$(cat "$machine/name")\\"/" -e "s/^UUID=.*/UUID=\\"$2\\"/" \\
    -e "s/^VMState=.*/VMState=\\"$(cat "$machine/state")\\"/" -e "s/^memory=.*/memory=$(cat "$machine/memory")/" \\
    -e '/^Forwarding(/d' "${recordings}/running.txt"
  cat "$machine/forwards"
  echo "description=\\"$(cat "$machine/description")\\"" ;;
controlvm) echo poweroff > "$machine/state" ;;
modifyvm) echo "$4" > "$machine/name"; echo "$6" > "$machine/description" ;;
unregistervm)
  [ -e "$folder/locked" ] && {
    rm "$folder/locked"
    echo "VBoxManage: error: Cannot unregister the machine 'web' while it is locked" >&2
    exit 1
  }
  rm -r "$machine" ;;
esac`;

/** Reads the Vagrantfile as far as the machine is to be like it. */
const vagrant = `
[ -e "$folder/vagrant-fails" ] && { echo "1,,error-exit,Vagrant::Errors::VMBootTimeout,it never came"; exit 1; }
value() { sed -n "s/.*$1 = '\\{0,1\\}\\([^']*\\)'\\{0,1\\}$/\\1/p" Vagrantfile; }
name=$(value virtualbox.name)
data="$VAGRANT_DOTFILE_PATH/machines/$name/virtualbox"
mkdir -p "$data"
[ -e "$data/id" ] || printf '${uuid.slice(0, -1)}%s' "$(ls "$machines" | wc -l)" > "$data/id"
machine="$machines/$(cat "$data/id")"
mkdir -p "$machine"
echo "$name" > "$machine/name"
echo running > "$machine/state"
value virtualbox.memory > "$machine/memory"
sed -n "s/.*--description\\", '\\(.*\\)'.*/\\1/p" Vagrantfile > "$machine/description"
{ echo 'Forwarding(0)="ssh,tcp,127.0.0.1,2200,,22"'
  sed -n "s/.*guest: \\([0-9]*\\), host: \\([0-9]*\\), host_ip: '\\(.*\\)', protocol: '\\(.*\\)', id: '\\(.*\\)', auto.*/Forwarding(1)=\\"\\5,\\4,\\3,\\2,,\\1\\"/p" Vagrantfile
} > "$machine/forwards"`;

/** The scripted programs, and a driver that calls them. */
export class FakeVirtualBox {
  readonly folder = mkdtempSync(join(tmpdir(), "groundwork-virtualbox-"));
  readonly driver: Driver;
  /** Where the driver keeps its folders. */
  readonly directory = join(this.folder, "state");
  /** Where VirtualBox keeps its machines. */
  readonly machines = join(this.folder, "machines");

  constructor({ installed = true } = {}) {
    const programs = join(this.folder, "bin");
    for (const made of [programs, this.machines]) mkdirSync(made);
    if (installed) this.program(programs, "VBoxManage", vboxManage);
    this.program(programs, "vagrant", vagrant);
    // Whether its standard input is read to the end must not matter.
    this.program(programs, "ssh", "cat > /dev/null");
    process.env["PATH"] = `${programs}:${originalPath}`;
    const environment = { PATH: process.env["PATH"], HOME: this.folder };
    const machines = { directory: this.directory, images: this.folder };
    this.driver = createDriver("virtualbox", { environment, machines, digest: JSON.stringify });
  }

  /** A machine that somebody else made, off. */
  addForeign(name: string): void {
    const machine = join(this.machines, "11111111-2222-4333-8444-555555555555");
    mkdirSync(machine);
    const values = { name, state: "poweroff", memory: "512", description: "", forwards: "" };
    for (const [file, text] of Object.entries(values)) writeFileSync(join(machine, file), `${text}\n`);
  }

  /** Changes a value of the machine that was made first: `state`, `name`, `memory`. */
  set(value: string, text: string): void {
    writeFileSync(join(this.machines, uuid, value), `${text}\n`);
  }

  /** Lets the machine look as a run leaves it that was killed before it had finished. */
  leaveUnfinished(): void {
    const [folder = ""] = readdirSync(this.directory);
    writeFileSync(join(this.directory, folder, "unfinished"), "");
  }

  /** Lets VBoxManage refuse the next removal, as it does while the end of a machine still holds it. */
  lockOnce(): void {
    writeFileSync(join(this.folder, "locked"), "");
  }

  /** Lets the next calls of vagrant fail. */
  failVagrant(): void {
    writeFileSync(join(this.folder, "vagrant-fails"), "");
  }

  /** The calls since the last time, without those that only look. */
  changes(): string[] {
    return this.calls().filter((call) => !/^VBoxManage (list|showvminfo) /.test(`${call} `));
  }

  /** All calls since the last time; of ssh only the program. */
  calls(): string[] {
    const file = join(this.folder, "calls");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    rmSync(file);
    return lines.map((line) => line.replace(/^ssh .*/, "ssh"));
  }

  dispose(): void {
    process.env["PATH"] = originalPath;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private program(folder: string, name: string, script: string): void {
    const path = join(folder, name);
    const head = `folder='${this.folder}'; machines='${this.machines}'`;
    // In one line, whatever is in the arguments.
    const log = `printf '%s\\n' "${name} $(printf '%s' "$*" | tr '\\n' ' ')" >> "$folder/calls"`;
    writeFileSync(path, `#!/bin/sh\n${head}\n${log}\n${script}\n`);
    chmodSync(path, 0o700);
  }
}

const originalPath = process.env["PATH"] ?? "";
