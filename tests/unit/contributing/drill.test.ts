/**
 * The drill of CONTRIBUTING.md: made-up things are added to a copy of the project, each by its recipe. The compiler
 * names every place that must answer; once these and no others have answered, everything compiles and the things work.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompileError, Tree } from './tree.ts';

interface Addition {
  /** Recipe in CONTRIBUTING.md. */
  readonly what: string;
  /** Stands in every error of the compiler about it. */
  readonly name: string;
  /** The row of the recipe. */
  readonly declare: (tree: Tree) => void;
  /** Files in which the compiler asks for an answer, which is given there or in a file of its own. */
  readonly places: readonly string[];
  readonly answer: (tree: Tree) => void;
}

/** A text of the version resource that no attribute compares yet; scripts have none. */
const ATTRIBUTE = `import { foldText, equalsFolded, hashFolded } from '../../text/compare.ts';
import type { Attribute } from './attribute.ts';

export const drillAttribute: Attribute<'drillAttribute', string> = {
  words: { title: 'Drill', text: 'Made up.', defaultText: 'any', inSentence: 'the drill' },
  limits: { maxLength: 100 },
  example: 'Contoso',
  subject: 'file',
  absentFrom: ['ps1'],
  read: (written) => foldText(written),
  matches: (wanted, { facts }) => facts.companyName !== undefined && equalsFolded(facts.companyName, wanted),
  describeMiss: (wanted, { facts }) => ({ expected: wanted, found: facts.companyName ?? 'none' }),
  fits: (wanted, { facts }) => [{ clause: () => 'with the drill', facts: { ...facts, companyName: wanted } }],
  covers: (wide, narrow) => wide === narrow,
  exact: [
    {
      ofRule: (wanted) => hashFolded(wanted),
      ofFile({ facts }, keys) {
        if (facts.companyName !== undefined) keys.add(hashFolded(facts.companyName));
      },
    },
  ],
};
`;

const ADDITIONS: readonly Addition[] = [
  {
    what: 'Attribute',
    name: 'drillAttribute',
    declare: (tree) => tree.addRow('src/model/rule.ts', 'DETECTION_ATTRIBUTES', `drillAttribute: 'text',`),
    places: ['src/engine/attributes/index.ts'],
    answer: (tree) => {
      const table = 'src/engine/attributes/index.ts';
      tree.write('src/engine/attributes/drill-attribute.ts', ATTRIBUTE);
      tree.addRow(table, 'ATTRIBUTES', 'drillAttribute,');
      tree.write(table, `import { drillAttribute } from './drill-attribute.ts';\n${tree.read(table)}`);
    },
  },
  {
    what: 'Setting',
    name: 'drillSetting',
    declare: (tree) =>
      tree.addRow(
        'src/model/settings.ts',
        'SETTINGS',
        `drillSetting: { kind: 'number', minimum: 1, maximum: 10, default: 3, merge: 'stricter' },`,
      ),
    places: ['src/policy/declaration/settings.ts'],
    answer: (tree) =>
      tree.addRow(
        'src/policy/declaration/settings.ts',
        'WORDS',
        `drillSetting: { valueName: 'DrillSetting', title: 'Drill', text: 'Made up.', unit: 'drills' },`,
      ),
  },
  {
    what: 'Verb',
    name: 'drill.ts',
    declare: (tree) => tree.addRow('src/cli/program.ts', 'VERBS', `drill: () => import('./verbs/drill.ts'),`),
    places: ['src/cli/program.ts'],
    answer: (tree) =>
      tree.write(
        'src/cli/verbs/drill.ts',
        `import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io) => {
  command
    .description('does a made-up thing')
    .requiredOption('--word <text>', 'says it')
    .action((options: { word: string }) => {
      io.out(options.word);
    });
};
`,
      ),
  },
  {
    what: 'Format',
    name: "'drill'",
    declare: (tree) => tree.addRow('src/policy/formats/format.ts', 'POLICY_FORMATS', `'drill',`),
    places: ['scripts/generate/module.ts', 'src/policy/formats/formats.ts'],
    answer: (tree) => {
      tree.addRow('scripts/generate/module.ts', 'FORMAT_WORDS', `drill: undefined,`);
      tree.addRow(
        'src/policy/formats/formats.ts',
        'FORMATS',
        `drill: { read: readRegistryJson, write: writeRegistryJson, statesScope: 'user', extension: 'drill' },`,
      );
    },
  },
  {
    what: 'Receiver of notifications',
    name: 'drillKind',
    declare: (tree) =>
      tree.addMember(
        'src/model/notification.ts',
        'NotificationTargets',
        'readonly drillKind: { readonly page: string };',
      ),
    places: [
      'src/agent/notifications/sender.ts',
      'src/cli/agent/agent-ports.ts',
      'src/policy/declaration/notification-kinds.ts',
    ],
    answer: (tree) => {
      tree.addRow('src/agent/notifications/sender.ts', 'LEAVES_DEVICE', 'drillKind: () => true,');
      tree.addRow(
        'src/policy/declaration/notification-kinds.ts',
        'NOTIFICATION_KINDS',
        `drillKind: {
          title: 'Made up.',
          members: { page: { description: 'Made up.', type: 'string', maxLength: 10 } },
          required: ['page'],
          defaults: () => ({}),
          fault: () => undefined,
        },`,
      );
      const ports = 'src/cli/agent/agent-ports.ts';
      tree.write(
        ports,
        tree.read(ports).replace('senders: {', `senders: {\ndrillKind: async () => async () => ({ outcome: 'sent' }),`),
      );
    },
  },
  {
    what: 'Audit field',
    name: 'drillField',
    declare: (tree) =>
      tree.addRow(
        'src/model/audit-record.ts',
        'AUDIT_FIELDS',
        `drillField: { kind: 'text', events: AUDIT_REQUEST_EVENTS, meaning: 'Made up.' },`,
      ),
    places: ['src/agent/audit-entries.ts'],
    answer: (tree) => tree.addToResult('src/agent/audit-entries.ts', 'describeAttempt', `drillField: 'recorded',`),
  },
];

