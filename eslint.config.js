/**
 * Lint rules. The interesting part is LAYERS: the one direction of knowing between the folders of src/.
 * Formatting is prettier's business, types are tsc's; what is left here finds mistakes.
 */
import { fileURLToPath } from 'node:url';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { noImportCircle } from './tooling/import-circles.mjs';

/** A folder of src/ and the folders it may import from, besides itself. Folders of one step do not know each other. */
export const LAYERS = {
  text: [],
  model: ['text'],
  engine: ['text', 'model'],
  policy: ['text', 'model', 'engine'],
  facts: ['text', 'model', 'engine'],
  requests: ['text', 'model', 'engine'],
  audit: ['text', 'model', 'engine'],
  agent: ['text', 'model', 'engine', 'policy', 'facts', 'requests', 'audit'],
  ipc: ['text', 'model', 'engine', 'policy', 'facts', 'requests', 'audit', 'agent'],
  network: ['text', 'model', 'engine', 'policy', 'facts', 'requests', 'audit', 'agent'],
  windows: ['text', 'model', 'engine', 'policy', 'facts', 'requests', 'audit', 'agent'],
  cli: ['text', 'model', 'engine', 'policy', 'facts', 'requests', 'audit', 'agent', 'ipc', 'windows', 'network'],
};

const root = fileURLToPath(new URL('.', import.meta.url));

/** One zone a layer: nothing of src/ may be imported into it but itself and the layers it may know. */
const zones = Object.entries(LAYERS).map(([layer, known]) => ({
  target: `./src/${layer}`,
  from: './src',
  except: [layer, ...known].map((name) => `./${name}`),
  message: `src/${layer} may know only: ${[layer, ...known].join(', ')}.`,
}));

/** The parts of the project, and which of the others each may import: whoever uses a part is not known to it. */
export const PARTS = {
  src: [],
  tooling: [],
  testbed: ['src', 'tooling'],
  scripts: ['src', 'tooling', 'testbed', 'tests'],
  tests: ['src', 'tooling', 'testbed', 'scripts'],
};

const partZones = Object.entries(PARTS).flatMap(([part, known]) =>
  Object.keys(PARTS)
    .filter((other) => other !== part && !known.includes(other))
    .map((other) => ({ target: `./${part}`, from: `./${other}`, message: `${part}/ may not import ${other}/.` })),
);

const KOFFI = { group: ['koffi', 'koffi/*', '@koromix/*'], message: 'koffi is for src/windows only.' };
const NET = {
  group: ['node:net', 'net'],
  message:
    'Pipes and sockets are for src/ipc and src/windows: the agent learns its caller from the native pipe server.',
};
/** Limits of tests that a slow machine would exceed. */
const HASTE = [
  {
    selector: `CallExpression > ObjectExpression:nth-child(2) > Property[key.name='timeout'] > Literal`,
    message: 'Say patient(milliseconds), or nothing: tests/setup.ts has a limit for every test.',
  },
  {
    selector: `CallExpression[callee.object.name='vi'][callee.property.name=/^wait/]`,
    message: 'Say eventually(…) of tests/eventually.ts.',
  },
  {
    selector: `CallExpression[callee.property.name=/^toBeLessThan/] BinaryExpression[operator='-'] > CallExpression[callee.property.name='now']`,
    message: 'Say effort(…) of tests/effort.ts: how long something takes depends on what else runs.',
  },
];
const restricted = (...patterns) => ['error', { patterns }];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'build/', 'tests/samples/', 'native/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    settings: { 'import-x/extensions': ['.ts'], 'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] } },
    rules: {
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // tsc does these with the project's own exceptions.
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    extends: [tseslint.configs.strictTypeCheckedOnly],
    plugins: { epm: { rules: { 'no-import-circle': noImportCircle } } },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: root, zones: [...partZones, ...zones] }],
      'epm/no-import-circle': 'error',
      'no-restricted-imports': restricted(KOFFI, NET),
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A port says "may be asynchronous"; an adapter that has its answer at once is no mistake.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['src/ipc/**/*.ts'], rules: { 'no-restricted-imports': restricted(KOFFI) } },
  { files: ['src/windows/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['testbed/**/*.ts', 'tests/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
      'import-x/no-restricted-paths': ['error', { basePath: root, zones: partZones }],
      'no-restricted-syntax': ['error', ...HASTE],
    },
  },
  {
    files: ['{scripts,testbed,tests,tooling}/**/*.mjs', '*.js'],
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: root, zones: partZones }],
      'import-x/no-cycle': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-undef': 'off',
      'no-unused-vars': 'error',
    },
  },
);
