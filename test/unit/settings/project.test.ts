import fc from "fast-check";
import { GroundworkError } from "../../../settings/errors";
import { projectHash } from "../../../settings/identity";
import { addressAllowed } from "../../../settings/bridge";
import { settingKeys } from "../../../settings/keys";
import { parseProject } from "../../../settings/project";
import { refusalOf } from "../../support/refusal";
import { context, mistakesIn, parse, specOf } from "./support";

describe("a project that says nothing", () => {
  test("has every default", () => {
    expect(parse("")).toEqual({
      spec: {
        id: "my-app",
        name: `my-app-${projectHash("/srv/projects/my-app")}`,
        type: "container",
        backend: "podman",
        memoryMiB: 2048,
        cpus: 2,
        image: "localhost/groundwork:1",
        command: [],
        ports: [],
        volumes: [],
        environment: {},
        power: "running",
        networkMode: "default",
      },
      warnings: [],
      directory: "/srv/projects/my-app",
      file: ".env",
    });
  });

  test("in another file has another name", () => {
    expect(specOf("", { file: "test.env" }).name).toBe(`my-app-${projectHash("/srv/projects/my-app", "test.env")}`);
  });

  test("in a directory that makes no host name is told to set INFRA_ID", () => {
    expect(mistakesIn("", { directory: "/srv/项目" })).toEqual([
      'INFRA_ID: "项目" is the directory\'s name and cannot be made a host name; allowed: a host name of 1 to 40 characters a-z, 0-9 and -, with no - at either end (my-app).',
    ]);
  });
});

describe("a project that says everything", () => {
  const text = `
    INFRA_TYPE=container
    INFRA_ID=web
    MEMORY=1.5G
    CPUS=1.5
    PROVIDER=podman
    NETWORK_MODE=bridge
    IP_ADDRESS=192.168.58.10
    IMAGE=docker.io/library/nginx:1
    COMMAND=nginx -g 'daemon off;'
    PORTS=8080:80, auto:53/udp
    VOLUMES=./site:/srv:ro,cache:/var/cache
    ENV_GREETING="hello world"
    ENV_EMPTY=
    OTHER=left alone
  `;

  test("is understood", () => {
    expect(specOf(text)).toEqual({
      id: "web",
      name: "web",
      type: "container",
      backend: "podman",
      memoryMiB: 1536,
      cpus: 1.5,
      image: "docker.io/library/nginx:1",
      command: ["nginx", "-g", "daemon off;"],
      ports: [
        { address: "127.0.0.1", host: 8080, inside: 80, protocol: "tcp" },
        { address: "127.0.0.1", host: "auto", inside: 53, protocol: "udp" },
      ],
      volumes: [
        { source: "/srv/projects/my-app/site", target: "/srv", readOnly: true },
        { source: "cache", target: "/var/cache", readOnly: false },
      ],
      environment: { GREETING: "hello world", EMPTY: "" },
      power: "running",
      networkMode: "bridge",
      ipAddress: "192.168.58.10",
    });
  });

  test.each([
    ["CRLF", text.replaceAll("\n", "\r\n")],
    ["lone CR", text.replaceAll("\n", "\r")],
    ["a BOM", `\ufeff${text}`],
    ["export", text.replace(/^ +(?=\w)/gm, "export ")],
    ["spaces around =", text.replace(/^( +\w+)=/gm, "$1 = ")],
    ["comments", text.replace(/^( +\w+=\S+)$/gm, "# note\n$1 # note")],
    ["single quotes", text.replace(/=(1.5G)/, "='$1'")],
    ["double quotes", text.replace(/=(1.5G)/, '="$1"')],
    ["backticks", text.replace(/=(1.5G)/, "=`$1`")],
  ])("means the same with %s", (_, changed) => {
    expect(specOf(changed)).toEqual(specOf(text));
  });
});

test("the empty value of a list is an empty list", () => {
  expect(specOf("PORTS=\nVOLUMES=\nCOMMAND=\nIGNORE_KEYS=")).toEqual(specOf(""));
});

test.each([
  ["MEMORY", ['line 1: MEMORY: has no "=", so the line sets nothing; allowed: MEMORY=value.']],
  ["CPUS=1\nexport PORTS 8080:80", ['line 2: PORTS: has no "=", so the line sets nothing; allowed: PORTS=value.']],
])("%j is refused: one of our keys stands there without a value", (text, mistakes) => {
  expect(mistakesIn(text)).toEqual(mistakes);
});

test.each([
  "# MEMORY 512",
  "APP_TEXT='two\nMEMORY 512\nlines'",
  "memory of the application",
  "IGNORE_KEYS=MEMORY\nMEMORY 512",
])("%j sets nothing of ours", (text) => {
  expect(specOf(text)).toEqual(specOf(""));
});

