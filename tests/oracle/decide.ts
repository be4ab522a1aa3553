/**
 * The slow, obvious twin of the engine: it asks every rule, compares the matching ones pair by pair, and shares no
 * matching code with the fast engine. Random policies must lead both to the same answer.
 */
import type { ChildDecision, Decision, DecisionNote } from '../../src/model/decision.ts';
import type { FileFacts, SignatureFacts } from '../../src/model/file-facts.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { ReducedPrivilege } from '../../src/model/privileges.ts';
import type { ElevationRequest, Grant, MachineFolders } from '../../src/model/request.ts';
import type { EffectiveSettings, SettingsInput } from '../../src/model/settings.ts';
import type { ChildRequest } from '../../src/engine/decide-child.ts';
import { isWithinHours } from './hours.ts';
import {
  type ReferenceRejection,
  type ReferenceRule,
  differentPolicies,
  isConfirmed,
  leadingVariable,
  readRules,
  splitEntry,
  upper,
  variableValue,
  versionNumbers,
} from './rules.ts';

export interface ReferenceWorld {
  readonly policies: readonly PolicyDocument[];
  readonly machine: MachineFolders;
  readonly grants?: readonly Grant[];
  /** Long form of a folder in 8.3 names, on a device that can tell. */
  readonly longPath?: (folder: string) => string | undefined;
}

type Settings = Omit<EffectiveSettings, 'conflicts' | 'leftOut'>;
type Words = Pick<Settings, 'promptInstructions' | 'supportContact' | 'cannedReasons' | 'deviceGroups'>;

interface Question {
  readonly world: ReferenceWorld;
  readonly settings: Settings;
  readonly sid: string;
  readonly profile: string;
  readonly vector: readonly string[];
  readonly time: number;
  readonly local: number;
  readonly facts: FileFacts;
}

const INTERPRETER_LIST =
  'cmd powershell powershell_ise pwsh wscript cscript mshta rundll32 regsvr32 msiexec msbuild installutil regasm regsvcs ' +
  'forfiles wmic bash wsl ssh python pythonw py pyw perl ruby node bun deno java javaw php lua rscript dotnet csi csc ' +
  'autoit3 autohotkey conhost openconsole wt hh mmc netsh sudo gsudo psexec psexec64 nircmd electron';
const TOOL_LIST =
  'schtasks at sc net net1 wmic reg regsvr32 rundll32 mshta wscript cscript cmd powershell pwsh bitsadmin certutil msiexec';

export function referenceRejections(world: ReferenceWorld): readonly ReferenceRejection[] {
  return readRules(world.policies, world.machine).rejections;
}

