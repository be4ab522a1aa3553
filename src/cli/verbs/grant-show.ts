/** What a grant says, and whether the keys of a policy stand behind it. */
import type { ApproverKey } from '../../model/approver-key.ts';
import { EpmError } from '../../model/errors.ts';
import { GRANT_FAULTS, type GrantFault } from '../../model/grant-faults.ts';
import type { GrantStatement } from '../../model/grant.ts';
import { ApproverKeys } from '../../requests/grants/approver-keys.ts';
import { GRANT_PREFIX, readGrantText } from '../../requests/grants/grant-text.ts';
import { displayText } from '../../text/display.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import { PASTED, pastedText } from '../input/pasted-text.ts';
import { readJsonObject } from '../input/read-file.ts';
import type { Io } from '../io.ts';
import { describeGrant } from '../output/describe-grant.ts';
import { qrBlocks } from '../output/qr.ts';
import { fields, json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

/** As the device does: its clock may be behind that of the approver. */
const CLOCK_TOLERANCE = 300_000;

interface GrantShowOptions {
  readonly keys?: readonly string[];
  readonly qr?: true;
  readonly json?: true;
}

/** What of a listed key is needed to find who signed. */
type ListedKey = Pick<ApproverKey, 'name' | 'publicKey'>;

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('say what a grant admits, and check who signed it')
    .argument('<grant...>', PASTED)
    .option(
      '--keys <file...>',
      'JSON files with "approverKeys": policies, or what `epm approval-key show --json` printed',
    )
    .option('--qr', 'print it as a QR code too')
    .addOption(jsonOption())
    .action(async (words: string[], options: GrantShowOptions) => {
      end(await grantShow(io, words, options));
    });
};

/**
 * @returns 1 when it is over or not begun yet, or none of the keys signed it
 * @throws EpmError EPM_GRANT_INVALID, EPM_ARGUMENT for a file without keys, and the codes of reading files
 */
async function grantShow(
  io: Io,
  words: readonly string[],
  { keys: files, qr, json: asJson }: GrantShowOptions,
): Promise<ExitCode> {
  const text = await pastedText(io, words, GRANT_PREFIX);
  const { statement, signed } = readGrantText(text);
  const keys = files === undefined ? undefined : (await Promise.all(files.map(keysIn))).flat();
  const signers = keys === undefined ? undefined : new ApproverKeys(keys).signersOf(signed).map(({ name }) => name);
  const fault = faultOf(statement, signers, Date.now());
  const keyId = Buffer.from(signed.keyId).toString('hex');
  if (asJson === true) {
    io.out(json({ statement, keyId, signers: signers ?? null, fault: fault ?? null }));
  } else {
    const who =
      signers === undefined
        ? 'not checked: give --keys'
        : signers.length === 0
          ? 'none of the keys'
          : signers.join(', ');
    io.out(
      describeGrant(statement) +
        fields([
          ['Key id', keyId],
          ['Signed by', who],
        ]),
    );
    io.out(
      fault === undefined
        ? ''
        : fields([
            ['No effect', `${GRANT_FAULTS[fault].meaning} (${fault})`],
            ['Next step', GRANT_FAULTS[fault].hint],
          ]),
    );
    if (qr === true) io.out(qrBlocks(text.replace(/\s+/g, '')));
  }
  return fault === undefined ? EXIT.done : EXIT.negative;
}

/** What can be said without a device. */
function faultOf(
  { from, until }: GrantStatement,
  signers: readonly string[] | undefined,
  now: number,
): GrantFault | undefined {
  if (signers?.length === 0) return 'grantUnknownKey';
  if (from > now + CLOCK_TOLERANCE) return 'grantNotYet';
  return until <= now ? 'grantExpired' : undefined;
}

async function keysIn(file: string): Promise<readonly ListedKey[]> {
  const { approverKeys } = await readJsonObject(file);
  if (typeof approverKeys !== 'object' || approverKeys === null || Array.isArray(approverKeys)) throw noKeys(file);
  return Object.entries(approverKeys as Readonly<Record<string, unknown>>).map(([name, entry]) => {
    const { publicKey } = (entry ?? {}) as { readonly publicKey?: unknown };
    if (typeof publicKey !== 'string') throw noKeys(file);
    return { name, publicKey };
  });
}

function noKeys(file: string): EpmError {
  return new EpmError('EPM_ARGUMENT', `The file "${displayText(file)}" has no "approverKeys" with a public key each.`, {
    hint: 'Give a policy file, or what `epm approval-key show --json` printed.',
  });
}
