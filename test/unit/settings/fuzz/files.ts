/** Generators of `.env` files: what people write, what they nearly write, and what nobody would. */

import fc from "fast-check";
import { applicationKeys, isOurs, judge, nearMisses, type Expected } from "./expected";
import { knownIpv6 } from "./oracle";

/** Part of every secret of the generated files, and of nothing else in them. */
export const secretMark = "hunter2secret";

/** A generated file, and what must be said of it. */
export interface GeneratedFile {
  readonly text: string;
  readonly expected: Expected;
  /** `line:key` of everything that is wrong. */
  readonly mistakes: ReadonlySet<string>;
}

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
  PROVIDER: fc.constantFrom("podman", "podman", "docker", "virtualbox", "kubernetes", "Podman", "podman ", ""),
  IMAGE: fc.oneof(imageGood, imageGood, imageBad),
  COMMAND: fc.oneof(fc.constantFrom("sleep infinity", "sh -c 'echo hello'"), commandLine),
  PORTS: fc.oneof(list(goodPort), list(portEntry), fc.constant("")),
  VOLUMES: fc.oneof(fc.constantFrom("./src:/srv", "cache:/var/cache:ro", ""), list(volumeEntry)),
  NETWORK_MODE: fc.constantFrom("default", "default", "bridge", "host", ""),
  IP_ADDRESS: fc.constantFrom("10.0.0.2", ""),
  SSH_USER: fc.constantFrom("ada", ""),
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

interface Setting {
  readonly key: string;
  readonly value: string;
}

const setting: fc.Arbitrary<Setting> = fc.oneof(
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
const goodSetting = fc.oneof(
  fc.record({ key: fc.constant("MEMORY"), value: plainAmount }),
  fc.record({ key: fc.constant("CPUS"), value: cpuAmount }),
  fc.record({ key: fc.constant("INFRA_ID"), value: label }),
  fc.record({ key: fc.constant("IMAGE"), value: imageGood }),
  fc.record({ key: fc.constant("PORTS"), value: goodPort }),
  fc.record({ key: fc.constant("COMMAND"), value: fc.constantFrom("sleep infinity", "sh -c 'a; b | c'", 'a "b c" d') }),
  fc.record({ key: fc.constant("VOLUMES"), value: fc.constantFrom("./src:/srv:ro", "~/x:/x,cache:/c", ".:/app") }),
  fc.record({ key: fc.constantFrom("ENV_A", "ENV_TOKEN", "DATABASE_URL", "API_KEY"), value: secret }),
);

/** How dotenv can be given exactly this value; undefined where it cannot. */
function quotedBy(quote: string, value: string): string | undefined {
  const isPlain = /^[A-Za-z0-9:/.,_@~+%-]*$/.test(value);
  if (quote === "") return isPlain ? value : undefined;
  // dotenv takes a backslash before a quote for part of the value.
  if (value.includes(quote) || value.endsWith("\\") || value.includes("\r")) return undefined;
  return quote === '"' && /\\[nr]/.test(value) ? undefined : `${quote}${value}${quote}`;
}

/** Every way to write the value; the carriage returns that dotenv would take for line ends are left out before. */
function write(value: string, preferred: string): { readonly text: string; readonly value: string } {
  const ways = [preferred, "", "'", '"', "`"].map((quote) => quotedBy(quote, value));
  const text = ways.find((way) => way !== undefined);
  if (text !== undefined) return { text, value };
  const simple = value.replace(/['\\\r]/g, "");
  return { text: `'${simple}'`, value: simple };
}

type Row =
  | {
      readonly kind: "setting";
      readonly setting: Setting;
      readonly quote: string;
      readonly prefix: string;
      readonly equals: string;
      readonly comment: string;
    }
  | { readonly kind: "other"; readonly text: string }
  | { readonly kind: "unassigned"; readonly key: string; readonly text: string };

const settingRow = (from: fc.Arbitrary<Setting>): fc.Arbitrary<Row> =>
  fc.record({
    kind: fc.constant("setting" as const),
    setting: from,
    quote: fc.constantFrom("", "'", '"', "`"),
    prefix: fc.constantFrom("", "", "", "export ", "  ", "\t", "export \t"),
    equals: fc.constantFrom("=", "=", "=", " = ", ": ", "=  "),
    comment: fc.constantFrom("", "", " # it's a comment", '  #"', "\t#`"),
  });
const otherRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constant("other" as const),
  text: fc.constantFrom("", " ", "# a comment", "# MEMORY=1", "#'", "\t# `", '  #"', "# \u2028x", "words of nobody"),
});
const unassignedRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constant("unassigned" as const),
  key: fc.constantFrom("MEMORY", "CPUS", "ENV_A", "DATABASE_URL"),
  text: fc.constantFrom(" 512", "", "\t1"),
});