export function referenceDecide(world: ReferenceWorld, request: ElevationRequest, facts: FileFacts): Decision {
  const settings = referenceSettings(world.policies, request.requester.sid);
  if (settings.clientState === 'noPolicy')
    return { outcome: 'notManaged', reason: 'noPolicy', basis: { kind: 'state' } };
  if (settings.clientState === 'disabled') {
    return { outcome: 'notManaged', reason: 'clientDisabled', basis: { kind: 'state' } };
  }
  if (request.requester.isElevatedByEpm)
    return { outcome: 'denied', reason: 'elevatedRequester', basis: { kind: 'state' } };
  if (request.requester.isAdministrator && !settings.manageAdministrators) {
    return { outcome: 'notManaged', reason: 'administrator', basis: { kind: 'state' } };
  }
  if (isRefused(facts, settings)) {
    return request.trigger === 'userInitiated'
      ? { outcome: 'denied', reason: 'fileRefused', basis: { kind: 'state' } }
      : { outcome: 'notManaged', reason: 'fileRefused', basis: { kind: 'state' } };
  }
  const question = ask(world, settings, request.requester, request.arguments, request, facts);
  const winner = best(matchingRules(question));
  const detectionOff = request.trigger === 'detected' && !settings.allowElevationDetection;
  const launch = request.trigger === 'launch' || detectionOff;
  const refuse = writableRefused(winner, question);
  const askedFor = request.trigger === 'userInitiated';
  if (winner === undefined && askedFor) {
    const answer = defaultResponse(question);
    if (answer.outcome === 'denied' || !refuse) return answer;
    return { outcome: 'denied', reason: 'userWritableFile', basis: answer.basis };
  }
  if (winner === undefined) {
    return { outcome: 'notManaged', reason: detectionOff ? 'detectionOff' : 'noRule', basis: { kind: 'state' } };
  }
  const basis = { kind: 'rule', rule: referenceOf(winner) } as const;
  if (launch && winner.type !== 'automatic') {
    return { outcome: 'notManaged', reason: detectionOff ? 'detectionOff' : 'notAutomatic', basis };
  }
  if (winner.type === 'deny') return { outcome: 'denied', reason: 'denyRule', basis };
  if (refuse && askedFor) return { outcome: 'denied', reason: 'userWritableFile', basis };
  if (refuse) return { outcome: 'notManaged', reason: 'userWritableFile', basis };
  const inPlace =
    winner.set.runInPlace === true && facts.writableByUsers !== false && facts.place?.fileWritableByUsers === false
      ? ({ runInPlace: true } as const)
      : {};
  const certificate = winner.set.certificate;
  const copies = winner.set.copyFolder === true ? ({ copyFolder: true } as const) : {};
  const libraryGate = {
    ...(certificate === undefined
      ? {}
      : { certificate: { type: certificate.type, sha256: certificate.sha256.trim().toLowerCase() } }),
    ...(winner.set.acceptTimestamped === undefined ? {} : { acceptTimestamped: winner.set.acceptTimestamped }),
  };
  const gated = winner.set.libraryGate === true || winner.set.copyFolder === true ? { libraryGate, ...copies } : {};
  const wanted = {
    ...(winner.set.workingDirectory === 'request' ? ({ directoryOfRequest: true } as const) : {}),
    ...(winner.set.ownDesktop === true ? ({ ownDesktop: true } as const) : {}),
    ...(winner.set.showUserFolders === true ? ({ showUserFolders: true } as const) : {}),
  };
  const start = Object.keys(wanted).length === 0 ? {} : { start: wanted };
  const terms = { ...inPlace, ...gated, ...start, ...tokenTerms(winner, settings) };
  const childProcesses = winner.set.childProcesses ?? 'requireRule';
  const notes = notesFor(winner, question);
  const identity = winner.type === 'currentUser' ? 'currentUser' : 'virtualAccount';
  if (winner.type === 'automatic')
    return noted({ outcome: 'elevate', identity, childProcesses, basis, ...terms }, notes);
  if (winner.type === 'supportApproved') {
    const grant = validGrant(question);
    return grant === undefined
      ? noted({ outcome: 'needsApproval', requirements: ['justification'], childProcesses, basis }, notes)
      : noted({ outcome: 'elevate', identity, childProcesses, grantId: grant.id, basis, ...terms }, notes);
  }
  const justification = winner.set.validations?.includes('justification') === true;
  const authentication = winner.type === 'currentUser' || winner.set.validations?.includes('authentication') === true;
  return noted(
    {
      outcome: 'needs',
      requirements: consent(justification, authentication),
      identity,
      childProcesses,
      basis,
      ...terms,
    },
    notes,
  );
}

export function referenceDecideChild(world: ReferenceWorld, request: ChildRequest, facts: FileFacts): ChildDecision {
  const tree = { kind: 'tree' } as const;
  const settings = referenceSettings(world.policies, request.requester.sid);
  if (request.childProcesses === 'deny') return { outcome: 'end', reason: 'childrenDenied', basis: tree };
  if (settings.clientState !== 'enabled') return { outcome: 'end', reason: 'clientOff', basis: tree };
  const question = ask(world, settings, request.requester, request.arguments, request, facts);
  const winner = best(matchingRules(question));
  const basis = winner === undefined ? tree : ({ kind: 'rule', rule: referenceOf(winner) } as const);
  if (request.childProcesses === 'allow') {
    if (winner?.type === 'deny' && settings.denyReachesChildren) return { outcome: 'end', reason: 'denyRule', basis };
    if (settings.denyEscapeTools && isProgram(facts, TOOL_LIST.split(' ')) && winner?.type !== 'automatic') {
      return { outcome: 'end', reason: 'escapeTool', basis };
    }
    return { outcome: 'run', basis: tree };
  }
  if (isRefused(facts, settings)) return { outcome: 'end', reason: 'fileRefused', basis: tree };
  if (winner === undefined) return { outcome: 'end', reason: 'noRule', basis: tree };
  if (winner.type === 'deny') return { outcome: 'end', reason: 'denyRule', basis };
  if (winner.type === 'userConfirmed' || winner.type === 'currentUser')
    return { outcome: 'end', reason: 'needsConsent', basis };
  const mayRunInPlace =
    facts.writableByUsers === false ||
    (winner.set.runInPlace === true &&
      facts.place?.fileWritableByUsers === false &&
      !writableRefused(winner, question));
  if (!mayRunInPlace) return { outcome: 'end', reason: 'userWritableFile', basis };
  const notes = notesFor(winner, question);
  if (winner.type === 'automatic') return { outcome: 'run', basis, ...(notes.length > 0 ? { notes } : {}) };
  const grant = validGrant(question);
  if (grant === undefined) return { outcome: 'end', reason: 'needsApproval', basis };
  return { outcome: 'run', grantId: grant.id, basis, ...(notes.length > 0 ? { notes } : {}) };
}

