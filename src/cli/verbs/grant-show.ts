/** What a grant says, and whether a policy stands behind it. */
import type { ApproverKey } from '../../model/approver-key.ts';
import { EpmError } from '../../model/errors.ts';
import { GRANT_FAULTS, type GrantFault } from '../../model/grant-faults.ts';
import type { GrantStatement } from '../../model/grant.ts';
import { ApproverKeys } from '../../requests/grants/approver-keys.ts';
import { CLOCK_TOLERANCE } from '../../requests/grants/grant-book.ts';
import { readGrantText } from '../../requests/grants/grant-text.ts';
import { exceedsKey } from '../../requests/grants/key-limits.ts';
import { displayText } from '../../text/display.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { ANY_FORMAT, jsonOption } from '../input/options.ts';
import { PASTED, pastedText } from '../input/pasted-text.ts';
import { readPoliciesFrom } from '../input/read-policies.ts';
import type { Io } from '../io.ts';
import { describeGrant } from '../output/describe-grant.ts';
import { qrBlocks } from '../output/qr.ts';
import { fields, json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

interface GrantShowOptions {
  readonly keys?: readonly string[];
  readonly qr?: true;
  readonly json?: true;
}

/** Whose signatures count, and what does not any more. */
interface Trust {
  readonly keys: readonly ApproverKey[];
  readonly revoked: ReadonlySet<string>;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('say what a grant admits, and check who signed it')
    .argument('<grant...>', PASTED)
    .option('--keys <file...>', `policies with the keys of approvers, ${ANY_FORMAT}`)
    .option('--qr', 'print it as a QR code too')
    .addOption(jsonOption())
    .action(async (words: string[], options: GrantShowOptions) => {
      end(await grantShow(io, words, options));
    });
};

/**
 * @returns 1 when it has no effect as far as can be said without its device
 * @throws EpmError EPM_GRANT_INVALID, EPM_ARGUMENT for policies without keys, and the codes of reading policies
 */
async function grantShow(
  io: Io,
  words: readonly string[],
  { keys: files, qr, json: asJson }: GrantShowOptions,
): Promise<ExitCode> {
  const text = await pastedText(io, words);
  const { statement, signed } = readGrantText(text);
  const trust = files === undefined ? undefined : await trustIn(io, files);
  const signers = trust === undefined ? undefined : new ApproverKeys(trust.keys).signersOf(signed);
  const fault = faultOf(statement, signers, trust, Date.now());
  const keyId = Buffer.from(signed.keyId).toString('hex');
  if (asJson === true) {
    io.out(json({ statement, keyId, signers: signers?.map(({ name }) => name) ?? null, fault: fault ?? null }));
  } else {
    io.out(
      describeGrant(statement) +
        fields([
          ['Key id', keyId],
          ['Signed by', signerText(signers)],
          ['No effect', fault && `${GRANT_FAULTS[fault].meaning} (${fault})`],
          ['Next step', fault && GRANT_FAULTS[fault].hint],
        ]),
    );
    if (qr === true) io.out(qrBlocks(text.replace(/\s+/g, '')));
  }
  return fault === undefined ? EXIT.done : EXIT.negative;
}

function signerText(signers: readonly ApproverKey[] | undefined): string {
  if (signers === undefined) return 'not checked: give --keys';
  if (signers.length === 0) return 'none of the keys';
  return signers.map(({ name, approver }) => `${name} (${approver})`).join(', ');
}

/** What can be said without a device: of several keys the best counts. */
function faultOf(
  statement: GrantStatement,
  signers: readonly ApproverKey[] | undefined,
  trust: Trust | undefined,
  now: number,
): GrantFault | undefined {
  if (signers === undefined || trust === undefined) return timeFault(statement, now);
  const faults = signers.map((key) => keyFault(statement, key, trust, now) ?? timeFault(statement, now));
  return faults.length === 0 ? 'grantUnknownKey' : faults.includes(undefined) ? undefined : faults[0];
}

function keyFault(
  statement: GrantStatement,
  key: ApproverKey,
  { revoked }: Trust,
  now: number,
): GrantFault | undefined {
  if (revoked.has(key.name)) return 'grantKeyRevoked';
  if ((key.validUntil ?? Infinity) <= now || (key.validFrom ?? -Infinity) > now) return 'grantKeyExpired';
  if (revoked.has(statement.id) || revoked.has(statement.requestId)) return 'grantRevoked';
  return exceedsKey(statement, key) ? 'grantKeyMayNot' : undefined;
}

function timeFault({ from, until }: GrantStatement, now: number): GrantFault | undefined {
  if (from > now + CLOCK_TOLERANCE) return 'grantNotYet';
  return until <= now ? 'grantExpired' : undefined;
}

async function trustIn(io: Io, files: readonly string[]): Promise<Trust> {
  const read = await Promise.all(files.map((file) => readPoliciesFrom(io, file, {})));
  const approvals = read.flatMap(({ policies }) => policies.flatMap((policy) => policy.approvals ?? []));
  const keys = approvals.flatMap(({ approverKeys }) => approverKeys);
  if (keys.length === 0) {
    throw new EpmError('EPM_ARGUMENT', `No key of an approver is in "${displayText(files.join('", "'))}".`, {
      hint: 'Give the policy of the device, or what `epm approval-key show --json` printed.',
    });
  }
  return { keys, revoked: new Set(approvals.flatMap(({ revocations }) => revocations.map(({ of }) => of))) };
}
