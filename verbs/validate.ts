import * as z from "zod";
import { formatPort, formatVolume } from "../settings/instance-spec";
import { file } from "./inputs";
import { refusePlaybook } from "./playbook";
import { loadProject } from "./project";
import { verb } from "./verb";

/** Checks the project's settings, and its playbook, and shows what they mean. Nothing else is looked at. */
export const validate = verb({
  name: "validate",
  summary: "check the settings and show what they mean",
  input: z.object({ file }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    backend: z.string(),
    memoryMiB: z.number(),
    cpus: z.number(),
    image: z.string(),
    command: z.array(z.string()),
    ports: z.array(z.string()),
    volumes: z.array(z.string()),
    /** The names alone: values are secret. */
    environment: z.array(z.string()),
    playbook: z.string().optional(),
    warnings: z.array(z.string()),
  }),
  changes: false,
  async run(input, context) {
    const { spec, warnings } = loadProject(context, input.file);
    await refusePlaybook(context, spec);
    const { id, name, type, backend, memoryMiB, cpus, image } = spec;
    return {
      id,
      name,
      type,
      backend,
      memoryMiB,
      cpus,
      image,
      command: [...spec.command],
      ports: spec.ports.map(formatPort),
      volumes: spec.volumes.map(formatVolume),
      environment: Object.keys(spec.environment),
      warnings: [...warnings],
      ...(spec.provisioning === undefined ? {} : { playbook: spec.provisioning.playbook }),
    };
  },
  text({ warnings, ...spec }) {
    const lines = Object.entries(spec).map(([name, value]) => `  ${name}: ${listed(value)}`);
    return ["The settings are valid.", ...lines, ...warnings.map((warning) => `warning: ${warning}`)].join("\n");
  },
});

function listed(value: string | number | string[] | undefined): string {
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? "-" : value.join(", ");
}