export function referenceSettings(policies: readonly PolicyDocument[], user: string): Settings {
  const applying = differentPolicies(policies).filter(({ scope }) => scope.kind === 'device' || scope.sid === user);
  const of = (some: readonly PolicyDocument[]): SettingsInput[] =>
    some.flatMap(({ settings }) => (settings === undefined ? [] : [settings]));
  const hives = of(applying.filter((policy) => !isConfirmed(policy)));
  return withRestrictions(
    { ...confirmedSettings(of(applying.filter(isConfirmed))), ...words(applying.filter(isConfirmed)) },
    hives,
  );
}

/** What people read in the consent window: all that is said, in the order of the ids, each text once. */
function words(policies: readonly PolicyDocument[]): Words {
  const all = (name: keyof Words): readonly string[] => {
    const said = policies.flatMap(({ id, settings }) =>
      settings?.enabled === false || settings?.[name] === undefined
        ? []
        : [{ key: codePoints(id), texts: settings[name] }],
    );
    said.sort((left, right) => {
      if (left.key !== right.key) return left.key > right.key ? 1 : -1;
      return codePoints(JSON.stringify(left.texts)) > codePoints(JSON.stringify(right.texts)) ? 1 : -1;
    });
    return [...new Set(said.flatMap(({ texts }) => texts))];
  };
  return {
    promptInstructions: all('promptInstructions'),
    supportContact: all('supportContact'),
    cannedReasons: all('cannedReasons'),
    deviceGroups: all('deviceGroups'),
  };
}

/** What an unconfirmed policy may do to each setting, spelt out one by one. */
function withRestrictions(settings: Settings, hives: readonly SettingsInput[]): Settings {
  const says = (isSo: (hive: SettingsInput) => boolean): boolean => hives.some(isSo);
  const validations = [...settings.defaultValidations, ...hives.flatMap((hive) => hive.defaultValidations ?? [])];
  const interpreters = hives.flatMap((hive) => hive.additionalInterpreters ?? []);
  return {
    ...settings,
    defaultElevationResponse: says((hive) => hive.defaultElevationResponse === 'denyAll')
      ? 'denyAll'
      : settings.defaultElevationResponse,
    defaultValidations: (['justification', 'authentication'] as const).filter((each) => validations.includes(each)),
    allowElevationDetection:
      settings.allowElevationDetection && !says((hive) => hive.allowElevationDetection === false),
    revocationUnknown: says((hive) => hive.revocationUnknown === 'refuse') ? 'refuse' : settings.revocationUnknown,
    manageAdministrators: settings.manageAdministrators || says((hive) => hive.manageAdministrators === true),
    denyReachesChildren: settings.denyReachesChildren || says((hive) => hive.denyReachesChildren === true),
    denyEscapeTools: settings.denyEscapeTools || says((hive) => hive.denyEscapeTools === true),
    blockInternetFiles: settings.blockInternetFiles || says((hive) => hive.blockInternetFiles === true),
    acceptTimestamped: settings.acceptTimestamped && !says((hive) => hive.acceptTimestamped === false),
    userWritableFile: says((hive) => hive.userWritableFile === 'refuse') ? 'refuse' : settings.userWritableFile,
    reducedPrivileges: settings.reducedPrivileges || says((hive) => hive.reducedPrivileges === true),
    secureConsent: settings.secureConsent || says((hive) => hive.secureConsent === true),
    accountScope: narrowest([settings.accountScope, ...hives.map((hive) => hive.accountScope)]),
    maximumElevationsPerDay: smallest([
      settings.maximumElevationsPerDay,
      ...hives.map((hive) => hive.maximumElevationsPerDay),
    ]),
    maximumElevatedMinutesPerDay: smallest([
      settings.maximumElevatedMinutesPerDay,
      ...hives.map((hive) => hive.maximumElevatedMinutesPerDay),
    ]),
    fourEyes: settings.fourEyes || says((hive) => hive.fourEyes === true),
    requestsFrom: says((hive) => hive.requestsFrom === 'primaryUser') ? 'primaryUser' : settings.requestsFrom,
    maximumFileSize: Math.min(settings.maximumFileSize, ...hives.map((hive) => hive.maximumFileSize ?? Infinity)),
    additionalInterpreters: withoutTwins([...settings.additionalInterpreters, ...interpreters]),
  };
}

