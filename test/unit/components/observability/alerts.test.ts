/** What an alert tells beside its numbers, and what the dashboards and the config of events are made of. */

import { alerts } from "../../../../components/observability/alerts";
import { eventsConfig } from "../../../../components/observability/alloy-config";
import { environmentDashboards, platformDashboards } from "../../../../components/observability/dashboards/dashboards";
import { auditMetadata, auditStreamLabels, type AuditRecord } from "../../../../settings/platform/audit";
import { readText } from "../../docs/markdown";

const rules = alerts.groups.flatMap((group) => group.rules);

test("every alert has a runbook, and the guide has it", () => {
  const headings = readText("docs/guides/platform.md")
    .split("\n")
    .filter((line) => line.startsWith("#### "))
    .map((line) => `docs/guides/platform.md#${line.slice(5).toLowerCase().replaceAll(" ", "-")}`);
  expect(rules.map(({ annotations }) => annotations.runbook).sort()).toEqual(headings.sort());
});

test("no two alerts have one name, nor two dashboards one identity", () => {
  const names = rules.map(({ alert }) => alert);
  const identities = Object.values(platformDashboards).map(({ uid }) => uid);
  expect([new Set(names).size, new Set(identities).size]).toEqual([names.length, identities.length]);
});

describe("dashboards", () => {
  test("are of the platform, its ingress, a service and the audit; an environment has the service's", () => {
    expect([Object.keys(platformDashboards), Object.keys(environmentDashboards)]).toEqual([
      ["platform", "ingress", "service", "audit"],
      ["service"],
    ]);
  });

  test("have no panel on another, and none beyond the edge", () => {
    for (const { panels } of Object.values(platformDashboards)) {
      const cells = panels.flatMap(({ gridPos: { x, y, w } }) =>
        Array.from({ length: w }, (_, column) => `${x + column},${y}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    }
  });
});

describe("the scheme of audit records", () => {
  test("has a place for each thing that a record says", () => {
    const record: Required<AuditRecord> = {
      stack: "prod",
      environment: "staging",
      actor: "ada",
      action: "up",
      resource: "stack/prod",
      commit: "1a2b3c4",
    };
    expect([...auditStreamLabels, ...auditMetadata].sort()).toEqual(Object.keys(record).sort());
  });

  const expression = (name: string): RegExp => {
    const config = eventsConfig({ stack: "prod", environments: ["staging"] });
    const found = new RegExp(`expression = (".*\\?P<${name}>.*")`).exec(config)?.[1] ?? '""';
    const pattern = (JSON.parse(found) as string).replace("?P<", "?<").replace("(?i)", "");
    return new RegExp(pattern, "i");
  };

  test.each([
    ["ada initiated sync to main (1a2b3c4)", "1a2b3c4"],
    [
      "Sync operation to 0123456789abcdef0123456789abcdef01234567 succeeded",
      "0123456789abcdef0123456789abcdef01234567",
    ],
    ["Scaled up replica set web-5d7c9f8b to 3", undefined],
  ])("finds the commit of %s", (message, commit) => {
    expect(expression("commit").exec(message)?.groups?.["commit"]).toBe(commit);
  });

  test("finds who it was in what ArgoCD's server says", () => {
    expect(expression("user").exec("ada initiated sync to main (1a2b3c4)")?.groups?.["user"]).toBe("ada");
  });
});
