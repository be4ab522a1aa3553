/**
 * Exports as tools write them, put together at random: Pascal case, `AdditionalProperties`, types and template
 * references left away, children missing or null and in any order. However an export is written, the same policy is
 * read from it, and every place and line that a report names is that of the text.
 */
import type { Diagnostic, Place } from '../../../../../src/model/diagnostic.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGraph } from '../../../../../src/policy/formats/graph/index.ts';
import { nodeAt } from '../../../../../src/text/json-pointer.ts';
import { parseJson } from '../../../../../src/text/json-text.ts';
import type { PolicyFile } from '../../../../../src/policy/formats/json/policy-file.ts';
import { graphPolicy, reusableSetting, type Short, type ShortList } from '../../../../compliance/graph-shorthand.ts';

const ID = '0ddba11c-0000-4000-8000-00000000000a';
const HASH = 'aB'.repeat(32);
const CERTIFICATE = Buffer.from(JSON.stringify({ value: [reusableSetting(ID, '@pemCrLf')] }));
/** Each member of a rule is one of these, or is not there. What a reader must reject is among them. */
const MEMBERS: Readonly<Record<string, fc.Arbitrary<ShortList>>> = {
  _name: fc.constantFrom({ _name: 'Tool' }, { _name: 'TOOL' }, { _name: 'a/b' }, { _name: '' }),
  _ruletype: fc.constantFrom<ShortList>(
    { _ruletype: { choose: '_automatic' } },
    { _ruletype: { choose: '_deny' } },
    { _ruletype: { choose: '_denied_later' } },
    { _ruletype: { choose: '_self', children: { _ruletype_validation: { chooseAll: ['_ruletype_validation_1'] } } } },
    { _ruletype: { choose: '_supportarbitrated', children: { _ruletype_validation: { chooseAll: [] } } } },
    [{ _ruletype: { choose: '_deny' } }, { _ruletype: { choose: '_self' } }],
  ),
  _filename: fc.constantFrom({ _filename: 'tool.exe ' }, { _filename: 'cmd.exe' }, { _filename: 'tool.*' }),
  _filepath: fc.constantFrom({ _filepath: 'c:\\Tools\\TOOL.exe' }, { _filepath: 'C:\\PROGRA~1\\' }, { _filepath: 'x' }),
  _filehash: fc.constantFrom({ _filehash: '' }, { _filehash: HASH }, { _filehash: 'ab' }),
  _fileversion: fc.constantFrom({ _fileversion: '1.2.3.4' }, { _fileversion: 'v1' }),
  _childprocessbehavior: fc.constantFrom(
    { _childprocessbehavior: { choose: '_deny' } },
    { _childprocessbehavior: { choose: '_unknown' } },
  ),
  _signaturesource: fc.constantFrom<Short>(
    {
      _signaturesource: {
        choose: '_signaturesource_0',
        children: {
          _certificatepayloadwithreusablesetting: { reference: ID.toUpperCase() },
          _certificatetype: { choose: '_publisher' },
        },
      },
    },
    { _signaturesource: { choose: '_signaturesource_1', children: { _certificatefileupload: '@derInLines' } } },
  ),
  _arguments: fc.constantFrom<Short>(
    {
      _arguments: {
        choose: '_arguments_allow',
        children: { _arguments_restrictargumentlist: { list: ['/a "b c"', '', '"open'] } },
      },
    },
    { _arguments: { choose: '_arguments_allow' } },
  ),
  _futuresetting: fc.constantFrom({ _futuresetting: 'x' }),
};
const rule = fc
  .tuple(...Object.values(MEMBERS).map((member) => fc.option(member, { freq: 4, nil: [] })))
  .map((members) => members.flat());
const settings = fc.constantFrom<Short | undefined>(undefined, {
  enableepm: {
    choose: 'enableepm_1',
    children: {
      defaultelevationresponse: { choose: 'defaultelevationresponse_9' },
      senddata: { choose: 'senddata_0', children: { reportingscope: { choose: 'reportingscope_1' } } },
      allowelevationdetection: { choose: 'allowelevationdetection_1' },
    },
  },
});
const policies = fc.array(
  fc.record({ rules: fc.array(rule, { minLength: 1, maxLength: 4 }), settings }).map((policy) => ({
    name: 'Export',
    rules: policy.rules,
    ...(policy.settings === undefined ? {} : { settings: policy.settings }),
  })),
  { minLength: 1, maxLength: 2 },
);