function confirmedSettings(mine: readonly SettingsInput[]): Omit<Settings, keyof Words> {
  const speaking = mine.filter((settings) => settings.enabled !== false);
  const value = <T>(values: readonly (T | undefined)[], builtIn: T): T => {
    const different = [...new Set(values.filter((each) => each !== undefined))];
    return different.length === 1 ? (different[0] as T) : builtIn;
  };
  // Where policies differ, the value under which less is elevated.
  const careful = (values: readonly (boolean | undefined)[], strict: boolean, builtIn: boolean): boolean =>
    values.includes(strict) ? strict : values.includes(!strict) ? !strict : builtIn;
  const sizes = speaking.flatMap((each) => (each.maximumFileSize === undefined ? [] : [each.maximumFileSize]));
  const days = speaking.flatMap((each) => (each.journalDays === undefined ? [] : [each.journalDays]));
  const revocation = speaking.map((each) => each.revocationUnknown);
  const off =
    mine.some((settings) => settings.enabled === false) && !mine.some((settings) => settings.enabled === true);
  const asked = speaking.flatMap((settings) => settings.defaultValidations ?? []);
  return {
    clientState: mine.length === 0 ? 'noPolicy' : off ? 'disabled' : 'enabled',
    defaultElevationResponse: value(
      speaking.map((each) => each.defaultElevationResponse),
      'denyAll',
    ),
    defaultValidations: (['justification', 'authentication'] as const).filter((each) => asked.includes(each)),
    allowElevationDetection: value(
      speaking.map((each) => each.allowElevationDetection),
      false,
    ),
    sendData: value(
      speaking.map((each) => each.sendData),
      true,
    ),
    notifyUser: value(
      speaking.map((each) => each.notifyUser),
      true,
    ),
    reportingScope: value(
      speaking.map((each) => each.reportingScope),
      'allElevations',
    ),
    revocationUnknown: revocation.includes('refuse') ? 'refuse' : revocation.includes('accept') ? 'accept' : undefined,
    manageAdministrators: careful(
      speaking.map((each) => each.manageAdministrators),
      true,
      false,
    ),
    denyReachesChildren: careful(
      speaking.map((each) => each.denyReachesChildren),
      true,
      true,
    ),
    denyEscapeTools: careful(
      speaking.map((each) => each.denyEscapeTools),
      true,
      false,
    ),
    blockInternetFiles: careful(
      speaking.map((each) => each.blockInternetFiles),
      true,
      false,
    ),
    acceptTimestamped: careful(
      speaking.map((each) => each.acceptTimestamped),
      false,
      true,
    ),
    userWritableFile: speaking.some((each) => each.userWritableFile === 'refuse') ? 'refuse' : 'copy',
    reducedPrivileges: speaking.some((each) => each.reducedPrivileges === true),
    secureConsent: speaking.some((each) => each.secureConsent === true),
    accountScope: speaking.some((each) => each.accountScope !== undefined)
      ? narrowest(speaking.map((each) => each.accountScope))
      : 'userAndRule',
    maximumFileSize: sizes.length === 0 ? 4096 : Math.min(...sizes),
    maximumElevationsPerDay: smallest(speaking.map((each) => each.maximumElevationsPerDay)),
    maximumElevatedMinutesPerDay: smallest(speaking.map((each) => each.maximumElevatedMinutesPerDay)),
    fourEyes: careful(
      speaking.map((each) => each.fourEyes),
      true,
      true,
    ),
    requestsFrom: speaking.some((each) => each.requestsFrom === 'primaryUser') ? 'primaryUser' : 'anyUser',
    journalDays: days.length === 0 ? 30 : Math.max(...days),
    additionalInterpreters: withoutTwins(speaking.flatMap((each) => each.additionalInterpreters ?? [])),
  };
}

/** No number: no limit. */
function smallest(numbers: readonly (number | undefined)[]): number | undefined {
  const given = numbers.filter((each) => each !== undefined).sort((left, right) => left - right);
  return given[0];
}

/** The account that the fewest elevations share, of those that are named. */
function narrowest(scopes: readonly SettingsInput['accountScope'][]): Settings['accountScope'] {
  if (scopes.includes('launch')) return 'launch';
  return scopes.includes('userAndRule') ? 'userAndRule' : 'user';
}

/** Each name once, whatever its case; of several spellings the one that comes last by code point. */
function withoutTwins(names: readonly string[]): readonly string[] {
  const isBehind = (left: string, right: string): boolean => codePoints(left) > codePoints(right);
  return [...new Set(names)]
    .filter((name, _index, all) => !all.some((other) => upper(other) === upper(name) && isBehind(other, name)))
    .sort((left, right) => (isBehind(upper(left), upper(right)) ? 1 : -1));
}

function ask(
  world: ReferenceWorld,
  settings: Settings,
  requester: ChildRequest['requester'],
  vector: readonly string[],
  { time, zoneOffset }: Pick<ElevationRequest, 'time' | 'zoneOffset'>,
  facts: FileFacts,
): Question {
  const profile = requester.profileFolder ?? '';
  return { world, settings, sid: requester.sid, profile, vector, time, local: time + zoneOffset * 60_000, facts };
}

