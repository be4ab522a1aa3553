import type { ChainHead, Refutation, Verification } from '../../audit/chain.ts';
import { readJournal } from '../../audit/file-storage.ts';
import { RecordVerifier, verifyJournal } from '../../audit/verify.ts';
import type { StatusReport } from '../../agent/contract.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import { EpmError } from '../../model/errors.ts';
import { JOURNAL_STATES, type JournalState } from '../../model/journal-states.ts';
import { InvalidArgumentError, type Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fields, json, shown } from '../output/text.ts';
import { journalOption, jsonOption } from '../input/options.ts';
import { requireJournal } from '../input/read-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface VerifyOptions {
  readonly journal?: string;
  readonly head?: string;
  readonly json?: true;
}

interface Outcome {
  readonly verification: Verification;
  /** What the agent says of its own journal. */
  readonly agent?: StatusReport['journal'];
  /** Sequence number of the record that `--head` names. */
  readonly notedRecord?: number;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('prove that no record was changed, removed or added')
    .addOption(journalOption())
    .option('--head <hash>', 'hash of a record, noted earlier: everything up to it must be there', headHash)
    .addOption(jsonOption())
    .action(async (_options: VerifyOptions, self: Command) => {
      end(await auditVerify(io, self.optsWithGlobals<VerifyOptions>()));
    });
};

/**
 * Proves the journal: its files, or the records as the agent hands them out, which takes an administrator.
 * @returns 1 when a record was changed, removed or added, when the noted one is not there, and when there is none
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_AUDIT_UNREADABLE, EPM_AGENT_UNREACHABLE,
 * EPM_NOT_ADMINISTRATOR
 */
async function auditVerify(io: Io, { journal, head, json: asJson }: VerifyOptions): Promise<ExitCode> {
  const noted = new NotedRecord(head);
  const outcome = noted.judge(journal === undefined ? await verifyOfAgent(noted) : await verifyFiles(journal, noted));
  const { verification, ...more } = outcome;
  const state = stateOf(outcome);
  const ok = JOURNAL_STATES[state].proved;
  io.out(asJson === true ? json({ ...verification, ok, state, ...more }) : describe(outcome, state));
  if (ok && verification.records === 0) {
    io.error('epm: The journal has no records, so nothing is proved. The agent writes one when it starts.\n');
    return EXIT.negative;
  }
  return ok ? EXIT.done : EXIT.negative;
}

/** What is there may verify, and yet not be what the agent left: it says so, as no record can that is missing now. */
function stateOf({ verification, agent }: Outcome): JournalState {
  const isFault = agent !== undefined && !JOURNAL_STATES[agent.state].proved && agent.state !== 'unverified';
  return verification.ok && isFault ? agent.state : verification.state;
}

async function verifyFiles(journal: string, noted: NotedRecord): Promise<Outcome> {
  await requireJournal(journal);
  return { verification: await verifyJournal(readJournal(journal), (record) => noted.see(record)) };
}

async function verifyOfAgent(noted: NotedRecord): Promise<Outcome> {
  const { askAgent, askAudit } = await import('../agent/connect.ts');
  // Asked before: records that come meanwhile are behind this head.
  const { journal: agent } = await askAgent('status', {});
  const verifier = new RecordVerifier();
  let hash: string | undefined;
  const { all } = await askAudit(
    {},
    {
      event({ record, truncated }) {
        verifier.take(record, truncated === true);
        noted.see(record);
        if (record.sequence === agent.records) hash = record.recordHash;
      },
    },
  );
  if (!all) {
    throw new EpmError('EPM_NOT_ADMINISTRATOR', 'Only administrators get every record, which the proof needs.');
  }
  const proof = verifier.end();
  const isThere = hash === agent.headHash || agent.records === 0;
  return { verification: proof.ok && !isThere ? notThere(proof, agent) : proof, agent };
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

/** A record whose hash somebody noted: everything up to it is there when it is. */
class NotedRecord {
  readonly #hash: string | undefined;
  #record: number | undefined;

  constructor(hash: string | undefined) {
    this.#hash = hash;
  }

  see({ sequence, previousHash, recordHash }: AuditRecord): void {
    if (this.#hash === undefined) return;
    // The record before the first one that is there: it was removed by its age, and the chain begins behind it.
    if (this.#record === undefined && previousHash === this.#hash) this.#record = sequence - 1;
    if (recordHash === this.#hash) this.#record = sequence;
  }

  judge(outcome: Outcome): Outcome {
    const { verification } = outcome;
    if (this.#hash === undefined || !verification.ok) return outcome;
    if (this.#record !== undefined) return { ...outcome, notedRecord: this.#record };
    const { records } = verification;
    const message = 'No record has the hash that --head gives: the journal was cut before it, or is another one.';
    const refutation = { ok: false, state: 'replaced', records, record: records + 1, reason: 'head', message } as const;
    return { ...outcome, verification: refutation };
  }
}

/** @throws InvalidArgumentError */
function headHash(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new InvalidArgumentError('The 64 hexadecimal digits of a hash are expected.');
  return text.toLowerCase();
}

function describe({ verification, agent, notedRecord }: Outcome, state: JournalState): string {
  if (!verification.ok) return `The journal does not verify: ${state}.\n${shown(verification.message)}\n`;
  const { records, firstRecord, headHash: head, truncatedRecords, unfinishedBytes } = verification;
  const { proved, meaning } = JOURNAL_STATES[state];
  return fields([
    ['Journal', proved ? 'verified' : `not as the agent left it: ${state}. ${meaning}`],
    ['Records', firstRecord === 1 ? records : `${firstRecord} to ${records}; older ones were removed by their age`],
    ['Head', head],
    ['Noted head', notedRecord === undefined ? undefined : `record ${notedRecord}`],
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
