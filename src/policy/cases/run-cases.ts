/** Decides every case of a file with the engine the agent decides with, and compares. */
import { TEXT_FACTS } from '../../engine/attributes/index.ts';
import { compile, decide, renderTrace, type CompiledPolicy } from '../../engine/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { parseLocalTime } from '../../engine/hours.ts';
import { parseRuleVersion } from '../../engine/version.ts';
import { fileHash, sha256, sid, type Sha256 } from '../../model/brands.ts';
import type { Decision } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';
import type { CertificateFacts, FileFacts, FileType, InstallerFacts, SignatureFacts } from '../../model/file-facts.ts';
import type { PolicyDocument } from '../../model/policy.ts';
import type { ElevationRequest } from '../../model/request.ts';
import type { CaseFile, PolicyCase } from './case-file.ts';

/** A person of a case that names none. */
const SOMEBODY = { sid: 'S-1-5-21-0-0-0-1001', profileFolder: 'C:\\Users\\somebody' } as const;
/** In place of the digest of a case that gives none: it matches no rule by hash, and is what the explanation shows. */
const NO_DIGEST = '(the case gives none)' as Sha256;

type CaseTime = Pick<ElevationRequest, 'time' | 'zoneOffset'>;

export interface CaseResult {
  readonly name: string;
  /** From 1, in the file of cases. */
  readonly line: number;
  readonly passed: boolean;
  /** What differs, one sentence each. */
  readonly differences: readonly string[];
  /** Why it was decided so. */
  readonly explanation: string;
  /** Milliseconds. */
  readonly duration: number;
}

/**
 * @param policies assigned to the device
 * @param now of every request that names no time
 */
export function runCases(file: CaseFile, policies: readonly PolicyDocument[], now: CaseTime): readonly CaseResult[] {
  const compiled = compile(policies, { machine: DEFAULT_WINDOWS_FOLDERS });
  return file.cases.map((policyCase) => runCase(policyCase, compiled, now));
}

function runCase(policyCase: CaseFile['cases'][number], compiled: CompiledPolicy, now: CaseTime): CaseResult {
  const start = performance.now();
  const request = requestOf(policyCase, now);
  const facts = factsOf(policyCase.file);
  const decision = decide(compiled, request, facts, { trace: true });
  const differences = differencesOf(policyCase.expect, decision);
  return {
    name: policyCase.name,
    line: policyCase.line,
    passed: differences.length === 0,
    differences,
    explanation: renderTrace(decision, facts, request),
    duration: performance.now() - start,
  };
}

function differencesOf(expected: PolicyCase['expect'], decision: Decision): readonly string[] {
  const winner = decision.basis.kind === 'rule' ? decision.basis.rule.name : undefined;
  const found = {
    outcome: decision.outcome,
    winner: winner ?? null,
    requirements: 'requirements' in decision ? [...decision.requirements].sort().join(', ') : '',
    reason: 'reason' in decision ? decision.reason : '',
    childProcesses: 'childProcesses' in decision ? decision.childProcesses : '',
  };
  const wanted: Partial<typeof found> = {
    outcome: expected.outcome,
    ...defined({ winner: expected.winner }),
    ...(expected.requirements === undefined ? {} : { requirements: [...expected.requirements].sort().join(', ') }),
    ...defined({ reason: expected.reason, childProcesses: expected.childProcesses }),
  };
  return (Object.keys(found) as (keyof typeof found)[])
    .filter((name) => wanted[name] !== undefined && wanted[name] !== found[name])
    .map((name) => `${name} is ${quoted(found[name])}, not ${quoted(wanted[name])}.`);
}

function quoted(value: string | null | undefined): string {
  return value === null || value === undefined || value === '' ? 'none' : `"${value}"`;
}

function requestOf({ user = {}, trigger, arguments: vector, localTime }: PolicyCase, now: CaseTime): ElevationRequest {
  const at = localTime === undefined ? undefined : parseLocalTime(localTime);
  return {
    trigger: trigger ?? 'userInitiated',
    requester: {
      sid: sid(user.sid ?? SOMEBODY.sid),
      isAdministrator: user.administrator ?? false,
      isElevatedByEpm: false,
      profileFolder: user.profileFolder ?? SOMEBODY.profileFolder,
    },
    arguments: vector ?? [],
    ...(at === undefined ? now : { time: at.start, zoneOffset: 0 }),
  };
}

function factsOf(file: PolicyCase['file']): FileFacts {
  const path = file.path.replaceAll('/', '\\');
  const at = path.lastIndexOf('\\');
  const name = path.slice(at + 1);
  const folder = path.slice(0, Math.max(at, 0));
  const type = /\.(exe|msi|ps1)$/i.exec(name)?.[1]?.toLowerCase() as FileType | undefined;
  const { version, originalName, fromInternet } = file;
  const fixedVersion = version === undefined ? undefined : parseRuleVersion(version);
  return {
    path,
    folder: /^[A-Za-z]:$/.test(folder) ? `${folder}\\` : folder,
    name,
    type,
    refusal:
      type === undefined
        ? { reason: 'typeUnknown', message: 'Only files with the extension .exe, .msi or .ps1 are elevated.' }
        : undefined,
    size: 1,
    sha256: file.sha256 === undefined ? NO_DIGEST : sha256(file.sha256),
    ...(file.sha384 === undefined ? {} : { sha384: fileHash(file.sha384) }),
    ...(file.sha512 === undefined ? {} : { sha512: fileHash(file.sha512) }),
    ...defined({ fixedVersion, fileVersionText: version }),
    ...Object.fromEntries(TEXT_FACTS.flatMap((fact) => (file[fact] === undefined ? [] : [[fact, file[fact]]]))),
    ...defined({ originalName, fromInternet }),
    ...(type === 'msi' ? { installer: installerOf(file) } : {}),
    signatures: file.publisher === undefined ? [] : [signatureOf(file.publisher, file)],
  };
}

function installerOf({ textsSigned = false, externalFiles = false }: PolicyCase['file']): InstallerFacts {
  const beside = { cabinets: [], cabinetCount: 0, uncompressed: true };
  return { summary: {}, textsSigned, ...(externalFiles ? { externalFiles: beside } : {}) };
}

function signatureOf(publisher: string, { authorities = [], signature = 'good' }: PolicyCase['file']): SignatureFacts {
  const expired = signature === 'expired' || signature === 'timestamped';
  return {
    leaf: certificate(publisher),
    issuers: authorities.map(certificate),
    trusted: signature !== 'untrusted',
    validNow: !expired,
    validAtTimestamp: signature === 'timestamped',
    revocation: signature === 'revoked' ? 'revoked' : signature === 'unchecked' ? 'unknown' : 'good',
  };
}

function certificate(digest: string): CertificateFacts {
  return { sha256: sha256(digest), subject: `certificate ${digest.slice(0, 16).toLowerCase()}` };
}