/** A file that somebody without administrator rights may change, or nobody knows, under a policy that takes none. */
function writableRefused(winner: ReferenceRule | undefined, { facts, settings }: Question): boolean {
  if (facts.writableByUsers === false) return false;
  return winner?.set.userWritableFile === undefined
    ? settings.userWritableFile === 'refuse'
    : winner.set.userWritableFile === 'refuse';
}

function isRefused(facts: FileFacts, settings: Settings): boolean {
  const names = [...facts.folder.split('\\'), facts.name].filter((name) => name !== '');
  return (
    names.some((name) => isInvisible(Array.from(name)[0]) || isInvisible(Array.from(name).at(-1))) ||
    facts.refusal !== undefined ||
    facts.type === undefined ||
    (settings.blockInternetFiles && facts.fromInternet === true)
  );
}

/** White space, separators and characters without a width, one by one, as the decision lists them. */
function isInvisible(character: string | undefined): boolean {
  if (character === undefined) return false;
  if (character.trim() === '' || /^\p{Z}$/u.test(character)) return true;
  const point = character.codePointAt(0) ?? 0;
  const zeroWidth = [
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x61c, 0x61c],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0x2060, 0x206f],
    [0x3164, 0x3164],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
    [0xfff0, 0xfff8],
    [0x1bca0, 0x1bca3],
    [0x1d173, 0x1d17a],
    [0xe0000, 0xe0fff],
  ] as const;
  return zeroWidth.some(([first, last]) => point >= first && point <= last);
}

/** A text of the version resource in every language. */
function textsOf(
  facts: FileFacts,
  fact: 'fileVersionText' | 'productName' | 'internalName' | 'originalName' | 'fileDescription',
): readonly string[] {
  const key = fact === 'fileVersionText' ? 'fileversion' : fact === 'originalName' ? 'originalfilename' : fact;
  const tables = (facts.executable?.versionTexts ?? []).map(({ texts }) => Object.entries(texts));
  const others = tables.flat().filter(([name]) => name.toLowerCase() === key.toLowerCase());
  return [...(facts[fact] === undefined ? [] : [facts[fact]]), ...others.map(([, text]) => text)];
}

function consent(
  justification: boolean,
  authentication: boolean,
): ('confirmation' | 'justification' | 'authentication')[] {
  return [
    'confirmation',
    ...(justification ? ['justification' as const] : []),
    ...(authentication ? ['authentication' as const] : []),
  ];
}

function noted(decision: Decision, notes: readonly DecisionNote[]): Decision {
  return notes.length === 0 ? decision : { ...decision, notes };
}

function defaultResponse(question: Question): Decision {
  const { settings, facts, vector } = question;
  const basis = { kind: 'defaultResponse' } as const;
  const notes: DecisionNote[] = facts.fromInternet === true ? ['fromInternet'] : [];
  if (settings.defaultElevationResponse === 'denyAll') return { outcome: 'denied', reason: 'defaultResponse', basis };
  if (settings.defaultElevationResponse === 'requireSupportApproval') {
    const grant = validGrant(question);
    return grant === undefined
      ? noted(
          { outcome: 'needsApproval', requirements: ['justification'], childProcesses: 'requireRule', basis },
          notes,
        )
      : noted(
          {
            outcome: 'elevate',
            identity: 'virtualAccount',
            childProcesses: 'requireRule',
            grantId: grant.id,
            basis,
            ...tokenTerms(undefined, settings),
          },
          notes,
        );
  }
  if (isInterpreter(question)) return { outcome: 'denied', reason: 'hostNeedsArguments', basis };
  if (facts.type === 'msi' && !harmlessForMsi(vector))
    return { outcome: 'denied', reason: 'argumentsNotAllowed', basis };
  const { defaultValidations } = settings;
  const requirements = consent(
    defaultValidations.includes('justification'),
    defaultValidations.includes('authentication'),
  );
  return noted(
    {
      outcome: 'needs',
      requirements,
      identity: 'virtualAccount',
      childProcesses: 'requireRule',
      basis,
      ...tokenTerms(undefined, settings),
    },
    notes,
  );
}

/** Privileges that a rule can keep, one by one, in the order in which they are told. */
const KEPT_LIST =
  'SeBackup SeDebug SeDelegateSessionUserImpersonate SeImpersonate SeLoadDriver SeManageVolume SeRestore SeSecurity ' +
  'SeSystemEnvironment SeTakeOwnership';

