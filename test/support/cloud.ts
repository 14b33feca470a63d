/** What a cloud gives to a cluster, for a control plane of a test's own: volumes, and addresses of load balancers. */

import type { ControlPlane } from "./control-plane";

/** The class that claims have who name none. Nothing makes volumes: they are there before. */
const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "test", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode: "Immediate",
};

/** Gives the cluster this many volumes of 100 GiB. */
export async function giveVolumes(plane: ControlPlane, count: number): Promise<void> {
  const volumes = Array.from({ length: count }, (_, index) => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `volume-${String(index)}` },
    spec: {
      capacity: { storage: "100Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: storageClass.metadata.name,
      hostPath: { path: `/volumes/${String(index)}` },
    },
  }));
  const { exitCode, stderr } = await plane.applyStrictly({
    apiVersion: "v1",
    kind: "List",
    items: [storageClass, ...volumes],
  });
  if (exitCode !== 0) throw new Error(`the volumes were not made: ${stderr}`);
}

/** Gives an address to each load balancer and each Ingress that has none, until it is stopped. */
export function giveAddresses(plane: ControlPlane): { stop(): Promise<void> } {
  const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: "203.0.113.10" }] } } });
  const asked = { services: "[?(@.spec.type=='LoadBalancer')]", ingresses: "[*]" };
  return repeatedly(async () => {
    for (const [kind, which] of Object.entries(asked)) {
      const without = await listed(plane, kind, which, ".status.loadBalancer.ingress");
      for (const { namespace, name, value } of without) {
        if (value !== "") continue;
        await patch(plane, kind, { namespace, name }, status, "--subresource=status");
      }
    }
  });
}

/** Does what ArgoCD would with an Application that is being deleted, until it is stopped: it lets it go. */
export function letApplicationsGo(plane: ControlPlane): { stop(): Promise<void> } {
  const none = JSON.stringify({ metadata: { finalizers: null } });
  const kind = "applications.argoproj.io";
  return repeatedly(async () => {
    for (const { namespace, name, value } of await listed(plane, kind, "[*]", ".metadata.deletionTimestamp")) {
      if (value === "") continue;
      await patch(plane, kind, { namespace, name }, none);
    }
  });
}

/** An object that is gone by now is nobody's loss. */
async function patch(
  plane: ControlPlane,
  kind: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  change: string,
  ...options: readonly string[]
): Promise<void> {
  await plane.tryKubectl([
    "patch",
    kind,
    name,
    "--namespace",
    namespace,
    "--type=merge",
    "--patch",
    change,
    ...options,
  ]);
}

/** The objects of a kind in all namespaces, each with the value of a field; nothing where the kind is not defined yet. */
async function listed(plane: ControlPlane, kind: string, which: string, field: string) {
  const line = `{.metadata.namespace} {.metadata.name} {${field}}{"\\n"}`;
  const format = `jsonpath={range .items${which}}${line}{end}`;
  const { stdout } = await plane.tryKubectl(["get", kind, "--all-namespaces", "--output", format]);
  const lines = stdout.split("\n").filter((one) => one !== "");
  return lines.map((one) => {
    const [namespace = "", name = "", ...value] = one.split(" ");
    return { namespace, name, value: value.join(" ") };
  });
}

/** Runs something twice a second. */
function repeatedly(act: () => Promise<void>): { stop(): Promise<void> } {
  const over = new AbortController();
  const ended = (async () => {
    while (!over.signal.aborted) {
      await act();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    async stop() {
      over.abort();
      await ended;
    },
  };
}
