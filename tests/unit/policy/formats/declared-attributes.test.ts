/**
 * Every detection attribute that is declared is judged, through whatever format its rule came: a rule that matches a
 * file matches it no more once it also asks for something that the file lacks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_LIST, TEXT_FACTS } from '../../../../src/engine/attributes/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import { compile, decide } from '../../../../src/engine/index.ts';
import { interpreterSet, isProgramOf } from '../../../../src/engine/interpreters.ts';
import { sid } from '../../../../src/model/brands.ts';
import type { FileFacts } from '../../../../src/model/file-facts.ts';
import type { PolicyCertificate, PolicyDocument } from '../../../../src/model/policy.ts';
import type { ElevationRequest } from '../../../../src/model/request.ts';
import type { DetectionAttribute, RuleInput } from '../../../../src/model/rule.ts';
import { foldText } from '../../../../src/text/compare.ts';
import { POLICY_FORMATS, type PolicyFormat } from '../../../../src/policy/formats/format.ts';
import { FORMATS } from '../../../../src/policy/formats/formats.ts';
import { DETECTION_WITHOUT_PLACE } from '../../../../src/policy/formats/graph/definitions.ts';
import { toPolicyDocuments } from '../../../../src/policy/formats/json/policy-file.ts';
import { joinParts } from '../../../../src/policy/registry/join-parts.ts';
import { facts } from '../../agent/fake-machine.ts';
import { certificateContent } from '../arbitrary-policy.ts';

const USER = 'S-1-5-21-1-2-3-1001';
const REQUEST: ElevationRequest = {
  trigger: 'userInitiated',
  requester: { sid: sid(USER), isAdministrator: false, isElevatedByEpm: false, profileFolder: 'C:\\Users\\somebody' },
  arguments: ['/unlisted'],
  time: 0,
  zoneOffset: 0,
};

/** A value of the attribute that can be read. */
function exampleOf(name: DetectionAttribute): unknown {
  return ATTRIBUTE_LIST.find(([other]) => other === name)?.[1].example;
}

/**
 * A file that has nothing of the examples: other texts, or none at all. No interpreter, which no rule without a list of
 * arguments matches: its internal name alone would make it one.
 */
const strangers: fc.Arbitrary<FileFacts> = fc
  .record(
    Object.fromEntries(
      TEXT_FACTS.map((name) => [
        name,
        fc.string({ maxLength: 20 }).filter((text) => foldText(text) !== foldText(String(exampleOf(name)))),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((texts) =>
    facts({ path: 'C:\\Elsewhere\\other.exe', folder: 'C:\\Elsewhere', name: 'other.exe', signatures: [], ...texts }),
  )
  .filter((file) => !isProgramOf(interpreterSet(), file));

interface Question {
  readonly file: FileFacts;
  readonly certificate: PolicyCertificate & { readonly der: string };
  /** A rule that matches the file. */
  readonly rule: RuleInput;
}

/** An elevating rule needs something strong, so that it has the file's hash; a Deny may have that too. */
const questions: fc.Arbitrary<Question> = fc
  .tuple(strangers, certificateContent, fc.constantFrom('userConfirmed', 'deny'))
  .map(([file, content, type]) => ({
    file,
    certificate: { name: 'Certificate', ...content } as Question['certificate'],
    rule: { name: 'Rule', type, fileHash: file.sha256 },
  }));

/** The rule with one attribute more, which the file lacks. */
function withAttribute(name: DetectionAttribute, { rule, certificate }: Question): RuleInput {
  const value = name === 'certificate' ? { type: 'publisher', sha256: certificate.sha256 } : exampleOf(name);
  return { ...rule, [name]: value };
}

interface Arrived {
  /** The policy as another machine has it; undefined: nothing of the rule was written. */
  readonly policy: PolicyDocument | undefined;
  /** What the writer said of the rule. */
  readonly pointers: readonly (string | undefined)[];
}

function travel(format: PolicyFormat, rule: RuleInput, certificate: PolicyCertificate): Arrived {
  const { bytes, rules } = FORMATS[format].write({
    id: 'device',
    scope: { kind: 'device' },
    settings: { enabled: true },
    rules: [rule],
    rejected: [],
    certificates: [certificate],
  });
  const read = joinParts(FORMATS[format].read(bytes, {}).policies);
  const isLeftOut = rules.some(({ outcome }) => outcome === 'rejected');
  return {
    policy: read === undefined || isLeftOut ? undefined : toPolicyDocuments(read, { kind: 'device' })[0],
    pointers: rules.flatMap(({ reasons }) => reasons.map(({ place }) => place?.pointer)),
  };
}

function matches(policy: PolicyDocument, file: FileFacts): boolean {
  const { basis } = decide(compile([policy], { machine: DEFAULT_WINDOWS_FOLDERS }), REQUEST, file);
  return basis.kind === 'rule';
}

describe.each(POLICY_FORMATS)('as %s', (format) => {
  it('a rule that matches still matches', () => {
    fc.assert(
      fc.property(questions, ({ rule, file, certificate }) => {
        const { policy } = travel(format, rule, certificate);
        expect(policy !== undefined && matches(policy, file)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it.each(ATTRIBUTE_LIST)('%s is judged', (name) => {
    const isCarried = format !== 'graph' || !DETECTION_WITHOUT_PLACE.includes(name);
    fc.assert(
      fc.property(questions, (question) => {
        const { policy, pointers } = travel(format, withAttribute(name, question), question.certificate);
        const isMatch = policy !== undefined && matches(policy, question.file);
        if (isCarried) {
          expect(policy?.rules[0]).toHaveProperty(name);
          expect(isMatch).toBe(false);
        } else {
          expect(pointers).toContain(`/rules/0/${name}`);
          // A Deny is written without it, which denies more; nothing else is written.
          expect(isMatch).toBe(question.rule.type === 'deny');
        }
      }),
      { numRuns: 20 },
    );
  });

  const carried = ATTRIBUTE_LIST.filter(
    ([name, { subject }]) => subject === 'file' && (format !== 'graph' || !DETECTION_WITHOUT_PLACE.includes(name)),
  );
  it.each(carried)('%s alone carries a Deny', (name) => {
    fc.assert(
      fc.property(questions, (question) => {
        const alone = { name: 'Rule', type: 'deny', [name]: withAttribute(name, question)[name] } as RuleInput;
        const { policy } = travel(format, alone, question.certificate);
        expect(policy?.rules).toHaveLength(1);
        expect(policy !== undefined && matches(policy, question.file)).toBe(false);
      }),
      { numRuns: 10 },
    );
  });
});
