/** Generators of single settings: a key, and a value that people write, nearly write, or would never write. */

import fc from "fast-check";
import { applicationKeys, nearMisses } from "./expected";
import { knownIpv6 } from "./oracle";

/** Part of every secret of the generated settings, and of nothing else in them. */
export const secretMark = "hunter2secret";

const whole = fc.oneof(
  fc.integer({ min: 0, max: 70_000 }).map(String),
  fc.constantFrom(
    "1",
    "5",
    "512",
    "511",
    "1024",
    "65535",
    "65536",
    "65537",
    "16777216",
    "16777217",
    "00",
    "007",
    "-1",
    "+2",
  ),
  fc.constantFrom(
    "9".repeat(30),
    "9".repeat(400),
    "1e3",
    "0x200",
    "1_000",
    "１０２４",
    "٣",
    "½",
    "NaN",
    "Infinity",
    "",
  ),
);
const fraction = fc.oneof(
  fc.constantFrom(
    "",
    ".5",
    ".25",
    ".50",
    ".125",
    ".001",
    ".",
    ".0",
    ".5.5",
    ",5",
    `.${"0".repeat(30)}1`,
    `.${"9".repeat(30)}`,
  ),
  fc.integer({ min: 0, max: 9999 }).map((number) => `.${String(number)}`),
);
const unit = fc.constantFrom(
  "",
  "",
  "m",
  "M",
  "MB",
  "MiB",
  "g",
  "G",
  "GB",
  "gib",
  "k",
  "T",
  "TiB",
  "Gi",
  "B",
  " g",
  "%",
  "\u00a0g",
);
const amount = fc.tuple(whole, fraction, unit).map((parts) => parts.join(""));
const plainAmount = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.constantFrom("g", "G", "GiB"))
  .map((parts) => parts.join(""));
const cpuAmount = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.constantFrom("", ".5", ".25"))
  .map((parts) => parts.join(""));

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const nearLabel = fc.constantFrom(
  "",
  "-a",
  "a-",
  "My-App",
  "a_b",
  "a.b",
  "é",
  "a b",
  "a".repeat(40),
  "a".repeat(41),
  "--",
  "a\nb",
  "项目",
  "a\u200bb",
);

const imageGood = fc
  .tuple(
    fc.constantFrom("", "docker.io/", "localhost/", "Registry.example.com:5000/"),
    fc.constantFrom("debian", "library/debian", "a__b/c-d.e_f", "a---b"),
    fc.constantFrom("", ":12", ":v1.2_3", `:${"x".repeat(128)}`),
    fc.constantFrom("", `@sha256:${"0a".repeat(32)}`),
  )
  .map((parts) => parts.join(""));
const imageBad = fc.constantFrom(
  "",
  "Debian",
  "a//b",
  "a/",
  "/a",
  "a:",
  "a:b:c",
  "a@",
  "a@b@c",
  "a..b",
  "a___b",
  "a b",
  "-a",
  "a_",
  "a:.b",
  `a:${"x".repeat(129)}`,
  `a@sha256:${"0".repeat(40)}`,
  `a@sha256:${"A".repeat(64)}`,
  `a@md5:${"0".repeat(32)}`,
  "a".repeat(256),
  "a/b:c/d",
  "a:1/b/",
  "--privileged",
  "a\n",
  "é",
);

const portNumber = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 65535 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("0", "65536", "080", "-1", "8080.0", "", "http", "1e3", " 80", "８０", "99999999999"),
  },
);
const portHost = fc.oneof(portNumber, fc.constantFrom("auto", "auto", "AUTO", "any"));
const portAddress = fc.oneof(
  { weight: 5, arbitrary: fc.constant("") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "127.0.0.1:",
      "0.0.0.0:",
      "10.0.0.255:",
      ...Object.keys(knownIpv6).map((one) => `${one}:`),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "256.0.0.1:",
      "1.2.3:",
      "01.2.3.4:",
      "localhost:",
      "::1:",
      "[::1:",
      "[fe80::1%eth0]:",
      "[]:",
      "[1.2.3.4]:",
      ":",
      "[::1]x:",
    ),
  },
);
const portEntry = fc
  .tuple(
    portAddress,
    portHost,
    portNumber,
    fc.constantFrom("", "", "", "/tcp", "/udp", "/sctp", "/", "/TCP", "/tcp/udp"),
  )
  .map(([address, host, inside, protocol]) => `${address}${host}:${inside}${protocol}`);
