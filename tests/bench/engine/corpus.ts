/**
 * The rules and files that the engine and its peers are measured on: 40 % hash, 30 % publisher with product, name and
 * minimum version, 20 % publisher with path, 10 % publisher with name and arguments; a tenth of all deny; one file in
 * ten matches no rule.
 */
import { type Sha256, sid } from '../../../src/model/brands.ts';
import type { FileFacts } from '../../../src/model/file-facts.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import type { ElevationRequest } from '../../../src/model/request.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { Choices } from '../../fuzz/random.ts';

export interface Question {
  readonly request: ElevationRequest;
  readonly facts: FileFacts;
}

export interface Corpus {
  readonly policy: PolicyDocument;
  readonly questions: readonly Question[];
}

const PUBLISHERS = 50;

/** The same corpus for the same numbers, on every machine. */
export function makeCorpus(rules: number, questions: number): Corpus {
  const choices = new Choices(rules);
  const inputs = Array.from({ length: rules }, (_, index) => makeRule(choices, index));
  return {
    policy: { id: 'corpus', scope: { kind: 'device' }, settings: { enabled: true }, rules: inputs, rejected: [] },
    questions: Array.from({ length: questions }, (_, index) => {
      const miss = index % 10 === 9;
      return makeQuestion(choices, choices.of(inputs), miss);
    }),
  };
}

function digest(kind: string, number: number): Sha256 {
  return (kind + number.toString(16).padStart(63, '0')) as Sha256;
}

function makeRule(choices: Choices, index: number): RuleInput {
  const name = `program${index}.exe`;
  const publisher = { type: 'publisher', sha256: digest('c', choices.below(PUBLISHERS)) } as const;
  const deny = choices.chance(0.1);
  const share = choices.next();
  const type: RuleInput['type'] = deny ? 'deny' : choices.of(['userConfirmed', 'supportApproved', 'currentUser']);
  const common = { name: `rule ${index}`, type };
  if (share < 0.4) {
    const automatic = !deny && choices.chance(0.5);
    return { ...common, type: automatic ? 'automatic' : type, fileName: name, fileHash: digest('a', index) };
  }
  if (share < 0.7) {
    const minimumVersion = `${1 + choices.below(9)}.${choices.below(9)}`;
    return { ...common, fileName: name, certificate: publisher, productName: `Product ${index}`, minimumVersion };
  }
  if (share < 0.9) return { ...common, certificate: publisher, filePath: `C:\\Program Files\\Vendor ${index}` };
  return { ...common, fileName: name, certificate: publisher, arguments: ['/install', `/profile "p ${index}"`] };
}

function makeQuestion(choices: Choices, rule: RuleInput, miss: boolean): Question {
  const name = miss ? 'unknown.exe' : (rule.fileName ?? 'tool.exe');
  const folder = miss ? 'C:\\Users\\ann\\Downloads' : (rule.filePath ?? 'C:\\Users\\ann\\Desktop');
  const leaf = { sha256: (rule.certificate?.sha256 ?? digest('d', 1)) as Sha256, subject: 'CN=Vendor' };
  const issuers = [
    { sha256: digest('e', 1), subject: 'CN=Intermediate' },
    { sha256: digest('e', 2), subject: 'CN=Root' },
  ];
  return {
    request: {
      trigger: 'userInitiated',
      requester: {
        sid: sid('S-1-5-21-1-2-3-1001'),
        isAdministrator: false,
        isElevatedByEpm: false,
        profileFolder: 'C:\\Users\\ann',
      },
      arguments: rule.arguments === undefined ? [] : choices.of([['/install'], []]),
      time: 0,
      zoneOffset: 0,
    },
    facts: {
      path: `${folder}\\${name}`,
      folder,
      name,
      type: 'exe',
      refusal: undefined,
      size: 1_000_000,
      sha256: miss ? digest('b', choices.below(1e6)) : ((rule.fileHash ?? digest('b', choices.below(1e6))) as Sha256),
      fixedVersion: [9, 9, 0, 0],
      productName: rule.productName ?? 'Some product',
      internalName: 'program',
      originalName: 'program.exe',
      fileDescription: 'A program',
      companyName: 'Vendor',
      signatures: [{ leaf, issuers, trusted: true, validNow: true, validAtTimestamp: true, revocation: 'good' }],
    },
  };
}
