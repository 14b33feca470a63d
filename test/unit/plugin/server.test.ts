import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import type { PropertyMap, Resource } from "../../../plugin/resource";
import { serve } from "../../../plugin/server";
import { GroundworkError } from "../../../settings/errors";
import { unknownValue } from "../../../settings/instance-properties";

const urn = "urn:pulumi:dev::groundwork::groundwork:instance:Instance$groundwork:index:LiveState::web-live";

const properties: PropertyMap = {
  text: "web",
  number: 1.5,
  flag: true,
  nothing: null,
  list: ["a", 1, []],
  map: { inner: {} },
  later: unknownValue,
};

/** A resource that answers with what it was given. */
const plain: Resource = {
  check: (inputs) => Promise.resolve({ inputs, failures: [{ property: "memoryMiB", reason: "too much" }] }),
  diff: (state, inputs) => Promise.resolve({ [String(state["text"])]: "update", [String(inputs["text"])]: "replace" }),
  create: (inputs, preview) => Promise.resolve({ id: preview ? "" : "an-id", outputs: inputs }),
  read: (id, state, inputs) => Promise.resolve({ id, outputs: { state, inputs } }),
  update: (id, state, inputs, preview) => Promise.resolve({ id, state, inputs, preview }),
  delete: () => Promise.resolve(),
};

let resource: Resource;
let errors: unknown[];
let server: grpc.Server;
let client: InstanceType<typeof services.ResourceProviderClient>;

