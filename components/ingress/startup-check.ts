/** Waits until cert-manager takes orders. */

import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import { charts } from "../../settings/platform/charts";

const name = "cert-manager-startup-check";
const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "cert-manager" };

/**
 * What the chart's hook would have made: a job that asks the webhook for a certificate without ordering one. The webhook's
 * pods are ready before the API server has been told whom to trust, and an issuer that is made in between is refused.
 */
export class StartupCheck extends pulumi.ComponentResource {
  constructor(namespace: pulumi.Input<string>, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:ingress:StartupCheck", name, {}, opts);
    const metadata = { name, namespace, labels };
    const account = new ServiceAccount(name, { metadata }, { parent: this });
    const rules = [{ apiGroups: ["cert-manager.io"], resources: ["certificaterequests"], verbs: ["create"] }];
    const role = new Role(name, { metadata, rules }, { parent: this });
    const binding = new RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
      { parent: this, dependsOn: role },
    );
    // A job cannot be changed: another version makes another one, in the place of the first.
    const options = { parent: this, dependsOn: [account, binding], deleteBeforeReplace: true };
    new Job(name, { metadata, spec: jobSpec() }, options);
    this.registerOutputs({});
  }
}

function jobSpec() {
  return {
    backoffLimit: 4,
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        restartPolicy: "OnFailure",
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "check",
            image: `quay.io/jetstack/cert-manager-startupapicheck:${charts["cert-manager"].version}`,
            args: ["check", "api", "--wait=2m"],
            resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  };
}
