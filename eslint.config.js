import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The layers point one way: src <- components <- docs. */
const forbid = (...patterns) => ({
  "no-restricted-imports": ["error", {patterns: patterns.map((group) => ({group: [group]}))}]
});

export default tseslint.config(
  {ignores: ["dist/", "build/", "node_modules/", "docs/.observablehq/", "data/models/", ".venv/", "test-results/"]},
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    languageOptions: {globals: {process: "readonly", console: "readonly"}},
    rules: {
      "no-console": ["error", {allow: ["warn", "error", "info"]}],
      "no-undef": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", {argsIgnorePattern: "^_"}]
    }
  },
  {files: ["src/**/*.ts"], rules: forbid("**/components/**", "**/docs/**")},
  {files: ["components/**/*.ts"], rules: forbid("**/docs/**", "**/src/worker/**", "**/src/models/**", "onnxruntime-*")},
  {files: ["data/scenes/**/*.ts"], rules: forbid("**/components/**", "**/docs/**")}
);
