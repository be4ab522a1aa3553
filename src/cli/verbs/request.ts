/**
 * One request of the channel as it is, for programs that cannot speak to the pipe themselves, such as PowerShell in
 * constrained language mode.
 */
import { Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { CHANNEL_NAMES, type Channel, type Channels } from '../../ipc/channels/index.ts';
import { MAX_MESSAGE } from '../../ipc/protocol.ts';
import { EpmError, isEpmError, toErrorReport } from '../../model/errors.ts';
import { OUTPUT_ENCODINGS, type OutputEncoding } from '../../model/output-encodings.ts';
import { codePageTable, loadDlls } from '../../windows/index.ts';
import { askAgent } from '../agent/connect.ts';
import { TextOutput } from '../agent/text-output.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

/** Bytes: a character of an input that is text may be escaped, and becomes fewer bytes before it is sent. */
const MAX_TEXT_BODY = 4 * MAX_MESSAGE;

interface RequestOptions {
  readonly bodyFile?: string;
  readonly text?: OutputEncoding;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description(
      'requests to support: list, show, deny, revoke, watch; or, with the name of a channel, send one request to the agent, whose messages are printed as lines of JSON',
    )
    .argument('<channel>', CHANNEL_NAMES.join(', '))
    .option('--body-file <file>', 'file with the body as JSON; otherwise it is read from standard input')
    .addOption(
      new Option(
        '--text <encoding>',
        'for elevate: the input is text, and what the program writes comes as lines, in this encoding unless it begins with a mark',
      ).choices(OUTPUT_ENCODINGS),
    )
    .action(async (channel: string, options: RequestOptions) => {
      end(await request(io, channel, options));
    });
};

/**
 * Prints the agent's messages, one JSON object in ASCII a line, each as the channel has it: `{"kind":"event"|"result"|"error",
 * "body":…}`. A failure of epm.exe itself is printed in the same form, so that its caller reads one stream only.
 * @returns 0 when there was a result, whatever it says; 3 after an error
 */
async function request(io: Io, channel: string, options: RequestOptions): Promise<ExitCode> {
  const cancel = new AbortController();
  const interrupted = io.onInterrupt(() => cancel.abort());
  try {
    const known = CHANNEL_NAMES.find((name) => name === channel);
    if (known === undefined) {
      throw new EpmError('EPM_ARGUMENT', `"${channel.slice(0, 32)}" is not a channel.`, {
        hint: `Use ${CHANNEL_NAMES.join(', ')}.`,
      });
    }
    const body = await readBody(io, options);
    const print = (kind: 'event' | 'result', content: object): Promise<void> =>
      io.write('out', Buffer.from(json({ kind, body: content }, 0)));
    const { signal } = cancel;
    if (known === 'elevate' && options.text !== undefined) {
      const text = textOutput(options.text);
      const request = text.request(body as Channels['elevate']['request']);
      const result = await askAgent(known, request, { signal, event: (event) => print('event', text.event(event)) });
      for (const event of text.rest()) await print('event', event);
      await print('result', result);
    } else {
      await print('result', await askAgent(known, body, { signal, event: (event) => print('event', event) }));
    }
    return EXIT.done;
  } catch (error) {
    io.out(json({ kind: 'error', body: toErrorReport(error) }, 0));
    return isEpmError(error) && error.code === 'EPM_ARGUMENT' ? EXIT.usage : EXIT.error;
  } finally {
    interrupted();
  }
}

function textOutput(encoding: OutputEncoding): TextOutput {
  return new TextOutput(encoding, (codePage) => codePageTable(loadDlls(), codePage));
}

/** The agent checks the body against its schema; here it only has to be an object. */
async function readBody(io: Io, { bodyFile: file, text }: RequestOptions): Promise<Channels[Channel]['request']> {
  const bytes =
    file === undefined ? await io.input(text === undefined ? MAX_MESSAGE : MAX_TEXT_BODY) : await bodyFile(file);
  let body: unknown;
  try {
    body = bytes.length === 0 ? {} : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new EpmError('EPM_ARGUMENT', 'The body is not JSON in UTF-8.', { cause, hint: 'Give one JSON object.' });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new EpmError('EPM_ARGUMENT', 'The body is not a JSON object.', {
      hint: 'Give one JSON object, for example {}.',
    });
  }
  return body;
}

async function bodyFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new EpmError('EPM_FILE_NOT_FOUND', `The file "${file}" cannot be read.`, { cause });
  }
}