test("a variable that no program could be given is refused, without its value", () => {
  expect(mistakesIn(`ENV_LONG=${"x".repeat(120_001)}`)).toEqual([
    "line 1: ENV_LONG: has a value of 120001 bytes; allowed: at most 120000 bytes; a file is read by VOLUMES.",
  ]);
});

test("a variable may be called __proto__", () => {
  expect(Object.entries(specOf("ENV___proto__=x").environment)).toEqual([["__proto__", "x"]]);
});

describe("one mistake", () => {
  const container = "allowed: podman or docker.";
  const login = "(`vagrantp ssh` enters a container without a login); allowed: no such line for a container.";
  const label = "allowed: a host name of 1 to 40 characters a-z, 0-9 and -, with no - at either end (my-app).";
  const memory =
    "allowed: a whole number of MiB (2048), or a number with M, MB, MiB, G, GB or GiB (2g, 1.5G), from 512 MiB to 16 TiB.";
  test.each([
    ["MEMORY=0x200", `MEMORY: "0x200" is not an amount of memory; ${memory}`],
    ["MEMORY=1e3", `MEMORY: "1e3" is not an amount of memory; ${memory}`],
    ["MEMORY=", `MEMORY: "" is not an amount of memory; ${memory}`],
    ["MEMORY=511", `MEMORY: "511" is less than 512 MiB; ${memory}`],
    [
      "MEMORY=1.999999999999999999999999999999g",
      `MEMORY: "1.999999999999999999999999999999g" is not a whole number of MiB; ${memory}`,
    ],
    ["CPUS=0", 'CPUS: "0" is less than 1; allowed: a number from 1 to 1024 with at most 2 decimals (2, 1.5).'],
    ["INFRA_ID=My App", `INFRA_ID: "My App" is not a host name (my-app would be); ${label}`],
    ["INFRA_ID=", `INFRA_ID: "" is not a host name; ${label}`],
    ["INFRA_TYPE=pod", 'INFRA_TYPE: "pod" is not a type; allowed: container or vm.'],
    ["INFRA_TYPE=Container", 'INFRA_TYPE: "Container" is not a type; allowed: container or vm.'],
    ["PROVIDER=virtualbox", `PROVIDER: "virtualbox" runs virtual machines, not containers; ${container}`],
    ["PROVIDER=libvirt", `PROVIDER: "libvirt" runs virtual machines, not containers; ${container}`],
    ["PROVIDER=orbstack", `PROVIDER: "orbstack" is not available yet; ${container}`],
    ["PROVIDER=proxmox", `PROVIDER: "proxmox" is not available yet; ${container}`],
    ["PROVIDER=kubernetes", `PROVIDER: "kubernetes" is not available yet; ${container}`],
    ["PROVIDER=", `PROVIDER: "" is not a provider; ${container}`],
    ["NETWORK_MODE=host", 'NETWORK_MODE: "host" is not a network mode; allowed: default or bridge.'],
    [
      "IP_ADDRESS=10.0.0.2",
      'IP_ADDRESS: "10.0.0.2" has no effect without a bridge; allowed: it beside NETWORK_MODE=bridge.',
    ],
    ["IP_ADDRESS=10.0.0", `IP_ADDRESS: "10.0.0" is not an IPv4 address; allowed: ${addressAllowed}.`],
    ["IP_ADDRESS=10.0.0.02", `IP_ADDRESS: "10.0.0.02" is not an IPv4 address; allowed: ${addressAllowed}.`],
    ["IP_ADDRESS=8.8.8.8", `IP_ADDRESS: "8.8.8.8" is not of a private network; allowed: ${addressAllowed}.`],
    ["IP_ADDRESS=10.0.0.0", `IP_ADDRESS: "10.0.0.0" names its network, not a machine; allowed: ${addressAllowed}.`],
    ["IP_ADDRESS=10.0.0.1", `IP_ADDRESS: "10.0.0.1" is the host's own on that bridge; allowed: ${addressAllowed}.`],
    [
      "IP_ADDRESS=10.0.0.255",
      `IP_ADDRESS: "10.0.0.255" is the one that reaches all machines of its network; allowed: ${addressAllowed}.`,
    ],
    [
      "IP_ADDRESS=10.200.0.2",
      `IP_ADDRESS: "10.200.0.2" is of 10.192.0.0/11, which the networks of stacks are taken from; allowed: ${addressAllowed}.`,
    ],
    ["SSH_USER=ada", `SSH_USER: is for virtual machines ${login}`],
    ["SSH_KEY=~/.ssh/id", `SSH_KEY: is for virtual machines ${login}`],
    ["BOX=a/b", "BOX: is for virtual machines (a container has an IMAGE); allowed: no such line for a container."],
    [
      "MEMROY=4096",
      "MEMROY: looks like MEMORY; allowed: MEMORY, or IGNORE_KEYS=MEMROY if the key is the application's own.",
    ],
    [
      "PORTS=80:80,80:81",
      'PORTS: "80:81" asks for the same port of the host as "80:80"; allowed: each port of the host once.',
    ],
    [
      "IGNORE_KEYS=A B",
      'IGNORE_KEYS: "A B" is not a key that can be ignored; allowed: a comma-separated list of keys of this file (PORTS,VOLUME), without IGNORE_KEYS.',
    ],
    [
      "ENV_1A=x",
      "ENV_1A: is not the name of a variable; allowed: a name of at most 255 letters, digits and _, not beginning with a digit.",
    ],
    [
      "ENV_=x",
      "ENV_: is not the name of a variable; allowed: a name of at most 255 letters, digits and _, not beginning with a digit.",
    ],
  ])("%s", (text, message) => {
    expect(mistakesIn(`# one line above\n${text}`)).toEqual([`line 2: ${message}`]);
  });

  test("carries its key, line, what was given and what is allowed", () => {
    expect(refusalOf(() => parse("\nCPUS=0")).violations).toEqual([
      {
        key: "CPUS",
        line: 2,
        message: expect.any(String) as string,
        got: "0",
        allowed: "a number from 1 to 1024 with at most 2 decimals (2, 1.5)",
      },
    ]);
  });

  test("is shown on one line and not at full length, whatever it holds", () => {
    const [message = ""] = mistakesIn(`MEMORY="\u001b[31m\u009b${"x".repeat(500)}\ny"`);
    expect(message).toMatch(/^line 1: MEMORY: "\\u001b\[31m\\u009bx{74}…" is not an amount of memory;/);
  });
});

