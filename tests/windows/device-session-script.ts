/**
 * Runs inside Windows, beside the native files, and stays: takes jobs from the test, one JSON object a line, and answers
 * each by its number. `device-session-script.cjs <port of the test on this machine>`.
 */
import { connect } from 'node:net';
import type { Channel, Channels } from '../../src/ipc/channels/index.ts';
import type { PipeKind } from '../../src/agent/ports.ts';
import { askAgentBy } from '../../src/cli/agent/connect.ts';
import { MAX_MESSAGE, PIPE_NAMES } from '../../src/ipc/protocol.ts';
import { toErrorReport } from '../../src/model/errors.ts';
import { type Koffi, loadKoffi } from '../../src/windows/dll/koffi.ts';
import type { WindowsDlls } from '../../src/windows/dll/load.ts';
import { connectPipe, loadDlls } from '../../src/windows/index.ts';
import { nativeFile } from '../../src/windows/native-files.ts';
import { onJsonLine } from './device-session-lines.ts';

/** Everything an account can be asked to do. */
export type Job =
  | { readonly kind: 'ask'; readonly channel: Channel; readonly body: Readonly<Record<string, unknown>> }
  /** Bytes in base64, sent as one message past every check of a client. */
  | { readonly kind: 'send'; readonly message: string; readonly pipe: PipeKind }
  | { readonly kind: 'registry'; readonly steps: readonly KeyStep[] };

/** A value with its data in base64, a value to delete, or the owner, the DACL or both of a key. */
export type KeyStep = { readonly root: 'HKLM' | 'HKU'; readonly key: string } & (
  | { readonly name: string; readonly type: number; readonly data: string }
  | { readonly deleted: string }
  | { readonly sddl: string }
);

/** What one message of the agent is for a test. */
export interface AgentMessage {
  readonly kind: 'event' | 'result' | 'error';
  readonly body: Readonly<Record<string, unknown>>;
}

let dlls: WindowsDlls | undefined;

/** One request as `epm.exe request` makes it: every message, the last one being the result or the error. */
async function ask(channel: Channel, body: object): Promise<readonly AgentMessage[]> {
  const messages: { kind: AgentMessage['kind']; body: unknown }[] = [];
  try {
    dlls ??= loadDlls();
    const result = await askAgentBy(dlls, channel, body as Channels[Channel]['request'], {
      event: (event) => void messages.push({ kind: 'event', body: event }),
    });
    messages.push({ kind: 'result', body: result });
  } catch (error) {
    messages.push({ kind: 'error', body: toErrorReport(error) });
  }
  return messages as readonly AgentMessage[];
}

/** The one answer to a message, as text. */
async function send(message: string, kind: PipeKind): Promise<string> {
  dlls ??= loadDlls();
  const pipe = connectPipe(dlls.native, kind, PIPE_NAMES[kind], MAX_MESSAGE);
  try {
    pipe.write(Buffer.from(message, 'base64'));
    const answer = await pipe.read();
    if (answer === undefined) throw new Error('The agent ended the connection without an answer.');
    if ((await pipe.read()) !== undefined) throw new Error('The agent answered more than once.');
    return new TextDecoder('utf-8', { fatal: true }).decode(answer);
  } finally {
    pipe.close();
  }
}

const ROOTS = { HKLM: 0x80000002 | 0, HKU: 0x80000003 | 0 };
const [KEY_SET_VALUE, KEY_WOW64_64KEY, WRITE_DAC, WRITE_OWNER] = [0x2, 0x100, 0x40000, 0x80000];
const [OWNER, DACL] = [1, 4];

/** The functions that do to keys what no tool of Windows lets one type; the product has no use for some of them. */
function declareRegistry(koffi: Koffi) {
  const advapi32 = koffi.load('advapi32.dll');
  return {
    create: advapi32.func(
      'int32_t __stdcall RegCreateKeyExW(intptr_t key, str16 name, uint32_t reserved, void *className, uint32_t options, uint32_t access, void *security, _Out_ intptr_t *result, void *disposition)',
    ),
    setValue: advapi32.func(
      'int32_t __stdcall RegSetValueExW(intptr_t key, str16 name, uint32_t reserved, uint32_t type, const uint8_t *data, uint32_t length)',
    ),
    deleteValue: advapi32.func('int32_t __stdcall RegDeleteValueW(intptr_t key, str16 name)'),
    parse: advapi32.func(
      'int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 sddl, uint32_t revision, _Out_ void **descriptor, void *length)',
    ),
    setSecurity: advapi32.func(
      'int32_t __stdcall RegSetKeySecurity(intptr_t key, uint32_t information, void *descriptor)',
    ),
    close: advapi32.func('int32_t __stdcall RegCloseKey(intptr_t key)'),
  };
}

let registry: ReturnType<typeof declareRegistry> | undefined;

function check(what: string, error: number): void {
  if (error !== 0) throw new Error(`${what}: ${error}`);
}

function takeStep(step: KeyStep): void {
  registry ??= declareRegistry(loadKoffi(nativeFile('koffi.node')));
  const { create, setValue, deleteValue, parse, setSecurity, close } = registry;
  const sddl = 'sddl' in step ? step.sddl : undefined;
  const hasOwner = sddl?.startsWith('O:') === true;
  const access = sddl === undefined ? KEY_SET_VALUE : WRITE_DAC | (hasOwner ? WRITE_OWNER : 0);
  const handle: [number] = [0];
  check(
    `RegCreateKeyExW ${step.key}`,
    create(ROOTS[step.root], step.key, 0, null, 0, access | KEY_WOW64_64KEY, null, handle, null) as number,
  );
  try {
    if ('data' in step) {
      const data = Buffer.from(step.data, 'base64');
      check('RegSetValueExW', setValue(handle[0], step.name, 0, step.type, data, data.length) as number);
    } else if ('deleted' in step) {
      check('RegDeleteValueW', deleteValue(handle[0], step.deleted) as number);
    } else {
      const descriptor: [unknown] = [null];
      if (parse(step.sddl, 1, descriptor, null) === 0) throw new Error(`no descriptor: ${step.sddl}`);
      const information = (hasOwner ? OWNER : 0) | (step.sddl.includes('D:') ? DACL : 0);
      check('RegSetKeySecurity', setSecurity(handle[0], information, descriptor[0]) as number);
    }
  } finally {
    close(handle[0]);
  }
}

async function done(job: Job): Promise<unknown> {
  if (job.kind === 'ask') return ask(job.channel, job.body);
  if (job.kind === 'send') return send(job.message, job.pipe);
  for (const step of job.steps) takeStep(step);
  return null;
}

const socket = connect(Number(process.argv[2]), '127.0.0.1');
socket.setNoDelay(true);
socket.on('error', () => process.exit(1));
// The test has gone.
socket.on('close', () => process.exit(0));
onJsonLine(socket, (value) => {
  const { id, job } = value as { readonly id: number; readonly job: Job };
  void done(job)
    .then(
      (result) => ({ id, result }),
      (error: unknown) => ({ id, failed: String(error) }),
    )
    .then((answer) => socket.write(`${JSON.stringify(answer)}\n`));
});
