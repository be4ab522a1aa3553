/** Any bytes as Graph JSON: read or refused with a code, and what is read keeps its promises. */
import { deepStrictEqual } from 'node:assert';
import { isEpmError } from '../../src/model/errors.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { readGraph, writeGraph } from '../../src/policy/formats/graph/index.ts';
import type { PolicyFile } from '../../src/policy/formats/json/policy-file.ts';
import { graphPolicy, pem, CERTIFICATES, reusableSetting, type Short } from '../compliance/graph-shorthand.ts';

const rule: Short = {
  _name: 'a',
  _filename: 'a*.exe',
  _filehash: 'b'.repeat(64),
  _ruletype: { choose: '_self', children: { _ruletype_validation: { chooseAll: ['_ruletype_validation_1'] } } },
  _arguments: { choose: '_arguments_allow', children: { _arguments_restrictargumentlist: { list: ['/a "b"'] } } },
};
const reference = { reference: '0ddba11c-0000-4000-8000-000000000001' };
const signed: Short = {
  _name: 's',
  _signaturesource: {
    choose: '_signaturesource_1',
    children: { _certificatefileupload: '@pem', _certificatetype: { choose: '_publisher' } },
  },
};
const referring: Short = {
  _name: 'r',
  _signaturesource: {
    choose: '_signaturesource_0',
    children: { _certificatepayloadwithreusablesetting: reference, _certificatetype: { choose: '_issuingauthority' } },
  },
};
const settings: Short = {
  enableepm: {
    choose: 'enableepm_1',
    children: {
      defaultelevationresponse: {
        choose: 'defaultelevationresponse_1',
        children: { defaultelevationresponse_validation: { chooseAll: ['defaultelevationresponse_validation_0'] } },
      },
      senddata: { choose: 'senddata_1', children: { reportingscope: { choose: 'reportingscope_2' } } },
    },
  },
};
const flattened = { SettingInstance: { AdditionalProperties: { a: 1 }, settingDefinitionId: 'x' }, Id: '0' };

export const corpus: readonly string[] = [
  JSON.stringify(
    graphPolicy({ name: 'n', rules: [rule, { _name: 'A', _filepath: 'C:\\x', _ruletype: { choose: '_deny' } }] }),
  ),
  JSON.stringify(graphPolicy({ settings, template: 'e7dcaba4-959b-46ed-88f0-16ba39b14fd8_1' })),
  JSON.stringify({ value: [graphPolicy({ rules: [referring] }), graphPolicy({ rules: [rule], settings })] }),
  JSON.stringify(graphPolicy({ rules: [signed] })),
  JSON.stringify(graphPolicy({ systemSettingRules: [{ _name: 'n' }], rules: [{}] })),
  JSON.stringify({ settingsDetails: [flattened], __proto__: null, constructor: {} }),
  JSON.stringify([reusableSetting(reference.reference, '@pemInBase64')]),
  pem(CERTIFICATES[1] ?? ''),
];

const CERTIFICATE_INPUT = Buffer.from(corpus[6] ?? '');

/** @throws whatever is not a coded refusal: that is a finding. */
export function fuzz(bytes: Uint8Array): void {
  read(() => readGraph(Buffer.from(corpus[2] ?? ''), { certificates: [bytes] }).policies);
  for (const file of read(() => readGraph(bytes, { certificates: [CERTIFICATE_INPUT] }).policies)) {
    if (file.report.length !== file.rules.length + file.rejected.length) throw new Error('A rule was lost.');
    const kept = file.report.filter(({ outcome }) => outcome !== 'rejected').map(({ name }) => name);
    deepStrictEqual(
      file.rules.map(({ name }) => name),
      kept,
    );
    for (const { reasons, outcome } of file.report) {
      if ((reasons.length === 0) !== (outcome === 'imported')) throw new Error('An outcome without reason.');
    }
    if (file.rules.length > 0) requireKept(file);
  }
}

/** What may become of a rule that was read: it is made stricter. */
const CHANGES: readonly string[] = ['attributeDropped', 'attributeChanged', 'validationAdded'];
const ALLOWED_CHANGES: readonly string[] = [...CHANGES, 'split', 'nameSlash', 'looser'];

/** What was read is written as Graph has it, and read again as the same. */
function requireKept({ rules, certificates }: PolicyFile): void {
  const policy: PolicyDocument = {
    id: 'device',
    scope: { kind: 'device' },
    rules,
    rejected: [],
    ...(certificates === undefined ? {} : { certificates }),
  };
  const written = writeGraph(policy, { allowLooser: true });
  const changes = [...written.rules.flatMap(({ reasons }) => reasons), ...written.problems];
  deepStrictEqual(
    changes.filter(({ code }) => !ALLOWED_CHANGES.includes(code)),
    [],
  );
  const changed = new Set(
    written.rules.filter(({ reasons }) => reasons.some(({ code }) => CHANGES.includes(code))).map(({ name }) => name),
  );
  const unchanged = (each: readonly RuleInput[]): unknown =>
    structuredClone(each.filter(({ name }) => !changed.has(name)));
  const again = readGraph(written.bytes, {}).policies;
  deepStrictEqual(unchanged(again.flatMap((file) => file.rules)), unchanged(rules));
  deepStrictEqual(
    again.flatMap(({ report }) => report.map(({ name }) => name)),
    rules.map(({ name }) => name),
  );
}

function read(run: () => readonly PolicyFile[]): readonly PolicyFile[] {
  try {
    return run();
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return [];
  }
}