function tokenTerms(
  winner: ReferenceRule | undefined,
  settings: Settings,
): Pick<Extract<Decision, { outcome: 'elevate' }>, 'reducedPrivileges' | 'accountScope'> {
  const own = winner?.set.reducedPrivileges;
  const reduced = own === undefined ? settings.reducedPrivileges : own;
  const asked: readonly string[] = winner?.set.keepPrivileges ?? [];
  const keep = KEPT_LIST.split(' ')
    .map((name) => `${name}Privilege`)
    .filter((name): name is ReducedPrivilege => asked.includes(name));
  return {
    ...(reduced ? { reducedPrivileges: { keep } } : {}),
    ...(settings.accountScope === 'userAndRule' ? {} : { accountScope: settings.accountScope }),
  };
}

function referenceOf(rule: ReferenceRule): {
  policyId: string;
  scope: 'device' | 'user';
  name: string;
  type: ReferenceRule['type'];
} {
  return { policyId: rule.policy.id, scope: rule.policy.scope.kind, name: rule.name, type: rule.type };
}

/** Every rule of the requester that matches. */
function matchingRules(question: Question): readonly ReferenceRule[] {
  const { world, sid } = question;
  return readRules(world.policies, world.machine).rules.filter((rule) => {
    const { scope } = rule.policy;
    return (scope.kind === 'device' || scope.sid === sid) && doesMatch(rule, question);
  });
}

function best(rules: readonly ReferenceRule[]): ReferenceRule | undefined {
  return rules.find((rule) => rules.every((other) => other === rule || isBefore(rule, other)));
}

function isBefore(one: ReferenceRule, other: ReferenceRule): boolean {
  const types = ['deny', 'userConfirmed', 'currentUser', 'supportApproved', 'automatic'];
  const children = ['deny', 'requireRule', 'allow'];
  const number = (rule: ReferenceRule): (number | string)[] => [
    rule.type === 'deny' ? 0 : 1,
    rule.policy.scope.kind === 'user' ? 0 : 1,
    rule.set.fileHash === undefined ? 1 : 0,
    -countSet(rule),
    types.indexOf(rule.type),
    rule.type === 'deny' ? 0 : children.indexOf(rule.set.childProcesses ?? 'requireRule'),
    -countValidations(rule),
    codePoints(rule.policy.id),
    codePoints(rule.name),
    rule.position,
    rule.digest,
  ];
  const left = number(one);
  const right = number(other);
  const index = left.findIndex((each, position) => each !== right[position]);
  return index >= 0 && (left[index] as number) < (right[index] as number);
}

