/** A recorded terminal session, in asciinema's format, version 2: https://docs.asciinema.org/manual/asciicast/v2/. Pure. */

/** What was written to the terminal, and when. */
export type Written = readonly [seconds: number, text: string];

/** A recording. */
export interface Cast {
  /** Cells of the terminal. */
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly events: readonly Written[];
}

/** Longer pauses are shortened to this when a recording is played. */
export const longestPauseSeconds = 1.5;

/** The text of a `.cast` file. */
export function formatCast({ width, height, title, events }: Cast): string {
  const header = { version: 2, width, height, idle_time_limit: longestPauseSeconds, title };
  const lines = events.map(([seconds, text]) => [Number(seconds.toFixed(3)), "o", text]);
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Reads what {@link formatCast} wrote. */
export function parseCast(text: string): Cast {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const { width, height, title } = JSON.parse(header) as Omit<Cast, "events">;
  const events = lines.map((line) => {
    const [seconds, , written] = JSON.parse(line) as [number, "o", string];
    return [seconds, written] as const;
  });
  return { width, height, title, events };
}

/** The same recording without long pauses. */
export function withoutPauses(cast: Cast): Cast {
  let [before, now] = [0, 0];
  const events = cast.events.map(([seconds, text]) => {
    now += Math.min(seconds - before, longestPauseSeconds);
    before = seconds;
    return [now, text] as const;
  });
  return { ...cast, events };
}