describe("all mistakes", () => {
  const text = "MEMORY=1\nPORTS=0:80,auto:\n\nIP_ADDRESS=1\nPROVIDER=orbstack\nVOLUME=x\nVOLUMS=y\nCPUS=none";

  test("are reported together, in the order of the lines", () => {
    const { violations } = refusalOf(() => parse(text));
    expect(violations.map((one) => [one.line, one.key])).toEqual([
      [1, "MEMORY"],
      [2, "PORTS"],
      [2, "PORTS"],
      [4, "IP_ADDRESS"],
      [5, "PROVIDER"],
      [7, "VOLUMS"],
      [8, "CPUS"],
    ]);
  });

  test("make one error with exit status 2 that names the file", () => {
    const error = refusalOf(() => parse(text, { file: "conf/test.env" }));
    expect([error.code, error.exitStatus, error.message]).toEqual([
      "CONFIG_INVALID",
      2,
      "/srv/projects/my-app/conf/test.env has 7 mistakes.",
    ]);
  });

  test("are told by the first 50 where there are more", () => {
    const error = refusalOf(() => parse(`VOLUMES=${",".repeat(200_000)}`));
    expect(error.message).toBe("/srv/projects/my-app/.env has 200001 mistakes; these are the first 50.");
    expect(error.violations).toHaveLength(50);
  });

  test("name a long key by its beginning", () => {
    const [mistake = ""] = mistakesIn(`ENV_${"x".repeat(100_000)}=1`);
    expect(mistake).toMatch(/^line 1: ENV_x{76}…: is not the name of a variable;/);
  });

  test("include every path of the host that does not exist", () => {
    const mistakes = mistakesIn("MEMORY=1\nVOLUMES=./a:/a,./b:/b,c:/c", { pathExists: () => false });
    expect(mistakes).toHaveLength(3);
  });
});

describe("a type that nobody knows", () => {
  test("is the one mistake: keys of both types are let be", () => {
    const text = "INFRA_TYPE=pod\nPROVIDER=virtualbox\nBOX=a/b\nSSH_USER=ada\nDISK_SIZE=20\nIMAGE=debian";
    expect(mistakesIn(text)).toEqual([expect.stringMatching(/^line 1: INFRA_TYPE:/)]);
  });

  test("is told beside a provider that nobody knows", () => {
    expect(mistakesIn("INFRA_TYPE=pod\nPROVIDER=virtualbocks")).toHaveLength(2);
  });
});

