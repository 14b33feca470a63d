/** @type {import("jest").Config} */
module.exports = {
  projects: ["unit", "host", "engine"].map((level) => ({
    displayName: level,
    rootDir: __dirname,
    testEnvironment: "node",
    testMatch: [`<rootDir>/test/${level}/**/*.test.ts`],
    modulePathIgnorePatterns: ["<rootDir>/dist/"],
    transform: { "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" } }] },
  })),
};