function assemble(rows: readonly Row[], newline: string, bom: string): GeneratedFile {
  const values = new Map<string, string>();
  const lines: { readonly key: string; readonly line: number; readonly sets: boolean }[] = [];
  const texts: string[] = [];
  let line = 1;
  for (const row of rows) {
    const text = rowText(row, values, (key, sets) => lines.push({ key, line, sets }));
    texts.push(text);
    line += text.split("\n").length;
  }
  // dotenv cannot hold this key: it is lost before anything of ours could see it.
  values.delete("__proto__");
  const expected = judge(values);
  const text = `${bom}${texts.join("\n").replaceAll("\n", newline)}`;
  return { text, expected, mistakes: mistakesOf(lines, expected) };
}

function rowText(row: Row, values: Map<string, string>, note: (key: string, sets: boolean) => void): string {
  if (row.kind === "other") return row.text;
  if (row.kind === "unassigned") {
    note(row.key, false);
    return `${row.key}${row.text}`;
  }
  const { setting, quote, prefix, equals, comment } = row;
  const written = write(setting.value.replaceAll("\r", ""), quote);
  note(setting.key, true);
  values.set(setting.key, written.value);
  // Nothing between `:` and the end of the line is no setting for dotenv.
  return `${prefix}${setting.key}${written.text === "" ? "=''" : `${equals}${written.text}`}${comment}`;
}

function mistakesOf(
  lines: readonly { readonly key: string; readonly line: number; readonly sets: boolean }[],
  { refused, ignored }: Expected,
): Set<string> {
  const last = new Map(lines.filter(({ sets }) => sets).map(({ key, line }) => [key, line]));
  const seen = new Set<string>();
  const mistakes = new Set([...refused].map((key) => `${String(last.get(key))}:${shown(key)}`));
  for (const { key, line, sets } of lines) {
    if (!isOurs(key) || ignored.has(key)) continue;
    if (!sets || seen.has(key)) mistakes.add(`${String(line)}:${shown(key)}`);
    if (sets) seen.add(key);
  }
  return mistakes;
}

/** A long key is shown by its beginning. */
function shown(key: string): string {
  return key.length > 80 ? `${key.slice(0, 80)}…` : key;
}

const newline = fc.constantFrom("\n", "\n", "\r\n", "\r");
const bom = fc.constantFrom("", "", "", "\ufeff");

/** Files of any settings, good and bad, each wrong or right by the table. */
export const structuredFile: fc.Arbitrary<GeneratedFile> = fc
  .tuple(
    fc.oneof(
      fc.array(
        fc.oneof(
          { weight: 8, arbitrary: settingRow(setting) },
          { weight: 2, arbitrary: otherRow },
          { weight: 1, arbitrary: unassignedRow },
        ),
        { maxLength: 10 },
      ),
      fc.uniqueArray(fc.oneof({ weight: 6, arbitrary: settingRow(goodSetting) }, { weight: 1, arbitrary: otherRow }), {
        maxLength: 10,
        selector: (row) => (row.kind === "setting" ? row.setting.key : row),
      }),
    ),
    newline,
    bom,
  )
  .map(([rows, end, mark]) => assemble(rows, end, mark));

const foreign = fc.constantFrom(
  "'",
  '"',
  "`",
  "=",
  "#",
  "\n",
  "\r",
  "\0",
  "\\",
  "$",
  ":",
  "\u2028",
  "\ufeff",
  "\u0085",
  "\u001b[31m",
  "é",
  "𝒳",
  "export ",
  "MEMORY=",
);

/** A structured file that something was put into, or taken out of, anywhere. */
export const damagedFile: fc.Arbitrary<string> = fc
  .tuple(
    structuredFile,
    fc.array(fc.tuple(fc.nat(), fc.oneof(foreign, fc.constant(undefined)), fc.nat(3)), { minLength: 1, maxLength: 4 }),
  )
  .map(([{ text }, damages]) =>
    damages.reduce((before, [at, insert = "", cut]) => {
      const index = at % (before.length + 1);
      return before.slice(0, index) + insert + before.slice(index + (insert === "" ? cut + 1 : 0));
    }, text),
  );

/** Texts that are long in one way: a line, a key, a value, or many lines of one kind. */
export const longText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      "",
      "MEMORY=",
      "ENV_A=",
      "ENV_",
      "ENV_1",
      "COMMAND=",
      'COMMAND="',
      "PORTS=",
      "VOLUMES=",
      "IGNORE_KEYS=",
      "IMAGE=",
      "INFRA_ID=",
      "A='",
    ),
    fc.constantFrom(
      "9",
      "a",
      " ",
      "\t",
      "\u00a0",
      ",",
      "1:1,",
      "a:/b,",
      "'",
      '"',
      "\\",
      "$",
      "${",
      "-",
      "a-",
      "a/",
      ".",
      ":",
      "[",
      "=",
      "#",
      "A ",
      "A=\n",
      "MEMROY=1\n",
      "MEMORY=1\n",
      "MEMORY 1\n",
      "ENV_A=x\n",
      "\n",
      " \n",
      "A\n\n",
      "A='\n",
      "\u2028",
      "export ",
      "é",
    ),
    fc.integer({ min: 1, max: 256 * 1024 }),
    fc.constantFrom("", "x", "!", "'", '"', "\nMEMORY=1g\n", "\u0001"),
  )
  .map(
    ([start, repeated, length, end]) => start + repeated.repeat(Math.ceil(length / Buffer.byteLength(repeated))) + end,
  );