/** A text whose order by unit is the order of the original by code point. */
function codePoints(text: string): string {
  return Array.from(text, (character) => (character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join('');
}

function countSet(rule: ReferenceRule): number {
  const { set } = rule;
  const texts = [set.fileName, set.filePath, set.fileHash, set.certificate, set.minimumVersion];
  const more = [set.fileDescription, set.productName, set.internalName];
  return [...texts, ...more].filter((each) => each !== undefined).length + (listOf(rule) === undefined ? 0 : 1);
}

function countValidations(rule: ReferenceRule): number {
  const asked = new Set(rule.set.validations ?? []);
  if (rule.type === 'userConfirmed') return asked.size;
  return rule.type === 'currentUser' && asked.has('justification') ? 1 : 0;
}

/** Vectors of the rule's list, or undefined when the list does not count. */
function listOf(rule: ReferenceRule): string[][] | undefined {
  if (rule.rejected || rule.set.arguments === undefined) return undefined;
  const vectors = rule.set.arguments
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => splitEntry(entry) ?? []);
  return rule.type === 'deny' && vectors.length === 0 ? undefined : vectors;
}

function doesMatch(rule: ReferenceRule, question: Question): boolean {
  const { set } = rule;
  const { facts } = question;
  if (!isWithinHours(set, question.local)) return false;
  const same = (wanted: string | undefined, fact: 'fileDescription' | 'productName' | 'internalName'): boolean => {
    if (wanted === undefined) return true;
    const shown = facts[fact] === undefined ? [] : [facts[fact]];
    const asked = rule.type === 'deny' ? textsOf(facts, fact) : shown;
    return asked.some((found) => upper(wanted.trim()) === upper(found.trim()));
  };
  if (set.fileHash !== undefined) {
    const digests = [facts.sha256, facts.sha384, facts.sha512];
    if (!digests.some((digest) => digest !== undefined && digest === set.fileHash?.trim().toLowerCase())) return false;
  }
  if (set.fileName !== undefined && !glob(set.fileName.trim(), facts.name)) return false;
  if (set.filePath !== undefined && !inFolder(set.filePath.trim(), question, rule.type === 'deny')) return false;
  const isFree = sayWhatTheyLike(facts);
  const asksForText = [set.fileDescription, set.productName, set.minimumVersion].some((each) => each !== undefined);
  if (isFree && asksForText && rule.type !== 'deny' && set.fileHash === undefined) return false;
  if (!isFree || rule.type !== 'deny') {
    if (!same(set.fileDescription, 'fileDescription')) return false;
    if (!same(set.productName, 'productName')) return false;
    if (set.minimumVersion !== undefined && !atLeast(set.minimumVersion, facts, rule.type === 'deny')) return false;
  }
  if (!same(set.internalName, 'internalName')) return false;
  if (rule.type === 'automatic' && facts.installer?.externalFiles !== undefined) return false;
  if (set.certificate !== undefined && certificateFit(rule, question) === 'no') return false;
  return argumentsPass(rule, question);
}

/** Whether anybody who has the package could have written its texts. */
function sayWhatTheyLike({ type, installer }: FileFacts): boolean {
  return installer === undefined ? type === 'msi' : !installer.textsSigned;
}

/** `*` and `?` within one name or segment. */
function glob(pattern: string, text: string): boolean {
  const source = Array.from({ length: pattern.length }, (_unit, index) => {
    const unit = upper(pattern).charAt(index);
    if (unit === '*') return '[^\\\\]*';
    return unit === '?' ? '[^\\\\]' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return new RegExp(`^${source.join('')}$`).test(upper(text));
}

function inFolder(path: string, question: Question, isDeny: boolean): boolean {
  let wanted = path.split('/').join('\\');
  let above: string[] = [];
  const variable = leadingVariable(wanted);
  if (variable !== undefined) {
    const value = variableValue(variable, question.world.machine, question.profile);
    if (value === undefined || !/^[A-Za-z]:([\\/]|$)/.test(value)) return false;
    above = value.split(/[\\/]/).filter((segment) => segment !== '');
    wanted = wanted.slice(variable.length + 2);
  }
  const segments = wanted.split('\\').filter((segment) => segment !== '');
  const below = segments.at(-1) === '**';
  if (below) segments.pop();
  const ofProfile = /^%(UserProfile|AppData|LocalAppData)%/i.test(path);
  const drive = above.length > 0 ? above : segments.slice(0, 1);
  const longNames = ofProfile ? [] : longNamesOf(drive, segments.slice(above.length > 0 ? 0 : 1), question.world);
  const shortNames = question.facts.shortFolder?.replace(/\\$/, '').split('\\');
  let { folder } = question.facts;
  while (folder.endsWith('\\')) folder = folder.slice(0, -1);
  const found = folder.split('\\');
  const total = above.length + segments.length;
  if (below ? found.length < total : found.length !== total) return false;
  if (!above.every((segment, index) => upper(segment) === upper(found[index] as string))) return false;
  return segments.every((segment, index) => {
    const place = above.length + index;
    const text = found[place] as string;
    if (text === '') return false;
    if (glob(segment, text)) return true;
    if (!isShortName(segment)) return false;
    if (shortNames?.length === found.length) return glob(segment, shortNames[place] as string);
    const long = longNames[place];
    return long === undefined ? isDeny : upper(long) === upper(text);
  });
}

/** Up to six characters, a tilde, digits, and perhaps an extension of three. */
function isShortName(segment: string): boolean {
  const [stem = '', extension, ...more] = segment.split(/\.(?=[^.]*$)/);
  const [name = '', digits = '', ...rest] = stem.split('~');
  if (more.length > 0 || rest.length > 0 || (extension?.length ?? 0) > 3 || extension?.includes('~') === true)
    return false;
  return name.length >= 1 && name.length <= 6 && /^[0-9]{1,6}$/.test(digits);
}

/** What the device makes of the longest folder of the path, up to a wildcard, that is there. */
function longNamesOf(start: readonly string[], segments: readonly string[], world: ReferenceWorld): readonly string[] {
  const wild = segments.findIndex((segment) => /[*?]/.test(segment));
  const head = wild < 0 ? segments : segments.slice(0, wild);
  for (let count = head.length; count > 0; count -= 1) {
    if (!head.slice(0, count).some(isShortName)) break;
    const long = world.longPath?.([...start, ...head.slice(0, count)].join('\\'))?.split('\\');
    if (long?.length === start.length + count) return long;
  }
  return [];
}

function atLeast(minimum: string, facts: FileFacts, inEveryLanguage: boolean): boolean {
  const texts = inEveryLanguage ? textsOf(facts, 'fileVersionText') : [facts.fileVersionText ?? ''];
  const written = texts.map((text) => versionNumbers(text.trim(), true));
  const versions = facts.fixedVersion === undefined ? written : [facts.fixedVersion];
  return versions.some((found) => found !== undefined && isNotBelow(found, minimum));
}

function isNotBelow(found: readonly number[], minimum: string): boolean {
  const wanted = versionNumbers(minimum, false);
  if (wanted === undefined) return false;
  for (let index = 0; index < 4; index += 1) {
    const difference = (found[index] as number) - (wanted[index] as number);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function certificateFit(rule: ReferenceRule, question: Question): 'yes' | 'unchecked' | 'no' {
  const { certificate } = rule.set;
  const wanted = certificate?.sha256.trim().toLowerCase();
  const above = (signature: SignatureFacts): boolean => signature.issuers.some((each) => each.sha256 === wanted);
  const signed = (signature: SignatureFacts): boolean => signature.leaf.sha256 === wanted;
  const { signatures } = question.facts;
  const beside = (signature: SignatureFacts): boolean =>
    signature.extraCertificates?.some((each) => each.sha256 === wanted) === true;
  if (rule.type === 'deny') {
    return signatures.some((each) => above(each) || signed(each) || beside(each)) ? 'yes' : 'no';
  }
  const placed = signatures.filter(certificate?.type === 'publisher' ? signed : above);
  const timestamps = rule.set.acceptTimestamped ?? question.settings.acceptTimestamped;
  const sound = placed.filter((each) => each.trusted && (each.validNow || (timestamps && each.validAtTimestamp)));
  if (sound.some((each) => each.revocation === 'good')) return 'yes';
  const setting = question.settings.revocationUnknown ?? (rule.type === 'automatic' ? 'refuse' : 'accept');
  return setting === 'accept' && sound.some((each) => each.revocation === 'unknown') ? 'unchecked' : 'no';
}

function argumentsPass(rule: ReferenceRule, question: Question): boolean {
  const { vector, facts } = question;
  const list = listOf(rule);
  const listed = list?.some((entry) => sameCall(entry, vector, facts)) ?? false;
  if (rule.type === 'deny') return list === undefined || listed;
  if (vector.length === 0) {
    if (rule.set.requireArguments === true) return false;
  } else if (list !== undefined && !listed) return false;
  else if (list === undefined && facts.type === 'msi' && !harmlessForMsi(vector)) return false;
  if (!isInterpreter(question)) return true;
  const literal = rule.set.fileName !== undefined && !/[*?]/.test(rule.set.fileName);
  if (rule.type === 'automatic' || !literal || list !== undefined) return listed && vector.length > 0;
  return true;
}

function sameCall(left: readonly string[], right: readonly string[], facts: FileFacts): boolean {
  const plain = (element: string): string => {
    if (facts.type !== 'msi') return element;
    const parts = /^([/-][^:=]*|[A-Za-z_][A-Za-z0-9_.]*(?==))(.*)$/s.exec(element);
    return parts === null ? element : upper(parts[1] as string) + (parts[2] as string);
  };
  return JSON.stringify(left.map(plain)) === JSON.stringify(right.map(plain));
}

function harmlessForMsi(vector: readonly string[]): boolean {
  const names = '/quiet /qn /qb /qr /qf /passive /norestart /promptrestart /forcerestart'.toUpperCase().split(' ');
  return vector.every((element) => names.includes(upper(element)));
}

function isInterpreter(question: Question): boolean {
  const additional = question.settings.additionalInterpreters.map((name) => name.trim().replace(/\.exe$/i, ''));
  return isProgram(question.facts, [...INTERPRETER_LIST.split(' '), ...additional]);
}

function isProgram(facts: FileFacts, names: readonly string[]): boolean {
  if (facts.type === 'msi' || facts.type === 'ps1') return false;
  const wanted = names.map(upper).filter((name) => name !== '');
  const resource = (text: string): string =>
    upper(text.trim())
      .replace(/\.MUI$/, '')
      .replace(/\.(EXE|DLL)$/, '');
  const given = [...textsOf(facts, 'originalName'), ...textsOf(facts, 'internalName')];
  if (given.some((text) => wanted.includes(resource(text)))) return true;
  return wanted.some((name) => upper(facts.name) === `${name}.EXE`);
}

function validGrant(question: Question): Grant | undefined {
  const { world, sid, time, facts, vector } = question;
  const fitting = (world.grants ?? []).filter(
    (grant) =>
      grant.start <= time &&
      time < grant.end &&
      [undefined, sid].includes(grant.requester) &&
      grant.sha256.toLowerCase() === facts.sha256 &&
      upper(grant.fileName.trim()) === upper(facts.name) &&
      sameCall(grant.arguments, vector, facts),
  );
  return fitting.sort((left, right) => (codePoints(left.id) < codePoints(right.id) ? -1 : 1))[0];
}

function notesFor(rule: ReferenceRule, question: Question): DecisionNote[] {
  const { set } = rule;
  const notes: DecisionNote[] = [];
  if (set.certificate !== undefined && certificateFit(rule, question) === 'unchecked') notes.push('revocationUnknown');
  if (question.facts.fromInternet === true) notes.push('fromInternet');
  const pattern = set.filePath !== undefined && /[*?]/.test(set.filePath);
  if (pattern && question.facts.writableByUsers === true) notes.push('writableFolder');
  return notes;
}
