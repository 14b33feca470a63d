/** Finds the replicas of the store, by tunnels to their pods or where they are said to be. */

import { readFileSync } from "node:fs";
import { kubectl, tunnel, type Tunnel } from "../../delivery/kubectl";
import { OpenBao } from "./openbao";

/** Where the replicas are, if not in the cluster of the kubeconfig. */
export interface Whereabouts {
  /** http:// or https:// addresses, the first one first. @default the pods of the namespace `secrets` */
  readonly address?: readonly string[];
  /** The file with the certificate of the authority that vouches for them. @default those that Node trusts */
  readonly ca?: string;
}

const namespace = "secrets";
const labels = "app.kubernetes.io/name=openbao,component=server";

/** Does something with all replicas of the store; tunnels to them are closed afterwards. */
export async function withReplicas<T>(
  { address, ca }: Whereabouts,
  work: (replicas: readonly OpenBao[]) => Promise<T>,
): Promise<T> {
  if (address !== undefined) {
    const authority = ca === undefined ? undefined : readFileSync(ca, "utf8");
    return await work(address.map((url) => new OpenBao({ url, ca: authority })));
  }
  const [names, authority] = await Promise.all([podNames(), authorityOfStore()]);
  const tunnels: Tunnel[] = [];
  try {
    for (const name of names) tunnels.push(await tunnel({ namespace, to: `pod/${name}`, port: 8200 }));
    return await work(tunnels.map(({ port }) => new OpenBao({ url: `https://127.0.0.1:${port}`, ca: authority })));
  } finally {
    await Promise.all(tunnels.map((one) => one.close()));
  }
}

async function podNames(): Promise<string[]> {
  const names = await kubectl(["get", "pods", "-n", namespace, "-l", labels, "-o", "name"]);
  return names
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => name.replace("pod/", ""))
    .sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

async function authorityOfStore(): Promise<string> {
  const encoded = await kubectl(["get", "secret", "openbao-tls", "-n", namespace, "-o", "jsonpath={.data.ca\\.crt}"]);
  return Buffer.from(encoded, "base64").toString();
}
