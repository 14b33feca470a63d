/** Asking an HTTP API for JSON, with errors that say who was asked and what came. */

import * as z from "zod";

/** Where an API is, and what it wants to be told. */
export interface Endpoint {
  /** Without a slash at its end, e.g. http://127.0.0.1:9090. */
  readonly url: string;
  /** E.g. an Authorization; never shown. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where an answer lies, and what it must be. */
export interface Question<T> {
  /** With what is asked for; begins with a slash. */
  readonly path: string;
  readonly answer: z.ZodType<T>;
}

/** How much of an answer that is no answer an error shows. */
const shownCharacters = 200;

/** @throws Error when nobody answers, with what was answered instead, or that it is something else */
export async function askJson<T>(
  { url, headers = {} }: Endpoint,
  { path, answer }: Question<T>,
  signal: AbortSignal,
): Promise<T> {
  const asked = new URL(`${url}${path}`);
  const where = `${asked.origin}${asked.pathname}`;
  const response = await fetch(asked, { headers: { accept: "application/json", ...headers }, signal }).catch(
    (error: unknown) => {
      throw new Error(`${where} cannot be asked: ${reasonOf(error)}`);
    },
  );
  const text = await response.text();
  const shown = text.slice(0, shownCharacters).trim();
  if (!response.ok) throw new Error(`${where} answered ${response.status}: ${shown}`);
  const understood = z.preprocess(fromJson, answer).safeParse(text);
  if (!understood.success) throw new Error(`${where} answered something else: ${shown}`);
  return understood.data;
}

function fromJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    return undefined;
  }
}

/** What went wrong below: fetch itself says only that it failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
