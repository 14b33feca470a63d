import { renderCommentedEnv } from "../../../settings/init-file";
import { context, specOf } from "./support";

const text = renderCommentedEnv({ id: "my-app", image: context.hostDefaults.image });

describe("the .env that init writes", () => {
  test("has ten lines", () => {
    expect(text.trimEnd().split("\n")).toHaveLength(10);
  });

  test("means what an empty one means", () => {
    expect(specOf(text)).toEqual(specOf(""));
  });

  test("is allowed with every comment taken away", () => {
    expect(specOf(text.replace(/^# (?=[A-Z_]+=)/gm, ""))).toMatchObject({
      id: "my-app",
      name: "my-app",
      command: ["python3", "-m", "http.server", "80"],
      ports: [{ host: "auto", inside: 80 }],
      volumes: [{ source: context.directory, target: "/srv/app" }],
      environment: { GREETING: "hello" },
    });
  });

  test("says what each key means", () => {
    expect(text).toMatchInlineSnapshot(`
     "# One instance for this project. Start it with \`vagrantp up\`; check this file with \`vagrantp validate\`.
     INFRA_TYPE=container              # the kind of machine
     # INFRA_ID=my-app                 # the instance's id, and its name at the backend
     MEMORY=2048                       # memory
     CPUS=2                            # processors, as a limit
     # IMAGE=localhost/groundwork:1    # the container's image
     # COMMAND=python3 -m http.server 80  # the program that runs inside; no shell reads it
     # PORTS=auto:80                   # ports of the host that lead inside, on 127.0.0.1 unless an address is given; auto chooses one
     # VOLUMES=./:/srv/app             # directories and named volumes that the instance sees
     # ENV_GREETING=hello              # a variable inside: ENV_GREETING sets GREETING; its value is kept secret
     "
    `);
  });
});