describe("DISK_SIZE for a container", () => {
  test("is understood with a warning that it has no effect", () => {
    expect(parse("DISK_SIZE=30g").warnings).toEqual([
      "DISK_SIZE has no effect: a container has no disk of its own, so 30 GiB size nothing.",
    ]);
  });

  test("is refused where it is wrong", () => {
    expect(mistakesIn("DISK_SIZE=1")).toEqual([
      'line 1: DISK_SIZE: "1" is less than 5 GiB; allowed: a whole number of GiB (20), or one with G, GB or GiB (20g), from 5 GiB to 64 TiB.',
    ]);
  });
});

describe("a key that is set twice", () => {
  test("is refused with both lines where it is ours", () => {
    expect(mistakesIn("MEMORY=1024\nCPUS=1\nMEMORY=2048")).toEqual([
      "line 3: MEMORY: is already set on line 1; allowed: each key once.",
    ]);
  });

  test("is refused without its values where it sets a variable inside", () => {
    expect(mistakesIn("ENV_A=hunter2\nENV_A=hunter3")).toEqual([
      "line 2: ENV_A: is already set on line 1; allowed: each key once.",
    ]);
  });

  test("is left alone where it is the application's", () => {
    expect(() => parse("API_URL=a\nAPI_URL=b")).not.toThrow();
  });
});

describe("IGNORE_KEYS", () => {
  test("gives a near miss to the application", () => {
    expect(() => parse("IGNORE_KEYS=MEMROY, GPU\nMEMROY=x")).not.toThrow();
  });

  test("gives a key of ours to the application, and the default holds", () => {
    expect(specOf("IGNORE_KEYS=MEMORY,ENV_NAME\nMEMORY=lots\nMEMORY=more\nENV_NAME=prod")).toEqual(specOf(""));
  });

  test("may stand anywhere in the file", () => {
    expect(() => parse("MEMROY=x\nIGNORE_KEYS=MEMROY")).not.toThrow();
  });

  test("cannot ignore itself", () => {
    expect(mistakesIn("IGNORE_KEYS=IGNORE_KEYS")).toHaveLength(1);
  });
});

describe("a secret", () => {
  const secret = "hunter2-is-the-secret";

  test.each([
    `ENV_1A=${secret}`,
    `ENV_A=1\nENV_A=${secret}`,
    `env_A=${secret}`,
    `MEMROY=${secret}`,
    `PROVISIONING_VARS=token=${secret},token=${secret}`,
    `PROVISIONING_VARS=token=a,${secret}`,
    `SSH_KEY=${secret}`,
    `INFRA_TYPE=vm\nSSH_KEY="-----BEGIN\n${secret}"`,
    `ENV_A="\0${secret}"`,
  ])("is in no message, nor anywhere in the error: %j", (text) => {
    const error = refusalOf(() => parse(text));
    expect(`${JSON.stringify(error.toObject())}${error.toText()}${String(error.stack)}`).not.toContain(secret);
  });
});

/** Keys that the test of the examples leaves out: what suits one type alone, or would ignore other keys. */
const fixed = ["INFRA_TYPE", "PROVIDER", "IGNORE_KEYS"];
const names = settingKeys.map((key) => key.name.replace("*", "GREETING"));

test.each(names.filter((name) => name !== "IGNORE_KEYS"))("%s is never ignored in silence", (name) => {
  const answer = (text: string): unknown => {
    try {
      return parse(text);
    } catch (error) {
      return error;
    }
  };
  expect(answer(`${name}=1:2:3:4`)).not.toEqual(answer(""));
});

test.each(["container", "vm"] as const)("every example of the table that suits a %s is allowed", (type) => {
  const rows = settingKeys.filter(({ name, status }) => ["available", type].includes(status) && !fixed.includes(name));
  const text = rows.map((key) => `${key.name.replace("*", "GREETING")}=${key.example}`).join("\n");
  expect(() => parse(`INFRA_TYPE=${type}\n${text}`)).not.toThrow();
});

describe("any text", () => {
  const ours = fc.constantFrom(...names, "OTHER", "MEMROY", "export A");
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("2g", "80:80", "auto:80,auto:80", "'", '"a', "./a:/b", "$A | b", "[::]:1:1"),
  );
  const file = fc.array(fc.tuple(ours, value)).map((rows) => rows.map((row) => row.join("=")).join("\n"));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString("latin1"));
  const answer = (text: string): string => {
    try {
      return JSON.stringify(parseProject(text, context));
    } catch (error) {
      if (!(error instanceof GroundworkError)) throw error;
      return error.toText();
    }
  };

  test("is understood or refused by one GroundworkError, twice the same", () => {
    fc.assert(
      fc.property(fc.oneof(file, bytes, fc.string({ unit: "binary" })), (text) => {
        expect(answer(text)).toBe(answer(text));
      }),
      { numRuns: 1000 },
    );
  });
});
