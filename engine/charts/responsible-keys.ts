/** Which of a config's keys go into the values of its charts, found by leaving each of them out. */

import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../settings/stack-violations";
import { askPlatforms, type WrittenConfig } from "../platform-registrations";
import { declaredCharts, type DeclaredChart } from "./declared-charts";

const block = "groundwork:platform";

/**
 * The keys, e.g. `platform.secretStore.storage`, without which a chart would be given other values. A key that the config cannot do
 * without is not among them.
 *
 * @returns the keys by the name of the chart's release
 */
export async function responsibleKeys(
  stack: string,
  config: WrittenConfig,
  charts: readonly DeclaredChart[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const platform = config[block];
  const paths = isMap(platform) ? pathsOf(platform) : [];
  const answers = await askPlatforms(
    stack,
    paths.map((path) => ({ ...config, [block]: without(platform, path) })),
  );
  const others = answers.map((answer) => ("error" in answer ? undefined : declaredCharts(answer)));
  const keysOf = ({ release, values }: DeclaredChart) =>
    paths.filter((_, index) => {
      const other = others[index]?.find((chart) => chart.release === release);
      return other !== undefined && !isDeepStrictEqual(other.values, values);
    });
  return new Map(charts.map((chart) => [chart.release, keysOf(chart).map((path) => ["platform", ...path].join("."))]));
}

/** A key, or a key of a key: what is deeper is found where it is written. */
function pathsOf(platform: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  return Object.entries(platform).flatMap(([key, value]) =>
    isMap(value) ? Object.keys(value).map((inner) => [key, inner]) : [[key]],
  );
}

function without(value: unknown, [key = "", ...rest]: readonly string[]): unknown {
  if (!isMap(value)) return value;
  const { [key]: inside, ...kept } = value;
  return rest.length === 0 ? kept : { ...kept, [key]: without(inside, rest) };
}
