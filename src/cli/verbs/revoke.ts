/** What an approver does to take an approval back, on any system and without an agent. */
import { LiveTopics } from '../../agent/live-channel/topics.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import type { RevocationStatement } from '../../model/revocation-statement.ts';
import { readGrantText } from '../../requests/grants/grant-text.ts';
import { writeRevocationText } from '../../requests/grants/revocation-text.ts';
import { parseJustification } from '../../requests/justification.ts';
import { readRequestText, REQUEST_PREFIX } from '../../requests/request-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openApprovalKey } from '../input/approval-key.ts';
import { addBrokerOptions, type BrokerOptions, publishOnce } from '../input/broker.ts';
import { jsonOption } from '../input/options.ts';
import { addPassphraseOptions, type PassphraseOptions } from '../input/passphrase.ts';
import { PASTED, pastedText } from '../input/pasted-text.ts';
import type { Io } from '../io.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

const DAY = 86_400_000;
/** Milliseconds for which a broker keeps a revocation at least: a device that is away for longer needs it by policy. */
const KEPT = 400 * DAY;
const ID = /^(?:[0-9a-f]{16}|[A-Za-z0-9_-]{22})$/;
const DEVICE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface RevokeOptions extends PassphraseOptions, BrokerOptions {
  readonly key: string;
  readonly device?: string;
  readonly deviceGroup?: string;
  readonly reason?: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  addBrokerOptions(
    addPassphraseOptions(
      command
        .description(
          'sign that a grant, or all that answers a request, no longer counts; a request that waits is denied by it',
        )
        .argument('<subject...>', `a grant or a request: ${PASTED}; or the identifier of one`)
        .requiredOption('--key <file>', 'your key, as `epm approval-key new` made it')
        .option('--device <id>', 'the device, where only an identifier is given')
        .option('--device-group <name>', 'all devices of a group of the policy; the key needs the right to it')
        .option('--reason <text>', 'what you say about it; the user and the audit are told')
        .addOption(jsonOption()),
    ),
  ).action(async (words: string[], options: RevokeOptions) => end(await revoke(io, words, options)));
};

/**
 * Prints the revocation alone on standard output.
 * @throws EpmError EPM_GRANT_INVALID, EPM_REQUEST_TEXT_INVALID, EPM_REVOCATION_TEXT_INVALID, EPM_APPROVER_KEY_INVALID,
 *   EPM_JUSTIFICATION_INVALID, EPM_ARGUMENT, EPM_BROKER and the codes of reading files
 */
async function revoke(io: Io, words: readonly string[], options: RevokeOptions): Promise<ExitCode> {
  const now = Date.now();
  const { deviceGroup, reason, broker } = options;
  const { of, device } = await subjectOf(io, words, options);
  const target: RevocationStatement['device'] | undefined =
    deviceGroup === undefined ? device : { kind: 'group', name: deviceGroup };
  if (target === undefined) {
    throw new EpmError('EPM_ARGUMENT', 'An identifier alone does not say on which device it is.', {
      hint: 'Give --device or --device-group, or the whole text of the grant or the request.',
    });
  }
  const statement: RevocationStatement = {
    of,
    device: target,
    time: Math.floor(now / 1000) * 1000,
    ...defined({ reason: reason === undefined ? undefined : parseJustification(reason) }),
  };
  const text = writeRevocationText(statement, await openApprovalKey(io, options.key, options));
  if (broker !== undefined) {
    const topic = new LiveTopics(options.topicPrefix).answer(target, `revocations/${of}`);
    await publishOnce({ ...options, broker }, topic, text, now + KEPT);
  }
  io.out(options.json === true ? json({ revocation: text, statement }) : `${text}\n`);
  return EXIT.done;
}

async function subjectOf(
  io: Io,
  words: readonly string[],
  { device }: RevokeOptions,
): Promise<{ readonly of: string; readonly device?: RevocationStatement['device'] }> {
  const [word = ''] = words;
  if (words.length === 1 && ID.test(word)) {
    if (device !== undefined && !DEVICE_ID.test(device)) {
      throw new EpmError('EPM_ARGUMENT', 'The device is no identifier of one.', {
        hint: 'Requests, grants and `epm status` name it.',
      });
    }
    return { of: word, ...(device === undefined ? {} : { device: { kind: 'device', id: device } }) };
  }
  const text = await pastedText(io, words);
  if (text.trimStart().startsWith(REQUEST_PREFIX)) {
    const { request } = readRequestText(text);
    return { of: request.id, device: { kind: 'device', id: request.requestedOnDeviceId } };
  }
  const { statement } = readGrantText(text);
  return { of: statement.id, device: statement.device };
}
