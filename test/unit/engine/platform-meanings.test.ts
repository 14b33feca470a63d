/**
 * What the plugins of a platform say of faults outside, and what a user is told. The messages are as these programs print them
 * elsewhere; that they print them here is shown only where the plugins are.
 */

import { engineError } from "../../../engine/operations";

const told = (message: string) => {
  const { code, suggestion } = engineError({
    exitCode: 255,
    stdout: "",
    stderr: "",
    failures: [],
    diagnostics: [message],
  });
  return [code, suggestion];
};

test.each([
  // https://github.com/linode/linodego: errors.go
  [
    "a token that Linode does not know",
    "[401] Invalid Token",
    "CONFIG_INVALID",
    "pulumi config set --secret linode:token",
  ],
  [
    "a token without the scope",
    "[401] Your OAuth token is not authorized to use this endpoint.",
    "CONFIG_INVALID",
    "with the scopes that docs/guides/platform.md names",
  ],
  // https://github.com/pulumi/templates/issues/184
  [
    "a quota that is used up",
    "Error creating a Linode Instance: [400] Account Limit reached. Please open a support ticket.",
    "INSUFFICIENT_RESOURCES",
    "support ticket",
  ],
  // https://github.com/s3tools/s3cmd/issues/1079
  [
    "a bucket whose name somebody has",
    "409 (BucketAlreadyExists): The requested bucket name is not available.",
    "INFRA_EXISTS",
    "names are made of stack and domain",
  ],
  // https://github.com/pulumi/pulumi-kubernetes/issues/2113, https://github.com/kyverno/policy-reporter/issues/263
  [
    "a chart that cannot be had",
    'failed to pull chart: chart "loki" version "18.11.0" not found in https://charts.example.com repository',
    "PROVIDER_NOT_AVAILABLE",
    "charts.mirror",
  ],
  [
    "a repository of charts that cannot be reached",
    'looks like "https://charts.example.com" is not a valid chart repository or cannot be reached: dial tcp: i/o timeout',
    "PROVIDER_NOT_AVAILABLE",
    "charts.mirror",
  ],
  [
    "a webhook that is down",
    'failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://w.svc:443": context deadline exceeded',
    "ENGINE_FAILED",
    "bin/platform probe",
  ],
  [
    "a destroy of what is protected",
    'resource "urn:pulumi:prod::groundwork::x::cluster" cannot be deleted\nbecause it is protected.',
    "ENGINE_FAILED",
    "cluster.protect: false",
  ],
])("%s ends with what mends it", (_what, message, code, suggestion) => {
  expect(told(message)).toEqual([code, expect.stringContaining(suggestion)]);
});
