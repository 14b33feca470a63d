/**
 * The plugin's side of Pulumi's provider protocol, for custom resources alone.
 *
 * Spoken directly rather than through `@pulumi/pulumi/provider`: that server has no preview and
 * no differences by property, and starts in 440 ms against 60.
 * Protocol: https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/provider.html
 */

import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import * as pluginProtocol from "@pulumi/pulumi/proto/plugin_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { GroundworkError } from "../settings/errors";
import type { Diff, PropertyMap, Resource } from "./resource";

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Respond = (error: grpc.ServiceError | Partial<grpc.StatusObject> | null, value?: unknown) => void;

/** What the plugin serves. */
export interface ServerOptions {
  readonly version: string;
  /** The resources, by type token. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** Called with every error before it goes to the engine. */
  readonly onError: (error: unknown) => void;
}

/**
 * Serves on a free loopback port until the engine ends the process.
 *
 * @returns the port, which the engine expects as the first line on standard output
 */
export async function serve(options: ServerOptions): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(services.ResourceProviderService, methods(options));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

function methods(options: ServerOptions): grpc.UntypedServiceImplementation {
  const resourceOf = (urn: string): Resource => {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const resource = options.resources[token];
    if (resource === undefined) throw new Error(`the groundwork plugin has no resource of type "${token}"`);
    return resource;
  };
  const unary =
    <Request>(handle: (request: Request) => Promise<unknown>) =>
    (call: Call<Request>, respond: Respond): void => {
      handle(call.request).then(
        (value) => respond(null, value),
        (error: unknown) => {
          options.onError(error);
          respond({ code: grpc.status.UNKNOWN, details: messageOf(error) });
        },
      );
    };
  return {
    getPluginInfo: unary(() => Promise.resolve(new pluginProtocol.PluginInfo().setVersion(options.version))),
    getSchema: unary(() => Promise.resolve(new protocol.GetSchemaResponse().setSchema(schema(options)))),
    // The plugin has the project's name, so the engine offers it the project's configuration; it takes none of it.
    checkConfig: unary(() => Promise.resolve(new protocol.CheckResponse().setInputs(toStruct({})))),
    diffConfig: unary(() => Promise.resolve(diffResponse({}))),
    configure: unary(() => Promise.resolve(new protocol.ConfigureResponse().setSupportspreview(true))),
    check: unary(async (request: protocol.CheckRequest) => check(resourceOf(request.getUrn()), request)),
    diff: unary(async (request: protocol.DiffRequest) => diff(resourceOf(request.getUrn()), request)),
    create: unary(async (request: protocol.CreateRequest) => create(resourceOf(request.getUrn()), request)),
    read: unary(async (request: protocol.ReadRequest) => read(resourceOf(request.getUrn()), request)),
    update: unary(async (request: protocol.UpdateRequest) => update(resourceOf(request.getUrn()), request)),
    delete: unary(async (request: protocol.DeleteRequest) => {
      await resourceOf(request.getUrn()).delete(request.getId(), fromStruct(request.getProperties()));
      return new Empty();
    }),
    cancel: unary(() => Promise.resolve(new Empty())),
  };
}

async function check(resource: Resource, request: protocol.CheckRequest): Promise<protocol.CheckResponse> {
  const { inputs, failures } = await resource.check(fromStruct(request.getNews()));
  const messages = failures.map(({ property, reason }) =>
    new protocol.CheckFailure().setProperty(property).setReason(reason),
  );
  return new protocol.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(messages);
}

async function diff(resource: Resource, request: protocol.DiffRequest): Promise<protocol.DiffResponse> {
  const found = await resource.diff(fromStruct(request.getOlds()), fromStruct(request.getNews()));
  return diffResponse(found);
}

function diffResponse(found: Diff): protocol.DiffResponse {
  const { DiffChanges } = protocol.DiffResponse;
  const { Kind } = protocol.PropertyDiff;
  const names = Object.keys(found);
  const replaces = names.filter((name) => found[name] === "replace");
  const response = new protocol.DiffResponse()
    .setChanges(names.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
    .setDiffsList(names)
    .setReplacesList(replaces)
    .setDeletebeforereplace(replaces.length > 0)
    .setHasdetaileddiff(true);
  for (const name of names) {
    const kind = found[name] === "replace" ? Kind.UPDATE_REPLACE : Kind.UPDATE;
    response.getDetaileddiffMap().set(name, new protocol.PropertyDiff().setKind(kind));
  }
  return response;
}

async function create(resource: Resource, request: protocol.CreateRequest): Promise<protocol.CreateResponse> {
  const { id, outputs } = await resource.create(fromStruct(request.getProperties()), request.getPreview());
  return new protocol.CreateResponse().setId(id).setProperties(toStruct(outputs));
}

async function read(resource: Resource, request: protocol.ReadRequest): Promise<protocol.ReadResponse> {
  if (request.getInputs() === undefined || Object.keys(fromStruct(request.getInputs())).length === 0) {
    throw new Error("the resources of the groundwork plugin cannot be imported: declare an instance instead");
  }
  const inputs = fromStruct(request.getInputs());
  const { id, outputs } = await resource.read(request.getId(), fromStruct(request.getProperties()), inputs);
  return new protocol.ReadResponse().setId(id).setProperties(toStruct(outputs)).setInputs(toStruct(inputs));
}

async function update(resource: Resource, request: protocol.UpdateRequest): Promise<protocol.UpdateResponse> {
  const state = fromStruct(request.getOlds());
  const inputs = fromStruct(request.getNews());
  const outputs = await resource.update(request.getId(), state, inputs, request.getPreview());
  return new protocol.UpdateResponse().setProperties(toStruct(outputs));
}

function schema(options: ServerOptions): string {
  const resources = Object.fromEntries(Object.keys(options.resources).map((token) => [token, {}]));
  return JSON.stringify({ name: "groundwork", version: options.version, resources });
}

/** Data that a Struct can hold: JSON without `undefined`. */
function toStruct(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct?.toJavaScript() ?? {};
}

function messageOf(error: unknown): string {
  if (error instanceof GroundworkError) return error.toText();
  return error instanceof Error ? error.message : String(error);
}
