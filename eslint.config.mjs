// Lint: strict TypeScript, Pulumi's own rules, the import arrows between the folders, and a docstring on all that is exported.
import pulumi from "@pulumi/eslint-plugin";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/** Which folder may import which, besides itself. Nothing imports `cli`. */
const arrows = {
  stacks: ["components", "settings"],
  components: ["settings"],
  cli: ["verbs", "engine", "host", "settings", "tools"],
  verbs: ["engine", "drivers", "host", "settings"],
  engine: ["host", "settings"],
  plugin: ["drivers", "host", "settings"],
  drivers: ["settings"],
  host: ["settings"],
  settings: [],
  tools: ["engine", "drivers", "host", "settings"],
};

/** Forbids, in the files of one folder, every import of a folder that no arrow leads to. */
function heldByArrows([folder, allowed]) {
  const forbidden = Object.keys(arrows).filter((other) => other !== folder && !allowed.includes(other));
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join("|")})(/|$)`,
              message: `${folder}/ may import ${allowed.join(", ") || "nothing"} alone (see docs/architecture.md).`,
            },
          ],
        },
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
  ...Object.entries(arrows).map(heldByArrows),
  {
    // Tests read as sentences; an arrangement may be looser than the program.
    files: ["test/**/*.ts"],
    rules: {
      "jsdoc/require-jsdoc": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
