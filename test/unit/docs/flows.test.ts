/** The guide's table of flows says what the policies are made of: every row, and which setting brings it. */

import { isOurs, type End, type Flow } from "../../../components/network/flow";
import { flowsOf } from "../../../components/network/flows";
import { platformSettings, type GivenPlatform } from "../components/platform-settings";
import { readText, section, tableRows } from "./markdown";

/** One environment stands for all. */
const environments = { environment: {} };

/** The settings that add flows, each as the guide names it, and how it names what they take the place of. */
const variants: readonly { readonly only: string; readonly instead?: string; readonly given: GivenPlatform }[] = [
  { only: "ingress.externalDns", given: { ingress: { externalDns: true } } },
  {
    only: "ingress.challenge: dns01",
    instead: "ingress.challenge: http01",
    given: { ingress: { challenge: "dns01" } },
  },
  { only: "gitops.githubOrganization", given: { gitops: { githubOrganization: "example" } } },
  {
    only: "gitops.highAvailability",
    instead: "no gitops.highAvailability",
    given: { gitops: { highAvailability: true } },
  },
  {
    only: "cluster.existing",
    instead: "no cluster.existing",
    given: { cluster: { existing: { kubeconfig: "/kubeconfig" } } },
  },
  { only: "a repository by ssh", given: { gitops: { repository: "git@github.com:example/infrastructure.git" } } },
];

const rowsWith = (given: GivenPlatform) => flowsOf(platformSettings({ environments, ...given })).map(rowOf);

function rowOf({ from, to, ports, why }: Flow): string[] {
  const numbers = ports.map(({ port, protocol }) => (protocol === "TCP" ? `${port}` : `${port}/${protocol}`));
  return [endOf(from), endOf(to), numbers.join(", "), why];
}

function endOf(end: End): string {
  if (!isOurs(end)) return end.name;
  return end.map(({ name, label }) => (label === undefined ? `every pod of ${name}` : name)).join(", ");
}

/** A row for each flow of any settings, and the setting that it is there with. */
function expectedRows(): string[][] {
  const base = rowsWith({});
  const rest = base.map((row) => {
    const gone = variants.find(({ given }) => !rowsWith(given).map(key).includes(key(row)));
    return [...row, gone === undefined ? "" : (gone.instead ?? "a setting that the guide has no name for")];
  });
  const added = variants.flatMap(({ only, given }) =>
    rowsWith(given)
      .filter((row) => !base.map(key).includes(key(row)))
      .map((row) => [...row, only]),
  );
  return [...rest, ...added];
}

function key(row: readonly string[]): string {
  return row.join("|");
}

test("the guide to platforms lists every flow, and the setting that it is there with", () => {
  const rows = tableRows(section(readText("docs/guides/platform.md"), "## Who reaches whom"));
  expect(rows).toEqual(expectedRows());
});
