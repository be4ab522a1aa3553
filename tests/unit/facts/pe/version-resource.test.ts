/** Version resources in several languages: what the facts carry, and what is decided by them. */
import { describe, expect, it } from 'vitest';
import { compile, decide, decideChild } from '../../../../src/engine/index.ts';
import type { FileFacts } from '../../../../src/model/file-facts.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { gatherFacts } from '../../../../src/facts/gather.ts';
import { referenceDecide } from '../../../oracle/decide.ts';
import { caseOf } from '../../../compliance/row.ts';
import { memorySource } from '../../agent/fake-machine.ts';
import { buildProgram, versionBlock, versionResource } from '../pe-builder.ts';

const VERSION = 16;
const SHOWN = { ProductName: 'Notes', InternalName: 'notes', OriginalFilename: 'notes.exe', FileVersion: '1.0' };
const HIDDEN = { ProductName: 'Evil Suite', InternalName: 'cmd', OriginalFilename: 'Cmd.Exe', FileVersion: '9.0' };

/** One program, with the second set of texts in every place where a version resource may have it. */
const PLACES: readonly (readonly [string, Uint8Array])[] = [
  ['another table', versioned([{ tables: { '040904b0': SHOWN, '040704b0': HIDDEN } }])],
  [
    'a table that no translation names',
    versioned([{ tables: { '040904b0': SHOWN, '040704b0': HIDDEN }, translations: ['040904b0'] }]),
  ],
  [
    'the second translation',
    versioned([{ tables: { '040704b0': HIDDEN, '040904b0': SHOWN }, translations: ['040904b0', '040704b0'] }]),
  ],
  [
    'a resource of another language',
    versioned([{ language: 0x407, tables: { '040704b0': HIDDEN } }, { tables: { '040904b0': SHOWN } }]),
  ],
  ['a second list of tables', withSecondList()],
];

function versioned(
  resources: readonly (Parameters<typeof versionResource>[0] & { readonly language?: number })[],
): Uint8Array {
  return buildProgram({
    resources: resources.map(({ language = 0x409, ...input }) => ({
      type: VERSION,
      language,
      data: versionResource(input),
    })),
  });
}

function withSecondList(): Uint8Array {
  const list = (texts: Readonly<Record<string, string>>) =>
    versionBlock('StringFileInfo', '', [
      versionBlock(
        '040904b0',
        '',
        Object.entries(texts).map(([name, text]) => versionBlock(name, `${text}\0`)),
      ),
    ]);
  const data = versionBlock('VS_VERSION_INFO', Buffer.alloc(0), [list(SHOWN), list(HIDDEN)]);
  return buildProgram({ resources: [{ type: VERSION, data }] });
}

const gather = (bytes: Uint8Array): Promise<FileFacts> =>
  gatherFacts({ path: 'C:\\Tools\\notes.exe', source: memorySource(bytes) });

function answers(facts: FileFacts, rules: readonly RuleInput[], settings: SettingsInput = {}): readonly string[] {
  const testCase = { ...caseOf({ policy: { settings, rules } }), facts };
  const { policies, machine, request } = testCase;
  const fast = decide(compile(policies, { machine }), request, facts);
  const slow = referenceDecide(testCase, request, facts);
  return [fast, slow].map((decision) => ('reason' in decision ? decision.reason : decision.outcome));
}

describe.each(PLACES)('texts in %s', (_place, bytes) => {
  it('are facts, beside those that Windows shows', async () => {
    const facts = await gather(bytes);
    expect(facts).toMatchObject({ productName: 'Notes', internalName: 'notes', originalName: 'notes.exe' });
    const texts = facts.executable?.versionTexts?.map((table) => table.texts['ProductName']);
    expect(texts?.toSorted()).toEqual(['Evil Suite', 'Notes']);
  });

  it('are met by a Deny and by no other rule', async () => {
    const facts = await gather(bytes);
    const named: RuleInput = { name: 'allow', type: 'userConfirmed', fileName: 'notes.exe', fileHash: facts.sha256 };
    const deny: RuleInput = { name: 'deny', type: 'deny', productName: 'evil suite' };
    expect(answers(facts, [named])).toEqual(['needs', 'needs']);
    expect(answers(facts, [named, deny])).toEqual(['denyRule', 'denyRule']);
    expect(answers(facts, [named, { name: 'deny', type: 'deny', minimumVersion: '8' }])).toEqual([
      'denyRule',
      'denyRule',
    ]);
    expect(answers(facts, [{ ...named, productName: 'Evil Suite' }])).toEqual(['defaultResponse', 'defaultResponse']);
    expect(answers(facts, [{ ...named, minimumVersion: '8' }])).toEqual(['defaultResponse', 'defaultResponse']);
  });

  it('tell an interpreter and an escape tool', async () => {
    const facts = await gather(bytes);
    const rule: RuleInput = { name: 'rule', type: 'automatic', fileName: 'notes.exe', fileHash: facts.sha256 };
    expect(answers(facts, [rule])).toEqual(['defaultResponse', 'defaultResponse']);
    const testCase = caseOf({ policy: { settings: { denyEscapeTools: true }, rules: [] } });
    const child = { ...testCase.request, childProcesses: 'allow' } as const;
    const compiled = compile(testCase.policies, { machine: testCase.machine });
    expect(decideChild(compiled, child, facts)).toMatchObject({ outcome: 'end', reason: 'escapeTool' });
  });
});
