// Lint: strict TypeScript, Pulumi's own rules, the import arrows between the folders, and a docstring on all that is exported.
import pulumi from "@pulumi/eslint-plugin";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/** Which folder may import which, besides itself. Nothing imports `cli`. */
const arrows = {
  stacks: ["components", "settings"],
  components: ["settings"],
  cli: ["verbs", "engine", "host", "settings", "tools"],
  verbs: ["engine", "drivers", "playbooks", "host", "settings"],
  delivery: ["engine", "drivers", "host", "settings"],
  engine: ["host", "settings"],
  plugin: ["drivers", "playbooks", "host", "settings"],
  drivers: ["settings"],
  playbooks: ["settings"],
  host: ["settings"],
  settings: [],
  tools: ["delivery", "engine", "drivers", "playbooks", "host", "settings"],
};

/** What a folder may not import besides: a driver knows no Pulumi, and a program starts no process. */
const packages = {
  drivers: ["@pulumi/*"],
  settings: ["@pulumi/*"],
  components: ["node:child_process", "child_process", "tinyexec"],
  stacks: ["node:child_process", "child_process", "tinyexec"],
};

/** `{ z }` cannot be taken apart by the bundler: it brings 300 KB of translations into every program. */
const wholeZod = {
  selector: 'ImportDeclaration[source.value="zod"] > ImportSpecifier[imported.name="z"]',
  message: 'Write `import * as z from "zod"`.',
};

/** Forbids, in these files, every import (written or computed at run time) of a folder that no arrow leads to. */
function heldByArrows(files, folder, allowed) {
  // Out of a folder leads `..` alone: delivery has a folder `verbs` of its own.
  const up = folder === "index.ts" ? "\\." : "\\.\\.";
  const others = [...Object.keys(arrows), "test", "index"];
  const forbidden = others.filter((other) => other !== folder && !allowed.includes(other)).join("|");
  const message = `${folder} may import ${allowed.join(", ") || "nothing"} alone (see docs/architecture.md).`;
  // A selector's pattern cannot hold a slash.
  const slash = "\\u002F";
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: `^${up}/(\\.{1,2}/)*(${forbidden})(/|$)`, message },
            ...(packages[folder] === undefined ? [] : [{ group: packages[folder], message: `not in ${folder}` }]),
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: `ImportExpression[source.value=/^${up}${slash}(\\.{1,2}${slash})*(${forbidden})(${slash}|$)/]`,
          message,
        },
        wholeZod,
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "coverage/", "examples/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi, jsdoc },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { ClassDeclaration: true, FunctionDeclaration: true, MethodDefinition: false },
          contexts: [
            "TSInterfaceDeclaration",
            "TSTypeAliasDeclaration",
            "ExportNamedDeclaration > VariableDeclaration",
          ],
        },
      ],
    },
  },
  ...Object.entries(arrows).map(([folder, allowed]) => heldByArrows([`${folder}/**/*.ts`], folder, allowed)),
  heldByArrows(["index.ts"], "index.ts", ["stacks", "components", "playbooks", "host", "settings", "tools"]),
  {
    // Tests read as sentences; an arrangement may be looser than the program.
    files: ["test/**/*.ts"],
    rules: {
      "jsdoc/require-jsdoc": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
