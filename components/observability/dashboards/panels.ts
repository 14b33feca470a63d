/** What dashboards are made of: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */

/** One dashboard, as Grafana reads it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PlacedPanel[];
  readonly [key: string]: unknown;
}

/** One panel, before it has its place. */
export interface Panel {
  readonly title: string;
  readonly type: "timeseries" | "stat" | "logs" | "table";
  /** Of 24 columns. */
  readonly width: number;
  readonly targets: readonly { readonly expr: string; readonly refId: string; readonly [key: string]: unknown }[];
  readonly [key: string]: unknown;
}

type PlacedPanel = Panel & { readonly id: number; readonly gridPos: GridPosition };

interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** What a panel shows besides its curves. */
interface PanelOptions {
  /** What a curve is called, by its labels: `{{pod}}`. @default Grafana's own name */
  readonly legend?: string;
  /** https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/ @default a plain number */
  readonly unit?: "bytes" | "s" | "percentunit" | "reqps" | "short";
  /** @default 12, half a row */
  readonly width?: number;
}

const columns = 24;
const height = 8;
const metrics = { type: "prometheus", uid: "prometheus" };
const logs = { type: "loki", uid: "loki" };

/** A curve over time for each series. Points lead to traces where the metric has exemplars. */
export function curves(title: string, expr: string, options: PanelOptions = {}): Panel {
  const { legend = "", unit = "short", width = 12 } = options;
  const target = { refId: "A", expr, legendFormat: legend, exemplar: true };
  return { title, width, datasource: metrics, targets: [target], type: "timeseries", ...unitOf(unit) };
}

/** One number. What is above `bad` is red. */
export function number(title: string, expr: string, bad: number, options: PanelOptions = {}): Panel {
  const { unit = "short", width = 6 } = options;
  const steps = [
    { color: "green", value: null },
    { color: "red", value: bad },
  ];
  const fieldConfig = { defaults: { unit, thresholds: { mode: "absolute", steps } }, overrides: [] };
  return { title, width, datasource: metrics, targets: [{ refId: "A", expr }], type: "stat", fieldConfig };
}

/** How many lines there are, by a label. */
export function lineCounts(title: string, expr: string, legend: string, width = 12): Panel {
  const target = { refId: "A", expr, legendFormat: legend };
  return { title, width, datasource: logs, targets: [target], type: "timeseries", ...unitOf("short") };
}

/** The lines themselves, newest first. */
export function lines(title: string, expr: string): Panel {
  const options = { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: "Descending" };
  return { title, width: columns, datasource: logs, targets: [{ refId: "A", expr }], type: "logs", options };
}

/**
 * A dashboard of these panels, in rows from left to right.
 *
 * @param variables names of variables, each with the query that gives its values. @default none
 */
export function dashboard(
  uid: string,
  title: string,
  panels: readonly Panel[],
  variables: Readonly<Record<string, string>> = {},
): Dashboard {
  return {
    uid: `groundwork-${uid}`,
    title,
    tags: ["groundwork"],
    schemaVersion: 39,
    editable: false,
    time: { from: "now-6h", to: "now" },
    refresh: "1m",
    timezone: "browser",
    templating: { list: Object.entries(variables).map(([name, query]) => variable(name, query)) },
    panels: placed(panels),
  };
}

function variable(name: string, query: string) {
  const all = { includeAll: true, multi: true, allValue: ".*", current: { text: "All", value: "$__all" } };
  return { name, type: "query", datasource: metrics, query: { query, refId: name }, refresh: 2, sort: 1, ...all };
}

function placed(panels: readonly Panel[]): PlacedPanel[] {
  let x = 0;
  let y = 0;
  return panels.map((panel, index) => {
    if (x + panel.width > columns) [x, y] = [0, y + height];
    const gridPos = { x, y, w: panel.width, h: height };
    x += panel.width;
    return { ...panel, id: index + 1, gridPos };
  });
}

function unitOf(unit: string) {
  return { fieldConfig: { defaults: { unit }, overrides: [] } };
}
