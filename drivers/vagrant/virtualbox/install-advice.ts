/** How VirtualBox is installed on this system. Pure. */

const page = "https://www.virtualbox.org/wiki/Linux_Downloads";

/**
 * A sentence for a person to act on. Vagrant 2.3.4, which is Debian 12's, knows no newer VirtualBox than 7.0.
 *
 * @param platform `process.platform`
 * @param osRelease the text of /etc/os-release; empty where there is none
 */
export function installAdvice(platform: string, osRelease: string): string {
  if (platform === "darwin") return "Install it: `brew install --cask virtualbox`.";
  const valueOf = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1];
  const id = valueOf("ID");
  if (id === "ubuntu") return "Install it: `sudo apt-get install virtualbox`.";
  if (id !== "debian") return `Install it as ${page} says for this system.`;
  const source = `deb [signed-by=/usr/share/keyrings/oracle-virtualbox-2016.gpg] https://download.virtualbox.org/virtualbox/debian ${valueOf("VERSION_CODENAME") ?? "bookworm"} contrib`;
  return `Debian's archive has no VirtualBox: add Oracle's (\`${source}\`) and its key as ${page} says, then run \`sudo apt-get install virtualbox-7.0\`.`;
}
