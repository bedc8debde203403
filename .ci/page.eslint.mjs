// Rules for the page's scripts. page.py joins them into one classic script: what a file declares on
// its top level, the others use. Names that nobody declares are found by the type checker.
export default [
  {
    languageOptions: { ecmaVersion: 2020, sourceType: "script" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "eqeqeq": "error",
      "max-len": ["error", { code: 100 }],
      "no-cond-assign": "error",
      "no-constant-condition": "error",
      "no-dupe-keys": "error",
      "no-eval": "error",
      "no-fallthrough": "error",
      "no-implied-eval": "error",
      "no-nested-ternary": "error",
      "no-self-assign": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-unreachable": "error",
      "no-unsafe-negation": "error",
      "no-unused-vars": ["error", { vars: "local" }],
      "no-useless-return": "error",
      "no-var": "error",
      "one-var": ["error", "never"],
      "prefer-const": "error",
      "use-isnan": "error",
    },
  },
];