const goodPort = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 }))
  .map((pair) => pair.join(":"));

const volumeSource = fc.constantFrom(
  "./src",
  ".",
  "..",
  "../other",
  "/etc/ssl",
  "~/notes",
  "~",
  "cache",
  "my-data_1.x",
  "_x",
  ".hidden",
  "...",
  "..x",
  "src/app",
  "",
  "-x",
  "$HOME/x",
  "./a b",
  "./é",
  "./'",
  "./a\nb",
);
const volumeTarget = fc.constantFrom("/srv", "/srv/", "/a/../b", "/", "//", "/..", "srv", "", "/x y", "/é", "/a", "/b");
const volumeEntry = fc
  .tuple(volumeSource, volumeTarget, fc.constantFrom("", "", ":ro", ":rw", ":RO", ":", ":z", ":ro:z"))
  .map(([source, target, mode]) => `${source}:${target}${mode}`);

const argument = fc.oneof(
  fc.constantFrom("sleep", "infinity", "--port=80", "a,b", "~", "{a,b}", "%h", "!x", "a#b", "=", "^"),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => `'${text.replace(/['\0\r]/g, "")}'`),
  fc.constantFrom('"two words"', '"a\\"b"', '"$"', "'$HOME'", "a\\ b", "\\*", "''", '""', "a'b'c", '"\\n"', "\\\\"),
  fc.constantFrom(
    "|",
    "&&",
    ";",
    ">",
    "<",
    "(",
    "$HOME",
    "${x}",
    "${",
    "$(ls)",
    "`ls`",
    "*",
    "a?",
    "[a]",
    "#x",
    "'",
    '"',
    "\\",
    "$'a'",
    "2>&1",
  ),
);
const commandLine = fc.array(argument, { maxLength: 5 }).map((words) => words.join(" "));

const list = (entry: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(entry, { maxLength: 4 }), fc.constantFrom(",", ",", ", ", ",,", ";"))
    .map(([all, comma]) => all.join(comma));
const secret = fc.string({ unit: "binary", maxLength: 30 }).map((text) => `${secretMark}${text.replaceAll("\0", "")}`);