beforeAll(async () => {
  const proxy: Resource = {
    check: (...given) => resource.check(...given),
    diff: (...given) => resource.diff(...given),
    create: (...given) => resource.create(...given),
    read: (...given) => resource.read(...given),
    update: (...given) => resource.update(...given),
    delete: (...given) => resource.delete(...given),
  };
  // The engine ends the process; nothing else ever ends the server, so that a test must lay hands on it.
  const bound = jest.spyOn(grpc.Server.prototype, "bindAsync");
  const port = await serve({
    version: "1.2.3",
    resources: { "groundwork:index:LiveState": proxy },
    onError: (error) => errors.push(error),
  });
  server = bound.mock.contexts[0] as grpc.Server;
  client = new services.ResourceProviderClient(`127.0.0.1:${String(port)}`, grpc.credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.forceShutdown();
});
beforeEach(() => {
  resource = plain;
  errors = [];
});

type Callback<Response> = (error: grpc.ServiceError | null, response: Response) => void;

function call<Response>(start: (callback: Callback<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

const struct = (value: PropertyMap) => Struct.fromJavaScript(value as Record<string, JavaScriptValue>);

const diffOf = (olds: PropertyMap, news: PropertyMap) =>
  call<protocol.DiffResponse>((done) =>
    client.diff(new protocol.DiffRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news)), done),
  );

const createOf = (inputs: PropertyMap, over: { urn?: string; preview?: boolean } = {}) =>
  call<protocol.CreateResponse>((done) =>
    client.create(
      new protocol.CreateRequest()
        .setUrn(over.urn ?? urn)
        .setProperties(struct(inputs))
        .setPreview(over.preview ?? false),
      done,
    ),
  );

describe("the plugin", () => {
  test("tells its version", async () => {
    const info = await call<{ getVersion(): string }>((done) => client.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toBe("1.2.3");
  });

  test("tells its name, its version and its resources in the schema", async () => {
    const response = await call<protocol.GetSchemaResponse>((done) =>
      client.getSchema(new protocol.GetSchemaRequest(), done),
    );
    expect(JSON.parse(response.getSchema())).toEqual({
      name: "groundwork",
      version: "1.2.3",
      resources: { "groundwork:index:LiveState": {} },
    });
  });

  test("supports previews, and wants neither secrets nor outputs in wrappers", async () => {
    const response = await call<protocol.ConfigureResponse>((done) =>
      client.configure(new protocol.ConfigureRequest(), done),
    );
    expect(response.toObject()).toMatchObject({ supportspreview: true, acceptsecrets: false, acceptoutputs: false });
  });

  // It has the project's name, so the engine offers it the project's configuration.
  test("takes none of the configuration it is offered", async () => {
    const request = new protocol.CheckRequest().setNews(struct({ version: "1.2.3" }));
    const response = await call<protocol.CheckResponse>((done) => client.checkConfig(request, done));
    expect(response.getInputs()?.toJavaScript()).toEqual({});
  });

  test("is never replaced for its configuration", async () => {
    const response = await call<protocol.DiffResponse>((done) => client.diffConfig(new protocol.DiffRequest(), done));
    expect(response.getChanges()).toBe(protocol.DiffResponse.DiffChanges.DIFF_NONE);
  });

  test("can be asked to cancel", async () => {
    expect(await call<Empty>((done) => client.cancel(new Empty(), done))).toBeInstanceOf(Empty);
  });
});

describe("check", () => {
  const checkOf = (inputs: PropertyMap) =>
    call<protocol.CheckResponse>((done) =>
      client.check(new protocol.CheckRequest().setUrn(urn).setNews(struct(inputs)), done),
    );

  test("hands every kind of value there and back", async () => {
    expect((await checkOf(properties)).getInputs()?.toJavaScript()).toEqual(properties);
  });

  test("tells each failure with its property", async () => {
    expect((await checkOf({})).getFailuresList().map((failure) => failure.toObject())).toEqual([
      { property: "memoryMiB", reason: "too much" },
    ]);
  });
});

describe("diff", () => {
  const { Kind } = protocol.PropertyDiff;
  const { DiffChanges } = protocol.DiffResponse;

  test("says that nothing differs", async () => {
    resource = { ...plain, diff: () => Promise.resolve({}) };
    expect((await diffOf({}, {})).toObject()).toMatchObject({
      changes: DiffChanges.DIFF_NONE,
      diffsList: [],
      replacesList: [],
      deletebeforereplace: false,
      hasdetaileddiff: true,
      detaileddiffMap: [],
    });
  });

  test("names each property, with its kind", async () => {
    const response = await diffOf({ text: "memoryMiB" }, { text: "id" });
    const kinds = response
      .getDetaileddiffMap()
      .toObject(false, (_include, value: protocol.PropertyDiff) => value.getKind());
    expect(new Map(kinds as [string, number][])).toEqual(
      new Map([
        ["memoryMiB", Kind.UPDATE],
        ["id", Kind.UPDATE_REPLACE],
      ]),
    );
  });

  test("says which properties replace the resource, and that the old one goes first", async () => {
    expect((await diffOf({ text: "memoryMiB" }, { text: "id" })).toObject()).toMatchObject({
      changes: DiffChanges.DIFF_SOME,
      diffsList: ["memoryMiB", "id"],
      replacesList: ["id"],
      deletebeforereplace: true,
    });
  });

  test("of what changes in place replaces nothing", async () => {
    resource = { ...plain, diff: () => Promise.resolve({ cpus: "update" }) };
    expect((await diffOf({}, {})).toObject()).toMatchObject({
      changes: DiffChanges.DIFF_SOME,
      replacesList: [],
      deletebeforereplace: false,
    });
  });
});

describe("create", () => {
  test("answers with the id and the outputs", async () => {
    const response = await createOf(properties);
    expect([response.getId(), response.getProperties()?.toJavaScript()]).toEqual(["an-id", properties]);
  });

  test("is told that it is a preview", async () => {
    expect((await createOf(properties, { preview: true })).getId()).toBe("");
  });

  test("leaves out what is undefined", async () => {
    resource = { ...plain, create: () => Promise.resolve({ id: "an-id", outputs: { here: 1, gone: undefined } }) };
    expect((await createOf({})).getProperties()?.toJavaScript()).toEqual({ here: 1 });
  });
});

describe("read", () => {
  const readOf = (state: PropertyMap, inputs: PropertyMap) =>
    call<protocol.ReadResponse>((done) => {
      const request = new protocol.ReadRequest().setUrn(urn).setId("an-id");
      return client.read(request.setProperties(struct(state)).setInputs(struct(inputs)), done);
    });

  test("answers with the id, what is real, and the inputs as they were", async () => {
    const response = await readOf({ cpus: 1 }, { cpus: 2 });
    expect(response.getId()).toBe("an-id");
    expect(response.getProperties()?.toJavaScript()).toEqual({ state: { cpus: 1 }, inputs: { cpus: 2 } });
    expect(response.getInputs()?.toJavaScript()).toEqual({ cpus: 2 });
  });

  test("without inputs is an import, which is refused", async () => {
    await expect(readOf({}, {})).rejects.toMatchObject({
      details: expect.stringContaining("cannot be imported") as string,
    });
  });
});

test("update is given the id, the state, the inputs and whether it is a preview", async () => {
  const request = new protocol.UpdateRequest().setUrn(urn).setId("an-id").setPreview(true);
  request.setOlds(struct({ cpus: 1 })).setNews(struct({ cpus: 2 }));
  const response = await call<protocol.UpdateResponse>((done) => client.update(request, done));
  expect(response.getProperties()?.toJavaScript()).toEqual({
    id: "an-id",
    state: { cpus: 1 },
    inputs: { cpus: 2 },
    preview: true,
  });
});

test("delete is given the id and the state", async () => {
  const deleted: unknown[] = [];
  resource = { ...plain, delete: (...given) => Promise.resolve(void deleted.push(given)) };
  const request = new protocol.DeleteRequest()
    .setUrn(urn)
    .setId("an-id")
    .setProperties(struct({ cpus: 1 }));
  await call<Empty>((done) => client.delete(request, done));
  expect(deleted).toEqual([["an-id", { cpus: 1 }]]);
});

describe("an error", () => {
  test("of the contract reaches the engine as its text: message, violations, what mends it", async () => {
    const violations = [{ key: "MEMORY", message: "is too much" }];
    const error = new GroundworkError("CONFIG_INVALID", "It is wrong.", { violations, suggestion: "Mend it." });
    resource = { ...plain, create: () => Promise.reject(error) };
    await expect(createOf({})).rejects.toMatchObject({
      code: grpc.status.UNKNOWN,
      details: "It is wrong.\n  MEMORY: is too much\nMend it.",
    });
  });

  test("of any other kind reaches the engine as its message, without a stack trace", async () => {
    resource = { ...plain, create: () => Promise.reject(new TypeError("x is not a function")) };
    await expect(createOf({})).rejects.toMatchObject({ details: "x is not a function" });
  });

  test("that is thrown at once is an answer too", async () => {
    resource = {
      ...plain,
      create: () => {
        throw new Error("at once");
      },
    };
    await expect(createOf({})).rejects.toMatchObject({ details: "at once" });
  });

  test("is told before the engine learns of it", async () => {
    const error = new GroundworkError("PORT_CONFLICT", "It is taken.");
    resource = { ...plain, create: () => Promise.reject(error) };
    await createOf({}).catch(() => undefined);
    expect(errors).toEqual([error]);
  });

  test("leaves the plugin serving", async () => {
    resource = { ...plain, create: () => Promise.reject(new Error("once")) };
    await createOf({}).catch(() => undefined);
    resource = plain;
    expect((await createOf({})).getId()).toBe("an-id");
  });

  test("names a type that the plugin does not have", async () => {
    const other = "urn:pulumi:dev::groundwork::groundwork:index:Other::web";
    await expect(createOf({}, { urn: other })).rejects.toMatchObject({
      details: 'the groundwork plugin has no resource of type "groundwork:index:Other"',
    });
  });
});

test("a resource at the stack's root is found by its type too", async () => {
  const root = "urn:pulumi:dev::groundwork::groundwork:index:LiveState::web";
  expect((await createOf({}, { urn: root })).getId()).toBe("an-id");
});