/** What {@link file://./drill-driver.ts} prints. */
interface Found {
  readonly contoso: unknown;
  readonly other: unknown;
  readonly merged: unknown;
  readonly registry: string;
  readonly lint: string;
  readonly converted: { readonly code: number; readonly out: string };
  readonly verb: { readonly code: number; readonly out: string };
  readonly help: string;
  readonly record: object;
  readonly receivers: unknown;
}

describe('the drill', () => {
  let tree: Tree;
  let asked: readonly CompileError[];
  /** Files that were there and were changed by an answer. */
  let answered: readonly string[];
  let left: readonly CompileError[];
  let found: Found;

  beforeAll(async () => {
    tree = new Tree();
    for (const { declare } of ADDITIONS) declare(tree);
    asked = tree.compile();
    tree.changed.clear();
    for (const { answer } of ADDITIONS) answer(tree);
    answered = [...tree.changed];
    const used = use(tree);
    left = tree.compile();
    found = await used;
  });
  afterAll(() => {
    tree.remove();
  });

  it.each(ADDITIONS)('$what: the compiler names every place', ({ name, places }) => {
    const files = asked.filter(({ text }) => text.includes(name)).map(({ file }) => file);
    expect(files).toEqual(expect.arrayContaining([...places]));
  });

  it.each(ADDITIONS)('$what: its recipe names them', ({ what, places }) => {
    const recipe = tree.read('CONTRIBUTING.md').split(`\n### ${what}\n`)[1]?.split('\n### ')[0] ?? '';
    expect(places.filter((file) => !recipe.includes(`\`${file}\``))).toEqual([]);
  });

  it('with answers in these places everything compiles', () => {
    const places = ADDITIONS.flatMap((addition) => addition.places);
    expect(answered.filter((file) => !places.includes(file))).toEqual([]);
    expect(left).toEqual([]);
  });

  it('Attribute: it is read, matched, counted, explained, linted, delivered and documented', () => {
    expect(found.contoso).toEqual({
      problems: [],
      winner: 'made up',
      lost: [{ name: 'more general', lostOn: 'P1.attributes' }],
    });
    expect(found.other).toEqual({
      problems: [],
      winner: 'more general',
      lost: [],
      missed: [{ attribute: 'drillAttribute', expected: 'CONTOSO', found: 'Fabrikam' }],
    });
    expect(JSON.parse(found.lint)).toMatchObject([
      {
        findings: expect.arrayContaining([
          expect.objectContaining({ code: 'never-matches', rule: 'script' }),
        ]) as object,
      },
    ]);
    expect(found.registry).toContain(String.raw`\"drillAttribute\":\"Contoso\"`);
    expect(JSON.parse(found.converted.out)).toBeDefined();
    expect(tree.read('docs/policy.md')).toContain('| `drillAttribute` |');
  });

  it('Setting: it is read, merged, delivered and documented', () => {
    expect(found.merged).toBe(5);
    expect(found.registry).toContain('"DrillSetting"=dword:00000007');
    expect(tree.read('policy-definitions/EPM.admx')).toContain('DrillSetting');
    expect(tree.read('docs/policy.md')).toContain('| `drillSetting` | `DrillSetting` |');
  });

  it('Verb: it is listed and runs', () => {
    expect(found.help).toContain('does a made-up thing');
    expect(found.verb).toMatchObject({ code: 0, out: 'made up' });
  });

  it('Format: it is written', () => {
    expect(JSON.parse(found.converted.out)).toMatchObject({ key: expect.stringMatching(/EPM$/) as string });
  });

  it('Receiver of notifications: it is read and written', () => {
    expect(found.registry).toContain(String.raw`\"kind\":\"drillKind\"`);
    expect(found.receivers).toEqual([{ kind: 'drillKind', name: 'drill', page: '4711', events: ['requested'] }]);
  });

  it('Audit field: it is recorded, shown by the module and documented', () => {
    expect(found.record).toMatchObject({ drillField: 'recorded' });
    expect(tree.readAll('module', '.ps1')).toContain('DrillField');
    expect(tree.read('docs/audit.md')).toContain('| `drillField` | `DrillField` |');
  });
});

/** Renders the generated files and uses what was added, beside the compiler. */
async function use(tree: Tree): Promise<Found> {
  await tree.run('scripts/generate.mjs');
  return JSON.parse(await tree.run('tests/unit/contributing/drill-driver.ts', tree.root)) as Found;
}