const valueOf: Readonly<Record<string, fc.Arbitrary<string>>> = {
  INFRA_TYPE: fc.constantFrom("container", "container", "container", "vm", "Container", "pod", ""),
  INFRA_ID: fc.oneof(label, label, nearLabel),
  MEMORY: fc.oneof(plainAmount, amount),
  CPUS: fc.oneof(
    cpuAmount,
    fc.tuple(whole, fraction).map((parts) => parts.join("")),
  ),
  DISK_SIZE: fc.oneof(
    plainAmount.map((text) => `5${text}`),
    amount,
  ),
  PROVIDER: fc.constantFrom(
    "podman",
    "podman",
    "docker",
    "libvirt",
    "virtualbox",
    "kubernetes",
    "Podman",
    "podman ",
    "",
  ),
  IMAGE: fc.oneof(imageGood, imageGood, imageBad),
  COMMAND: fc.oneof(fc.constantFrom("sleep infinity", "sh -c 'echo hello'"), commandLine),
  PORTS: fc.oneof(list(goodPort), list(portEntry), fc.constant("")),
  VOLUMES: fc.oneof(fc.constantFrom("./src:/srv", "cache:/var/cache:ro", ""), list(volumeEntry)),
  NETWORK_MODE: fc.constantFrom("default", "default", "bridge", "host", ""),
  PROVISIONING_PLAYBOOK: fc.constantFrom(
    "playbook.yml",
    "./a/../b.yml",
    "~/site.yml",
    "/srv/p.yml",
    "a b",
    "",
    " ",
    "a=b",
  ),
  PROVISIONING_VARS: fc.oneof(
    fc.constantFrom("", "vars.yml", "./a=b.yml", "~/v.json", "a/b=c"),
    fc
      .array(fc.constantFrom("a=1", "b = 2=3", "a=", "=x", "1a=x", "c", "", "_d=x/y", "é=1"), {
        minLength: 1,
        maxLength: 3,
      })
      .map((all) => all.join(",")),
    secret.map((value) => `token=${value}`),
  ),
  IP_ADDRESS: fc.oneof(
    fc.constantFrom("10.0.0.2", "192.168.58.10", "172.31.0.254", "172.32.0.2", "10.223.0.2", "10.224.0.2", "", "::1"),
    fc
      .tuple(fc.constantFrom("10", "172", "192", "11"), ...[0, 1, 2].map(() => fc.nat(260)))
      .map((all) => all.join(".")),
  ),
  BOX: fc.oneof(
    fc.constantFrom("debian/bookworm64", "a.b-c_d", "a/b/c", "/a", ".a", "", `a/${"b".repeat(254)}`),
    fc.constantFrom("./debian.qcow2", "~/noble.IMG", "https://example.org/debian.qcow2", "https://example.org/debian"),
  ),
  BOX_CHECKSUM: fc.constantFrom(`sha256:${"0a".repeat(32)}`, `SHA512:${"0A".repeat(64)}`, "sha256:0a", "md5:00", ""),
  BOX_PACKAGES: fc.constantFrom("docker", "python, git,git", "ruby", "docker,,git", ""),
  SSH_USER: fc.constantFrom("ada", "_x-1", "Ada", "1a", "", "a".repeat(33)),
  SSH_KEY: fc.constantFrom("~/.ssh/id", "keys/id", "../id", "/etc/key", "", "%h/id"),
  IGNORE_KEYS: fc.constantFrom(
    "",
    "PORTS",
    "MEMROY, VOLUMS",
    "ENV_A,API_KEY",
    "IGNORE_KEYS",
    "A B",
    "MEMORY,",
    "cpus,CPUS",
  ),
};

const variableName = fc.constantFrom(
  "A",
  "TOKEN",
  "GREETING",
  "_x",
  "a1",
  "__proto__",
  "1A",
  "",
  "A-B",
  "A.B",
  "toString",
  "X".repeat(255),
  "X".repeat(256),
);

/** A key and its value, before anybody wrote them into a file. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** Any setting: of ours, of an application, or nearly one of ours. */
export const setting: fc.Arbitrary<Setting> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc
      .constantFrom(...Object.keys(valueOf))
      .chain((key) => valueOf[key]!.map((value) => ({ key, value: value.replace(/\r/g, "") }))),
  },
  { weight: 3, arbitrary: fc.tuple(variableName, secret).map(([name, value]) => ({ key: `ENV_${name}`, value })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...applicationKeys), secret).map(([key, value]) => ({ key, value })),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...nearMisses), secret).map(([key, value]) => ({ key, value })) },
);

/** A setting that is valid by itself, so that whole files are accepted often enough. */
export const goodSetting = fc.oneof(
  fc.record({ key: fc.constant("MEMORY"), value: plainAmount }),
  fc.record({ key: fc.constant("CPUS"), value: cpuAmount }),
  fc.record({ key: fc.constant("INFRA_ID"), value: label }),
  fc.record({ key: fc.constant("IMAGE"), value: imageGood }),
  fc.record({ key: fc.constant("INFRA_TYPE"), value: fc.constantFrom("container", "vm") }),
  fc.record({ key: fc.constant("BOX"), value: fc.constantFrom("debian/bookworm64", "./debian.qcow2") }),
  fc.record({ key: fc.constant("PORTS"), value: goodPort }),
  fc.record({ key: fc.constant("COMMAND"), value: fc.constantFrom("sleep infinity", "sh -c 'a; b | c'", 'a "b c" d') }),
  fc.record({ key: fc.constant("VOLUMES"), value: fc.constantFrom("./src:/srv:ro", "~/x:/x,cache:/c", ".:/app") }),
  fc.record({
    key: fc.constant("PROVISIONING_PLAYBOOK"),
    value: fc.constantFrom("playbook.yml", "./ansible/site.yml"),
  }),
  fc.record({ key: fc.constantFrom("ENV_A", "ENV_TOKEN", "DATABASE_URL", "API_KEY"), value: secret }),
);
