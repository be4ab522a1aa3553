/** What an approver does, on any system and without an agent: read a request, say yes, hand back a grant. */
import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, Option } from 'commander';
import { LiveTopics } from '../../agent/live-channel/topics.ts';
import { newRule } from '../../policy/authoring/new-rule.ts';
import { sourceOfRequest } from '../../policy/authoring/rule-source.ts';
import { orderedRule } from '../../policy/declaration/canonical.ts';
import { defined } from '../../model/defined.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { GrantStatement } from '../../model/grant.ts';
import type { StatedRequest } from '../../model/support-request.ts';
import { writeGrantText } from '../../requests/grants/grant-text.ts';
import { parseJustification } from '../../requests/justification.ts';
import { readRequestText } from '../../requests/request-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { addBrokerOptions, type BrokerOptions, publishOnce } from '../input/broker.ts';
import { openApprovalKey } from '../input/approval-key.ts';
import { jsonOption, time, wholeNumber } from '../input/options.ts';
import { addPassphraseOptions, type PassphraseOptions } from '../input/passphrase.ts';
import { PASTED, pastedText } from '../input/pasted-text.ts';
import type { Io } from '../io.ts';
import { describeGrant } from '../output/describe-grant.ts';
import { describeSupportRequest } from '../output/describe-support-request.ts';
import { qrBlocks, qrSvg } from '../output/qr.ts';
import { json, shown } from '../output/text.ts';
import { writeOutputs } from '../output/write-file.ts';
import type { DeclareVerb } from '../verb.ts';

const HOUR = 3_600_000;
const DEFAULT_HOURS = 24;
const GRANT_ID_BYTES = 8;

interface ApproveOptions extends PassphraseOptions, BrokerOptions {
  readonly key?: string;
  readonly hours?: number;
  readonly until?: number;
  readonly singleUse?: true;
  readonly anyUser?: true;
  readonly deviceGroup?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly check?: true;
  readonly qr?: true;
  readonly qrFile?: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  const declared = addPassphraseOptions(
    command
      .description('show a support request that somebody sent you, and sign a grant for it; no agent is needed')
      .argument('<request...>', PASTED)
      .option('--key <file>', 'your key, as `epm approval-key new` made it; needed to sign')
      .option('--hours <number>', `how long the grant counts; otherwise ${DEFAULT_HOURS}`, hours)
      .addOption(new Option('--until <time>', 'its end, such as 2026-12-24T18:00Z').argParser(time).conflicts('hours'))
      .option('--single-use', 'for one start only')
      .option('--any-user', 'for every user of the device; the key needs the right to it')
      .option('--device-group <name>', 'for all devices of a group of the policy; the key needs the right to it')
      .option('--reason <text>', 'what you say about it; the user and the audit are told')
      .option('--yes', 'sign without being asked, for scripts')
      .addOption(new Option('--check', 'only show it; nothing is signed').conflicts(['yes', 'qr', 'qrFile']))
      .option('--qr', 'print the grant as a QR code too')
      .option('--qr-file <file>', 'write the QR code as an SVG file')
      .addOption(jsonOption()),
  );
  addBrokerOptions(declared).action(async (words: string[], options: ApproveOptions) => {
    end(await approve(io, words, options));
  });
};

/**
 * Shows what is asked and what the grant would admit, asks, and prints the grant alone on standard output.
 * @returns 1 when the person said no, 4 when nobody could be asked
 * @throws EpmError EPM_REQUEST_TEXT_INVALID, EPM_APPROVER_KEY_INVALID, EPM_GRANT_INVALID, EPM_JUSTIFICATION_INVALID,
 *   EPM_ARGUMENT, EPM_BROKER and the codes of reading and writing files
 */
async function approve(io: Io, words: readonly string[], options: ApproveOptions): Promise<ExitCode> {
  const pasted = await pastedText(io, words);
  const { request } = readRequestText(pasted);
  const now = Date.now();
  const grant = grantFor(request, options, now);
  const asJson = options.json === true;
  const described =
    `${describeSupportRequest(request, now)}\nWhat you would sign:\n${describeGrant(grant)}` +
    `A rule that does the same for good: ${tightestRule(request)}\n`;
  if (options.check === true) {
    const text = pasted.replace(/\s+/g, '');
    io.out(asJson ? json({ text, shown: described, statement: grant, request }) : described);
    return EXIT.done;
  }
  const { key } = options;
  if (key === undefined) {
    throw new EpmError('EPM_ARGUMENT', 'The key to sign with is missing.', {
      hint: 'Name it with --key, or look at the request with --check.',
    });
  }
  if (!asJson) io.error(described);
  if (options.yes !== true) {
    if (!io.interactive || words.join('') === '-') {
      io.error('epm: Nobody was asked, so nothing was signed. Give --yes once you have read what is asked.\n');
      return EXIT.needsMore;
    }
    if (!/^y(?:es)?$/i.test((await io.ask('Approve it? [y/N] ')).trim())) return EXIT.negative;
  }
  const text = writeGrantText(grant, await openApprovalKey(io, key, options));
  const { broker } = options;
  if (broker !== undefined) {
    const topic = new LiveTopics(options.topicPrefix).answer(grant.device, `grants/${grant.id}`);
    await publishOnce({ ...options, broker }, topic, text, grant.until);
  }
  if (options.qrFile !== undefined) await writeOutputs(io, [{ path: options.qrFile, content: qrSvg(text) }]);
  io.out(asJson ? json({ grant: text, statement: grant, request }) : `${text}\n`);
  if (options.qr === true && !asJson) io.out(qrBlocks(text));
  return EXIT.done;
}

/** The grant for exactly what is asked. Its times are whole seconds. */
function grantFor(request: StatedRequest, options: ApproveOptions, now: number): GrantStatement {
  const from = Math.floor(now / 1000) * 1000;
  const until = options.until ?? from + (options.hours ?? DEFAULT_HOURS) * HOUR;
  if (until <= from) {
    throw new EpmError('EPM_ARGUMENT', 'The end of the grant is over already.', { hint: 'Give a later --until.' });
  }
  const { fileHash: sha256, fileName } = request.applicationDetail;
  const { deviceGroup, reason } = options;
  return {
    id: randomBytes(GRANT_ID_BYTES).toString('hex'),
    requestId: request.id,
    device:
      deviceGroup === undefined
        ? { kind: 'device', id: request.requestedOnDeviceId }
        : { kind: 'group', name: deviceGroup },
    ...(options.anyUser === true ? {} : { requester: request.requestedByUserId }),
    sha256,
    fileName,
    arguments: request.arguments,
    from,
    until,
    ...(options.singleUse === true ? { uses: 1 } : {}),
    ...defined({ reason: reason === undefined ? undefined : parseJustification(reason) }),
  };
}

/** The rule for this file, folder and command line alone; or why there can be none. */
function tightestRule(request: StatedRequest): string {
  try {
    const choices = { type: 'userConfirmed', identity: 'hash', samePath: true, sameArguments: true } as const;
    const { rule } = newRule(sourceOfRequest(request), choices);
    return shown(JSON.stringify(orderedRule(rule, true)));
  } catch (error) {
    if (!isEpmError(error) || error.code !== 'EPM_RULE_SOURCE') throw error;
    return `none. ${shown(error.message)}`;
  }
}

function hours(text: string): number {
  const number = wholeNumber(text);
  if (number < 1 || number > 1_000_000) throw new InvalidArgumentError('A number of hours from 1 on is expected.');
  return number;
}
