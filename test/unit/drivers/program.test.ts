import { podman } from "../../../drivers/containers/podman";
import { ContainerProgram, programError } from "../../../drivers/containers/program";
import type { ErrorCode } from "../../../settings/errors";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { ended, useProgram } from "../cli/bundle";
import { writeProgram } from "./fake-podman";
import { recordingText } from "./recordings";

const errorOf = (stderr: string, parameters: readonly string[] = ["start", "web"]) =>
  programError("podman", parameters, { exitCode: 125, stdout: "", stderr });

describe("podman's own words, recorded, mean", () => {
  test.each<[recording: string, code: ErrorCode]>([
    ["port-in-use.txt", "PORT_CONFLICT"],
    ["name-in-use.txt", "INFRA_EXISTS"],
    ["image-missing.txt", "CONFIG_INVALID"],
    ["no-registry.txt", "CONFIG_INVALID"],
    ["program-missing.txt", "CONFIG_INVALID"],
    ["no-connection.txt", "PROVIDER_NOT_AVAILABLE"],
    ["one-missing.txt", "ENGINE_FAILED"],
  ])("%s: %s", (recording, code) => {
    expect(errorOf(recordingText(recording)).code).toBe(code);
  });
});

/**
 * Not provoked on the machine of the recordings; the texts are those of the sources named.
 *
 * - rootlessport: containers/podman, cmd/rootlessport/main.go and rootlesskit's port driver
 * - image: containers/image, docker/docker_image_src.go and docker_client.go
 * - disk: strerror(3) of ENOSPC and EDQUOT, as Go prints them
 */
describe("podman's own words, from its sources, mean", () => {
  test.each<[text: string, code: ErrorCode]>([
    ["Error: rootlessport listen tcp 127.0.0.1:8080: bind: address already in use", "PORT_CONFLICT"],
    [
      "Error: rootlessport conflict with ID 1, error while calling PortManager.AddPort(): proxy already running",
      "PORT_CONFLICT",
    ],
    ["Error: writing blob: write /var/tmp/layer: no space left on device", "INSUFFICIENT_RESOURCES"],
    ["Error: committing container: write: disk quota exceeded", "INSUFFICIENT_RESOURCES"],
    [
      "Error: initializing source docker://docker.io/library/nowhere:1: reading manifest 1: manifest unknown",
      "CONFIG_INVALID",
    ],
    ["Error: netavark: iptables: Operation not permitted", "PROVIDER_NOT_AVAILABLE"],
    ["Error: something nobody has seen before", "ENGINE_FAILED"],
  ])("%s: %s", (text, code) => {
    expect(errorOf(text).code).toBe(code);
  });

  test("a port that is taken is no address that is taken", () => {
    const port = errorOf(
      "Error: cannot listen on the TCP port: listen tcp4 127.0.0.1:80: bind: address already in use",
    );
    expect(port.suggestion).toContain("auto:");
    expect(errorOf("docker: Error response from daemon: Address already in use").suggestion).toContain("IP_ADDRESS");
  });

  // The message of a bind mount whose source is gone: the user's VOLUMES are wrong, not the engine.
  test("a missing bind mount: CONFIG_INVALID", () => {
    expect(errorOf(recordingText("mount-missing.txt")).code).toBe("CONFIG_INVALID");
  });
});

describe("the error of a failed call", () => {
  test("says the command, the status and podman's last message", () => {
    const stderr = 'time="2026-01-01T00:00:00Z" level=warning msg="a warning"\nfirst line\nError: the last line\n';
    expect(errorOf(stderr, ["start", "web"]).message).toBe("podman start failed with status 125: the last line");
  });

  test("says the warning where podman said nothing else", () => {
    expect(errorOf('time="2026" level=error msg="alone"').message).toContain('level=error msg="alone"');
  });

  test("says that podman said nothing", () => {
    expect(errorOf("\n").message).toBe("podman start failed with status 125: it said nothing");
  });

  test("names the program and its status for programs", () => {
    expect(errorOf("Error: x").details).toEqual({ program: "podman", status: 125 });
  });

  test.each([
    ["image-missing.txt", "podman pull IMAGE"],
    ["program-missing.txt", "Correct COMMAND"],
  ])("%s ends with what mends it", (recording, suggestion) => {
    expect(errorOf(recordingText(recording)).suggestion).toContain(suggestion);
  });
});

