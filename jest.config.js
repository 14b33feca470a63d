/** @type {import("jest").Config} */
module.exports = {
  projects: ["unit", "host", "cluster", "delivery", "engine"].map((level) => ({
    displayName: level,
    rootDir: __dirname,
    testEnvironment: "node",
    testMatch: [`<rootDir>/test/${level}/**/*.test.ts`],
    // It names no entry point for what is not an ES module.
    moduleNameMapper: { "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js" },
    modulePathIgnorePatterns: ["<rootDir>/dist/"],
    transform: { "\\.m?[jt]s$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" } }] },
    // These are published as ES modules alone, which Jest cannot load as they are.
    transformIgnorePatterns: [
      "/node_modules/(?!(@octokit|universal-user-agent|before-after-hook|content-type|json-with-bigint|tinyexec|commander|p-retry|is-network-error|p-map|fast-string-truncated-width|@bomb\\.sh/tab|@actions/expressions)/)",
    ],
  })),
};
