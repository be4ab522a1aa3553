/** What must hold for every detection attribute, whatever it is about. */
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_LIST, FILE_ATTRIBUTES } from '../../../../src/engine/attributes/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import { compile, decide } from '../../../../src/engine/index.ts';
import { compileRejected, compileRule } from '../../../../src/engine/compile-rule.ts';
import { attributeInWords } from '../../../../src/engine/words.ts';
import { ELEVATION_TYPES, namesOf } from '../../../../src/model/rule-action.ts';
import { DETECTION_ATTRIBUTES, type DetectionAttribute, type RuleInput } from '../../../../src/model/rule.ts';
import { referenceDecide } from '../../../oracle/decide.ts';
import { caseOf } from '../../../compliance/row.ts';

const PATHS = { folders: DEFAULT_WINDOWS_FOLDERS };
const HASH = 'a'.repeat(64);
const CERTIFICATE = 'b'.repeat(64);

/** A signed program that has no attribute's example, but a digest, a name and a publisher. */
const FILE = {
  name: 'tool.exe',
  folder: 'C:\\Tools',
  sha256: HASH as never,
  signatures: [
    { leaf: CERTIFICATE, issuers: [], trusted: true, validNow: true, validAtTimestamp: true, revocation: 'good' },
  ],
} as const;

/** What the file has of everything that a rule needs, apart from one attribute. */
function fitting(type: RuleInput['type'], apart: DetectionAttribute): RuleInput {
  const rule = {
    name: 'rule',
    type,
    fileName: 'tool.exe',
    fileHash: HASH,
    certificate: { type: 'publisher', sha256: CERTIFICATE },
  } as const;
  return Object.fromEntries(Object.entries(rule).filter(([name]) => name !== apart)) as unknown as RuleInput;
}

function winnersOf(rule: RuleInput): readonly (string | undefined)[] {
  const settings = { defaultElevationResponse: 'denyAll' } as const;
  const question = caseOf({
    policy: { settings, rules: [rule] },
    facts: FILE,
    request: { arguments: ['/other'] },
  });
  const { policies, machine, request, facts } = question;
  const answers = [decide(compile(policies, { machine }), request, facts), referenceDecide(question, request, facts)];
  return answers.map(({ basis }) => (basis.kind === 'rule' ? basis.rule.name : undefined));
}

it('holds every attribute that the model declares', () => {
  expect(ATTRIBUTE_LIST.map(([name]) => name).sort()).toEqual(Object.keys(DETECTION_ATTRIBUTES).sort());
});

describe.each(ATTRIBUTE_LIST)('%s', (name, attribute) => {
  const withExample = (rule: RuleInput): RuleInput => ({ ...rule, [name]: attribute.example });

  // An Automatic rule needs a file name, so that it cannot do without the one that fits.
  it.each(namesOf(ELEVATION_TYPES).filter((type) => type !== 'automatic' || name !== 'fileName'))(
    'keeps a rule of type %s from a file that lacks it',
    (type) => {
      const rule = fitting(type, name);
      expect(winnersOf(rule)).toEqual(['rule', 'rule']);
      expect(winnersOf(withExample(rule))).toEqual([undefined, undefined]);
    },
  );

  it('is counted, read without a word, and named when it misses', () => {
    const bare = fitting('userConfirmed', name);
    const set = compileRule(withExample(bare), PATHS);
    expect(set).toMatchObject({ reasons: [], warnings: [] });
    expect(set.body?.attributeCount).toBe((compileRule(bare, PATHS).body?.attributeCount ?? 0) + 1);
    const { policies, request, facts } = caseOf({
      policy: { settings: {}, rules: [withExample(bare)] },
      facts: FILE,
      request: { arguments: ['/other'] },
    });
    const { trace } = decide(compile(policies, { machine: DEFAULT_WINDOWS_FOLDERS }), request, facts, { trace: true });
    expect(trace?.nearMisses.map(({ failed }) => failed.map((each) => each.attribute))).toEqual([[name]]);
    expect(attributeInWords(name)).toMatch(/^(?:the|a) /);
  });

  it('carries a Deny alone, rejected or not, when it says something about the file', () => {
    const isOfFile = FILE_ATTRIBUTES.includes(name);
    const alone = { [name]: attribute.example };
    expect(compileRule({ name: 'rule', type: 'deny', ...alone }, PATHS).reasons).toHaveLength(isOfFile ? 0 : 1);
    const rejected = { name: 'rule', typeText: 'Deny?', readable: alone, reasons: [] };
    expect(compileRejected(rejected, PATHS).body !== undefined).toBe(isOfFile);
  });

  it('covers itself and nothing that leaves it open', () => {
    const context = { type: 'userConfirmed', requireArguments: false, acceptTimestamped: undefined } as const;
    const rule = { ...context, namesProgram: true, hasHash: false, takesPackages: true };
    const condition = compileRule(withExample(fitting('userConfirmed', name)), PATHS).body?.conditions[name];
    const rules = { wide: rule, narrow: rule, work: { left: 100 } };
    expect(attribute.covers(condition, condition, rules)).toBe(true);
    expect(attribute.covers(condition, undefined, rules)).toBe(false);
  });
});

it('hash and name are compared first, so that a near miss is known early', () => {
  expect(ATTRIBUTE_LIST.slice(0, 2).map(([name]) => name)).toEqual(['fileHash', 'fileName']);
});
