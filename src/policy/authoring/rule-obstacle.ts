/** Asks the engine whether a rule takes the file that it was made from, before anybody relies on it. */
import { compile, decide } from '../../engine/index.ts';
import { attributeInWords } from '../../engine/words.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { sid } from '../../model/brands.ts';
import type { FileFacts, SignatureFacts } from '../../model/file-facts.ts';
import type { RuleInput } from '../../model/rule.ts';
import { isRefusedInPlace } from './rule-source.ts';

/** A user that exists nowhere. */
const SOMEBODY = { sid: sid('S-1-5-21-0-0-0-1001'), isAdministrator: false, isElevatedByEpm: false };

/**
 * What keeps a rule from deciding about a file when it is the only one, at a time at which it matches.
 * @param vector arguments of the call
 * @returns sentences' ends, each "attribute: expected …; found …"; undefined when the rule decides. Where no Windows was
 *   asked, a certificate counts as not revoked: the device asks for itself
 */
export function obstacleOf(written: RuleInput, facts: FileFacts, vector: readonly string[]): string | undefined {
  const { activeFrom: _from, activeUntil: _until, activeHours: _hours, ...rule } = written;
  const policy = {
    id: 'new',
    scope: { kind: 'device' },
    settings: { enabled: true },
    rules: [rule],
    rejected: [],
  } as const;
  const compiled = compile([policy], { machine: DEFAULT_WINDOWS_FOLDERS });
  const request = { trigger: 'userInitiated', requester: SOMEBODY, arguments: vector, time: 0, zoneOffset: 0 } as const;
  const { basis, trace } = decide(compiled, request, asOnDevice(facts), { trace: true });
  if (basis.kind === 'rule') return undefined;
  const failed = trace?.nearMisses[0]?.failed ?? [];
  if (failed.length === 0) return 'no attribute of it fits';
  return failed
    .map(({ attribute, expected, found }) => `${attributeInWords(attribute)}: expected ${expected}; found ${found}`)
    .join('; ');
}

/** The same file where the rule is for: in a place that is accepted, and with an answer about revocation. */
function asOnDevice(facts: FileFacts): FileFacts {
  return {
    ...facts,
    refusal: isRefusedInPlace(facts) ? undefined : facts.refusal,
    signatures: facts.signatures.map((signature) =>
      wasAsked(signature) ? signature : { ...signature, revocation: 'good' },
    ),
  };
}

function wasAsked({ machine, revocation }: SignatureFacts): boolean {
  return machine !== undefined || revocation !== 'unknown';
}