/** Another way to write the same, by a list of random numbers. */
class Style {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  #below(count: number): number {
    this.#next += 1;
    return (this.#numbers[this.#next % this.#numbers.length] ?? 0) % count;
  }

  of(value: unknown, name = ''): unknown {
    if (Array.isArray(value)) {
      const list = value.map((each) => this.of(each));
      // The order of rules counts, that of the settings of one does not.
      if (name !== 'children') return list;
      if (list.length === 0) return this.#below(2) === 0 ? null : list;
      const start = this.#below(list.length);
      return [...list.slice(start), ...list.slice(0, start)];
    }
    if (typeof value !== 'object' || value === null) return value;
    const plain: Record<string, unknown> = {};
    const apart: Record<string, unknown> = {};
    for (const [member, held] of Object.entries(value)) {
      const isHint = member === '@odata.type' || /TemplateReference$/.test(member);
      if (isHint && this.#below(2) === 0) continue;
      const written = this.#below(2) === 0 ? member : member.charAt(0).toUpperCase() + member.slice(1);
      const styled = this.of(held, member);
      if (member === 'children' && styled === null && this.#below(2) === 0) continue;
      (this.#below(4) === 0 ? apart : plain)[written] = styled;
    }
    if (this.#below(3) === 0) plain['auditRuleInformation'] = null;
    return Object.keys(apart).length === 0 ? plain : { ...plain, AdditionalProperties: apart };
  }
}

const said = (reasons: readonly Diagnostic[]): readonly string[] =>
  reasons.map(({ code, message }) => `${code} ${message}`).sort();

/** What was read, without where it stood. */
function content({ rules, rejected, settings: read, certificates, report, problems }: PolicyFile): unknown {
  return structuredClone({
    rules,
    rejected: rejected.map(({ reasons, typeText, ...kept }) => ({
      ...kept,
      types: typeText.split(' ').sort(),
      reasons: said(reasons),
    })),
    read,
    certificates,
    report: report.map(({ name, outcome, stillDenies, reasons }) => [name, outcome, stillDenies, said(reasons)]),
    problems: said(problems),
  });
}

function expectPlaces(text: string, found: readonly { readonly place?: Place }[]): void {
  const parsed = parseJson(text, { comments: false, maxDepth: 64 });
  if (!('root' in parsed)) throw new Error('The export is no JSON.');
  for (const { place } of found) {
    const { pointer = '', line } = place ?? {};
    const names = pointer.split('/').slice(1);
    let value: unknown = JSON.parse(text);
    for (const name of names) value = (value as Record<string, unknown> | undefined)?.[name];
    expect(value, pointer).not.toBeUndefined();
    expect(line, pointer).toBe(nodeAt(parsed.root, pointer).line);
  }
}

describe('an export in any style', () => {
  it('says what the plain one says, at the places it names', () => {
    fc.assert(
      fc.property(policies, fc.array(fc.nat(1000), { minLength: 50, maxLength: 200 }), (given, numbers) => {
        const plain = given.map((policy) => graphPolicy(policy));
        const text = JSON.stringify(new Style(numbers).of({ value: plain }), null, 2);
        const read = (input: string) => readGraph(Buffer.from(input), { certificates: [CERTIFICATE] });
        const styled = read(text);
        expect(styled.policies.map(content)).toEqual(read(JSON.stringify(plain)).policies.map(content));
        const reports = styled.policies.flatMap(({ report }) => report);
        expect(reports).toHaveLength(given.reduce((sum, { rules }) => sum + rules.length, 0));
        expectPlaces(text, [
          ...reports,
          ...reports.flatMap(({ reasons }) => reasons),
          ...styled.policies.flatMap(({ problems }) => problems),
          ...styled.problems,
        ]);
      }),
      { numRuns: 200 },
    );
  });
});
