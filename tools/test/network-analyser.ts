/** The analyser of network policies for the tests: https://github.com/np-guard/network-config-analyzer */

import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { say } from "../setup/processes";
import { pythonPrograms, setUpPythonEnvironment, type PythonEnvironment } from "../setup/python-environment";

/** What `nca` is made of; its oldest Python is that of its youngest package. */
function environmentIn(checkout: string): PythonEnvironment {
  const requirements = join(checkout, "tools", "network-analyser", "requirements.txt");
  return { name: "network-analyser", requirements, leastPython: "3.10" };
}

/** The path of `nca`; undefined where it was not set up. */
export function networkAnalyser(checkout: string): string | undefined {
  const programs = pythonPrograms(environmentIn(checkout));
  return programs === undefined ? undefined : join(programs, "nca");
}

/** Sets it up, unless it is there. Says in a line why it is not, where that cannot be. */
export async function setUpNetworkAnalyser(checkout: string): Promise<void> {
  try {
    await setUpPythonEnvironment(environmentIn(checkout));
  } catch (error) {
    say(`network analyser: not there for the tests: ${messageOf(error)}`);
  }
}
