import type { ChainHead, Refutation, Verification } from '../../audit/chain.ts';
import { readJournal } from '../../audit/file-storage.ts';
import { RecordVerifier, verifyFiles } from '../../audit/verify.ts';
import type { StatusReport } from '../../agent/contract.ts';
import { EpmError } from '../../model/errors.ts';
import { JOURNAL_STATES, type JournalState } from '../../model/journal-states.ts';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fields, json, shown } from '../output/text.ts';
import { AuditProof, deviceKey, type MoreProved, notedHead, type ProofOptions } from '../input/audit-proof.ts';
import { journalOption, jsonOption } from '../input/options.ts';
import { requireJournal } from '../input/read-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface VerifyOptions extends ProofOptions {
  readonly journal?: string;
  readonly json?: true;
}

interface Outcome {
  readonly verification: Verification;
  /** What the agent says of its own journal. */
  readonly agent?: StatusReport['journal'];
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('prove that no record was changed, removed or added')
    .addOption(journalOption())
    .option('--key <file>', 'verification keys that `epm audit seal` printed, one a line: every seal is compared')
    .option('--device-key <key>', 'key or identifier of the device: its signatures are compared', deviceKey)
    .option('--head <[number:]hash>', 'hash of a record, noted earlier: everything up to it must be there', notedHead)
    .addOption(jsonOption())
    .action(async (_options: VerifyOptions, self: Command) => {
      end(await auditVerify(io, self.optsWithGlobals<VerifyOptions>()));
    });
};

/**
 * Proves the journal: its files, or the records as the agent hands them out, which takes an administrator.
 * @returns 1 when a record was changed, removed or added, when the noted one is not there, and when there is none
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_VERIFICATION_KEY_INVALID, EPM_AUDIT_UNREADABLE,
 * EPM_AGENT_UNREACHABLE, EPM_NOT_ADMINISTRATOR
 */
async function auditVerify(io: Io, { journal, json: asJson, ...options }: VerifyOptions): Promise<ExitCode> {
  const proof = await AuditProof.from(options);
  const { verification: found, agent } =
    journal === undefined ? await verifyOfAgent(proof) : await verifyPlace(journal, proof);
  const verification = proof.judge(found);
  const { more } = proof;
  const state = stateOf(verification, agent);
  const ok = JOURNAL_STATES[state].proved;
  const outcome = { ...verification, ok, state, ...more, ...(agent === undefined ? {} : { agent }) };
  io.out(asJson === true ? json(outcome) : describe(verification, state, more, { options, agent }));
  if (ok && verification.records === 0) {
    io.error('epm: The journal has no records, so nothing is proved. The agent writes one when it starts.\n');
    return EXIT.negative;
  }
  return ok ? EXIT.done : EXIT.negative;
}

/** What is there may verify, and yet not be what the agent left: it says so, as no record can that is missing now. */
function stateOf(verification: Verification, agent: Outcome['agent']): JournalState {
  const isFault = agent !== undefined && !JOURNAL_STATES[agent.state].proved && agent.state !== 'unverified';
  return verification.ok && isFault ? agent.state : verification.state;
}

async function verifyPlace(journal: string, proof: AuditProof): Promise<Outcome> {
  await requireJournal(journal);
  return { verification: await verifyFiles(readJournal(journal), (record) => proof.see(record), proof.checks) };
}

async function verifyOfAgent(proof: AuditProof): Promise<Outcome> {
  const { askAgent, askAudit } = await import('../agent/connect.ts');
  // Asked before: records that come meanwhile are behind this head.
  const { journal: agent } = await askAgent('status', {});
  const verifier = new RecordVerifier(proof.checks);
  let hash: string | undefined;
  const { all } = await askAudit(
    {},
    {
      event({ record, truncated }) {
        verifier.take(record, truncated === true);
        proof.see(record);
        if (record.sequence === agent.records) hash = record.recordHash;
      },
    },
  );
  if (!all) {
    throw new EpmError('EPM_NOT_ADMINISTRATOR', 'Only administrators get every record, which the proof needs.');
  }
  const verification = verifier.end();
  const isThere = hash === agent.headHash || agent.records === 0;
  return { verification: verification.ok && !isThere ? notThere(verification, agent) : verification, agent };
}

/** The agent's own newest record did not come. */
function notThere(proof: ChainHead, agent: ChainHead): Refutation {
  const isCut = proof.records < agent.records;
  const record = isCut ? proof.records + 1 : agent.records;
  const message = isCut
    ? `The records end with number ${proof.records}; the agent has ${agent.records}.`
    : `Record ${agent.records} is not the one that the agent names.`;
  return { ok: false, state: isCut ? 'cut' : 'replaced', records: proof.records, record, reason: 'head', message };
}

function describe(
  verification: Verification,
  state: JournalState,
  more: MoreProved,
  { options, agent }: { readonly options: ProofOptions; readonly agent: Outcome['agent'] },
): string {
  if (!verification.ok) return `The journal does not verify: ${state}.\n${shown(verification.message)}\n`;
  const { records, firstRecord, headHash: head, truncatedRecords, unfinishedBytes } = verification;
  const { proved, meaning } = JOURNAL_STATES[state];
  return fields([
    ['Journal', proved ? 'verified' : `not as the agent left it: ${state}. ${meaning}`],
    ['Records', firstRecord === 1 ? records : `${firstRecord} to ${records}; older ones were removed by their age`],
    ['Head', head],
    ['Noted head', more.notedRecord === undefined ? undefined : `record ${more.notedRecord}`],
    ['Seals', describeSeals(more, options.key !== undefined)],
    ['Signed', more.signedRecords === undefined ? undefined : `by the device, up to record ${more.signedRecords}`],
    [
      'Truncated',
      truncatedRecords === 0
        ? undefined
        : `${truncatedRecords} records were cut for display: they are linked, their content was not compared`,
    ],
    ['Unfinished', unfinishedBytes === 0 ? undefined : `${unfinishedBytes} bytes at the end`],
    ['Event log', agent?.eventLog],
  ]);
}

function describeSeals({ sealed, hasSeals }: MoreProved, isKeyGiven: boolean): string | undefined {
  if (sealed !== undefined) return `records ${sealed.first} to ${sealed.last} are as the agent sealed them`;
  if (isKeyGiven) return 'no record is behind the one from which on the key seals';
  return hasSeals ? 'not compared: give --key' : undefined;
}