describe("a call", () => {
  const folder = useTemporaryFolder();

  test("returns what the program printed and its status", async () => {
    const path = writeProgram(folder(), "echo out; echo err >&2; exit 3");
    expect(await new ContainerProgram(podman, { path }).call([])).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("hands arguments over as they are", async () => {
    const path = writeProgram(folder(), `printf '<%s>' "$@"`);
    const { stdout } = await new ContainerProgram(podman, { path }).call(["a b", "$HOME", "'\"", "", "*"]);
    expect(stdout).toBe(`<a b><$HOME><'"><><*>`);
  });

  test("hands arguments over as they are, beside a text on standard input", async () => {
    const path = writeProgram(folder(), `printf '<%s>' "$@"; cat`);
    const { stdout } = await new ContainerProgram(podman, { path }).call(["a b", "$HOME"], { stdin: "A=1\n" });
    expect(stdout).toBe("<a b><$HOME>A=1\n");
  });

  test("gives standard input a name that the program can open", async () => {
    const path = writeProgram(folder(), "cat /dev/stdin");
    expect((await new ContainerProgram(podman, { path }).call([], { stdin: "A=1\n" })).stdout).toBe("A=1\n");
  });

  test("returns the program's own status where there is a text on standard input", async () => {
    const path = writeProgram(folder(), "cat > /dev/null; exit 4");
    expect((await new ContainerProgram(podman, { path }).call([], { stdin: "A=1\n" })).exitCode).toBe(4);
  });

  test("adds variables to this call's environment alone", async () => {
    const path = writeProgram(folder(), 'printf "%s %s" "$BASE" "$ADDED"');
    const program = new ContainerProgram(podman, { path, environment: { PATH: process.env["PATH"], BASE: "base" } });
    const first = await program.call([], { environment: { ADDED: "added" } });
    const second = await program.call([]);
    expect([first.stdout, second.stdout]).toEqual(["base added", "base "]);
  });

  test.each(["groundwork-has-no-such-program", "/nowhere/podman"])(
    "of %s, which is not there, says that podman is not available",
    async (path) => {
      await expect(new ContainerProgram(podman, { path }).call(["info"])).rejects.toMatchObject({
        code: "PROVIDER_NOT_AVAILABLE",
        exitStatus: 5,
        message: "podman could not be started (there is no such program)",
      });
    },
  );

  // The shell that makes the pipe is there, so its status 127 is returned as if podman had ended with it.
  test("of a program that is not there says so beside a text on standard input too", async () => {
    const program = new ContainerProgram(podman, { path: "/nowhere/podman" });
    await expect(program.call(["create"], { stdin: "A=1\n" })).rejects.toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
    });
  });
});

describe("a program that ends before it has read its standard input", () => {
  const folder = useTemporaryFolder();
  const start = useProgram(`
    import { ContainerProgram } from "./drivers/containers/program";
    import { podman } from "./drivers/containers/podman";
    const program = new ContainerProgram(podman, { path: process.argv[2] });
    void program.call([], { stdin: "x".repeat(4_000_000) }).then(({ exitCode }) => console.log(exitCode));
  `);

  // The broken pipe is an error event that nobody listens to: it ends the whole process.
  test("is a failed call like any other", async () => {
    expect((await ended(start([writeProgram(folder(), "exit 125")]))).stdout).toBe("125\n");
  });
});

describe("a run", () => {
  const folder = useTemporaryFolder();

  test("returns the trimmed output", async () => {
    const path = writeProgram(folder(), "echo '  an id  '");
    expect(await new ContainerProgram(podman, { path }).run([])).toBe("an id");
  });

  test("that fails throws what the failure means", async () => {
    const path = writeProgram(folder(), "echo 'Error: nowhere: image not known' >&2; exit 125");
    await expect(new ContainerProgram(podman, { path }).run(["create"])).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});
