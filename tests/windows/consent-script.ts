/**
 * Runs inside Windows as the system, beside the native files: shows consent windows to whoever connects to the pipe first and
 * stays. Each line of `ready N` says that window N is asked for.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { verifyCaller } from '../../src/agent/caller.ts';
import type { ConsentAnswer, ConsentNotice, ConsentQuestion } from '../../src/agent/consent/consent-window.ts';
import type { Connection } from '../../src/agent/ports.ts';
import { CLOCK } from '../../src/cli/agent/agent-ports.ts';
import { MAX_MESSAGE, PIPE_NAMES } from '../../src/ipc/protocol.ts';
import { readCredential } from '../../src/requests/credential.ts';
import { readLogonBuffer } from '../../src/requests/logon-buffer.ts';
import { CredentialKey } from '../../src/requests/sealed-credential.ts';
import {
  BrokerPool,
  createAccountFactory,
  createConsentWindow,
  createDesktopMaker,
  createFileOpener,
  createMachine,
  createPipeServer,
  createProcessStarter,
  loadDlls,
  machineFolders,
  startEventLoop,
} from '../../src/windows/index.ts';

/** What is asked or told, and how it is taken back. */
export type ConsentStep =
  | {
      readonly ask: Omit<ConsentQuestion, 'expires' | 'authentication'>;
      readonly seconds?: number;
      /** Windows path: when the file appears, the request is taken back for this reason. */
      readonly abort?: { readonly file: string; readonly reason: string };
      readonly userName?: string;
      /** How many windows at once, each of which is taken back like this one. */
      readonly times?: number;
    }
  | { readonly tell: ConsentNotice };

export interface ConsentReport {
  readonly answer: ConsentAnswer | 'told';
  /** What was sealed: the kind of the logon buffer and its user. */
  readonly credential?: string;
  readonly milliseconds: number;
}

const [, , output = '', stepsText = '[]'] = process.argv;
const steps = JSON.parse(stepsText) as readonly ConsentStep[];
const TICKET = '0123456789abcdef0123456789abcdef';

async function main(): Promise<void> {
  const dlls = loadDlls();
  const events = startEventLoop(dlls.native, (error) => {
    throw error;
  });
  const pipe = createPipeServer(dlls.native, events, {
    kind: 'user',
    name: PIPE_NAMES.user,
    maxMessage: MAX_MESSAGE,
    troubled: () => undefined,
    over: (error) => {
      throw error;
    },
  });
  let stopListening = (): void => undefined;
  const client = await new Promise<Connection>((resolve) => {
    stopListening = pipe.listen({ connection: resolve, refused: () => undefined });
    process.stdout.write('listening\n');
  });
  const folders = machineFolders(dlls.advapi32);
  const machine = createMachine(dlls, folders, new Uint8Array(32));
  const who = verifyCaller(client.caller, machine);
  const names: { value: unknown } = { value: undefined };
  const brokers = new BrokerPool(dlls.native);
  const window = createConsentWindow({
    dlls,
    starter: createProcessStarter(dlls.native, events, createFileOpener(dlls), brokers),
    accounts: createAccountFactory(dlls, folders.systemRoot, {
      read: () => names.value,
      write: (value) => void (names.value = value),
    }),
    desktops: createDesktopMaker(dlls.native),
    machine,
    random: { bytes: (length) => randomBytes(length) },
    clock: CLOCK,
    log: { write: (_level, event, data) => process.stderr.write(`${event} ${JSON.stringify(data)}\n`) },
  });

  async function once(step: ConsentStep): Promise<readonly ConsentReport[]> {
    const start = performance.now();
    if ('tell' in step) {
      await window.tell(step.tell, who, new AbortController().signal);
      return [{ answer: 'told', milliseconds: performance.now() - start }];
    }
    const controller = new AbortController();
    const { abort, seconds = 100, times = 1 } = step;
    const poll = setInterval(() => {
      if (abort !== undefined && fs.existsSync(abort.file)) controller.abort(abort.reason);
    }, 20);
    const key = step.ask.requirements.includes('authentication') ? new CredentialKey() : undefined;
    const question: ConsentQuestion = {
      ...step.ask,
      expires: new Date(Date.now() + seconds * 1000).toISOString(),
      ...(key === undefined
        ? {}
        : {
            authentication: {
              ticket: TICKET,
              key: key.publicKey,
              userSid: who.sid,
              userName: step.userName ?? '',
            },
          }),
    };
    const answers = await Promise.all(
      Array.from({ length: times }, () => window.ask(question, who, controller.signal)),
    );
    clearInterval(poll);
    return answers.map((answer) => ({
      answer,
      milliseconds: performance.now() - start,
      ...(answer.choice === 'yes' && answer.credential !== undefined && key !== undefined
        ? { credential: opened(key, answer.credential) }
        : {}),
    }));
  }

  const reports: ConsentReport[] = [];
  for (const [index, step] of steps.entries()) {
    // The person at the window before is gone, so that nobody answers the wrong one.
    while (!fs.existsSync(`${output}.${index}`)) await new Promise((resolve) => setTimeout(resolve, 20));
    process.stdout.write(`ready ${index}\n`);
    reports.push(...(await once(step)));
    fs.writeFileSync(output, JSON.stringify(reports));
  }
  stopListening();
  client.close();
  await brokers.close();
  await events.stop();
}

function opened(key: CredentialKey, sealed: string): string {
  const credential = readCredential(key.open(TICKET, sealed));
  if (credential.form !== 'buffer') return credential.form;
  const logon = readLogonBuffer(credential.buffer);
  return logon.kind === 'password' ? `${logon.domain}\\${logon.userName} ${logon.passwordLength}` : logon.kind;
}

void main().catch((error: unknown) => {
  process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
