/**
 * What a Pulumi program asks of the engine while it starts, answered at once: so that the program's own time is seen, without the
 * engine's. Protocol: https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/resource.html
 */

import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProtocol from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/resource_pb";

type Respond = (error: null, value: unknown) => void;

/** The resource that the SDK registers by itself, before the program is read. */
const stackType = "pulumi:pulumi:Stack";

/** An engine that takes whatever a program registers, and makes nothing. */
export class AnsweringEngine {
  private readonly server = new grpc.Server();
  private onWork: () => void = () => undefined;
  private root = "";

  private constructor(private readonly answers: Readonly<Record<string, Record<string, JavaScriptValue>>>) {
    this.server.addService(ResourceMonitorService, this.monitor());
    this.server.addService(EngineService, this.engine());
  }

  /** Serves on a free loopback port. @param answers what functions of plugins give, by token */
  static async start(
    answers: Readonly<Record<string, Record<string, JavaScriptValue>>>,
  ): Promise<{ readonly engine: AnsweringEngine; readonly address: string }> {
    const engine = new AnsweringEngine(answers);
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      engine.server.bindAsync("127.0.0.1:0", credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return { engine, address: `127.0.0.1:${String(port)}` };
  }

  /** Resolves when the next program has been read: at its first request of its own, or when it has ended without one. */
  nextWork(): Promise<number> {
    return new Promise((resolve) => {
      this.onWork = () => resolve(performance.now());
    });
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private monitor(): grpc.UntypedServiceImplementation {
    return {
      getDeploymentInfo: answering(() => new protocol.DeploymentInfo().setSupportedfeaturesList(features)),
      supportsFeature: answering(() => new protocol.SupportsFeatureResponse().setHassupport(true)),
      registerResource: answering((request: protocol.RegisterResourceRequest) => {
        if (request.getType() !== stackType) this.onWork();
        // No outputs: in a preview they are not known.
        return new protocol.RegisterResourceResponse().setUrn(urnOf(request));
      }),
      registerResourceOutputs: answering(() => {
        this.onWork();
        return new Empty();
      }),
      invoke: answering((request: protocol.ResourceInvokeRequest) => {
        this.onWork();
        const answer = this.answers[request.getTok()] ?? {};
        return new protocol.ResourceInvokeResponse().setReturn(Struct.fromJavaScript(answer));
      }),
      signalAndWaitForShutdown: answering(() => new Empty()),
    };
  }

  private engine(): grpc.UntypedServiceImplementation {
    return {
      log: answering((request: engineProtocol.LogRequest) => {
        if (request.getSeverity() === engineProtocol.LogSeverity.ERROR)
          process.stderr.write(`${request.getMessage()}\n`);
        return new Empty();
      }),
      getRootResource: answering(() => new engineProtocol.GetRootResourceResponse().setUrn(this.root)),
      setRootResource: answering((request: engineProtocol.SetRootResourceRequest) => {
        this.root = request.getUrn();
        return new engineProtocol.SetRootResourceResponse();
      }),
    };
  }
}

const features = [
  protocol.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  protocol.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  protocol.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  protocol.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  protocol.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
];

function answering<Request>(answer: (request: Request) => unknown) {
  return (call: { readonly request: Request }, respond: Respond): void => respond(null, answer(call.request));
}

function urnOf(request: protocol.RegisterResourceRequest): string {
  const parent = request.getParent().split("::")[2];
  const types = parent === undefined ? [request.getType()] : [parent, request.getType()];
  return ["urn:pulumi:bench", "groundwork", types.join("$"), request.getName()].join("::");
}
