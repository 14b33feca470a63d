/** Which applications are looked at from outside after an apply. */

import * as z from "zod";
import type { Violation } from "../errors";
import { readAs } from "../stack-violations";
import { accepted, problem, refused, type Parsed } from "../values";
import { hostOf, type Environment } from "./environments";

const text = z.string({ error: "a text" });

function parseApplication(given: string): Parsed<string> {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(given)
    ? accepted(given)
    : refused(problem(given, "is no name of an application", "its name in the environment's file, such as shop"));
}

function parsePage(given: string): Parsed<string> {
  const url = URL.parse(given);
  const isPage = url?.protocol === "https:" && `${url.username}${url.password}` === "";
  return isPage
    ? accepted(given)
    : refused(problem(given, "is no page", "an https:// address without a password in it"));
}

const smokeTestSchema = z.strictObject(
  {
    environment: text,
    application: text.transform(readAs(parseApplication)),
    page: text.transform(readAs(parsePage)).optional(),
  },
  { error: "a map with environment and application" },
);

/** The list as it is written. */
export const smokeTestsSchema = z
  .array(smokeTestSchema, { error: "a list of maps with environment and application" })
  .default([]);

/** One application of an environment, as a user would ask for it. */
export interface SmokeTest {
  /** Its namespace too. */
  readonly environment: string;
  /** The name of its Application and its Service. */
  readonly application: string;
  /** An https:// address. */
  readonly page: string;
}

/** What the tests are told by. */
export interface SmokeTestSettings {
  readonly domain: string;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly smokeTests: z.output<typeof smokeTestsSchema>;
}

/** The tests, every default filled in: a page is where `gitops/` puts it, at `https://APPLICATION.HOST-OF-ITS-ENVIRONMENT/`. */
export function smokeTestsOf({ domain, environments, smokeTests }: SmokeTestSettings): readonly SmokeTest[] {
  return smokeTests.map(({ environment, application, page }) => ({
    environment,
    application,
    page: page ?? `https://${application}.${hostOf(environment, environments[environment], domain)}/`,
  }));
}

/** Environments that are not there. */
export function smokeTestViolations({ environments, smokeTests }: SmokeTestSettings, path: string): Violation[] {
  const known = Object.keys(environments).join(", ");
  return smokeTests.flatMap(({ environment }, index) => {
    if (Object.hasOwn(environments, environment)) return [];
    const { message, ...rest } = problem(environment, "is no environment of this platform", known);
    return [{ key: `${path}.${index}.environment`, message, ...rest }];
  });
}
