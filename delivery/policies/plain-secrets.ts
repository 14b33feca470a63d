/** No secret in plain state or configuration: who reads the bucket or the repository would have it. */

import { formatPath, plainLeaves, type Leaf } from "./leaves";
import { resourceName, type PlannedStep, type PolicyViolation } from "./policy";

const policy = "plain-secret";

/** What the engine writes in a text in place of a secret of the configuration that stands in it in the clear. */
const hidden = "[secret]";

const privateKey = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/;

/**
 * The last words of names whose values are secrets. `secret` alone is left out: with Kubernetes it names a Secret,
 * as in `existingSecret`.
 */
const secretNames =
  /(^| )(password|passwd|passphrase|token|kubeconfig|credentials|(api|private|secret|secret access) key|client secret)$/;

/** The properties of a Secret of Kubernetes whose values are secrets whatever they are called. */
const secretTypes = /^kubernetes:core\/v1:Secret(Patch)?$/;

/** Reads what a step brings into the state: inputs and outputs. */
export function plainSecretsInState(steps: readonly PlannedStep[]): PolicyViolation[] {
  return steps.flatMap((step) => {
    const { inputs = {}, outputs = {} } = step.op.startsWith("delete") ? {} : (step.new ?? {});
    const found = [...reasonsIn(inputs, step.type), ...reasonsIn(outputs, step.type)];
    // An output repeats its input, and is told once.
    const byProperty = new Map(found.map((one) => [one.property, one]));
    return [...byProperty.values()].map(({ property, what }) => ({
      policy,
      resource: resourceName(step),
      property,
      what,
      allowed: "a secret, which the state holds encrypted",
      remedy: "Wrap it with pulumi.secret() where the program makes it.",
    }));
  });
}

/** Reads the configuration as it stands in `Pulumi.<stack>.yaml`. */
export function plainSecretsInConfig(stack: string, config: Readonly<Record<string, unknown>>): PolicyViolation[] {
  const found = plainLeaves(config).flatMap((leaf) => {
    const what = leaf.path[0] === "groundwork:secrets" ? "stands in the clear" : reasonOf(leaf);
    return what === undefined ? [] : [{ property: formatPath(leaf.path), what }];
  });
  return found.map(({ property, what }) => ({
    policy,
    resource: `Pulumi.${stack}.yaml`,
    property,
    what,
    allowed: "an encrypted value",
    remedy: `Run \`pulumi config set --secret --path '${property}' -s ${stack}\`, and change the secret where it came from: it is in Git.`,
  }));
}

function reasonsIn(values: Readonly<Record<string, unknown>>, type: string) {
  return plainLeaves(values).flatMap((leaf) => {
    const isData = secretTypes.test(type) && ["data", "stringData"].includes(leaf.path[0] ?? "");
    const what = isData ? "is plain text in a Secret" : reasonOf(leaf);
    return what === undefined ? [] : [{ property: formatPath(leaf.path), what }];
  });
}

function reasonOf({ path, text }: Leaf): string | undefined {
  if (text.includes(hidden)) return "holds a secret of the configuration in the clear";
  if (privateKey.test(text)) return "holds a private key in the clear";
  return secretNames.test(wordsOf(path.at(-1) ?? "")) ? "is named as a secret and stands in the clear" : undefined;
}

/** `DB_PASSWORD` and `dbPassword` are both `db password`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[^A-Za-z\d]+/g, " ")
    .trim()
    .toLowerCase();
}
