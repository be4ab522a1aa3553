/** The standard streams of an elevated program as text, for a client that cannot handle bytes. */
import type { OutputStream } from '../../agent/ports.ts';
import { MAX_INPUT } from '../../agent/streams.ts';
import type { Channels } from '../../ipc/channels/index.ts';
import { EpmError } from '../../model/errors.ts';
import type { OutputEncoding } from '../../model/output-encodings.ts';
import { codePageDecoder } from '../../text/code-page.ts';
import { type StreamDecoder, TextLines } from '../../text/text-lines.ts';

type ElevateEvent = Channels['elevate']['event'];
type ElevateRequest = Channels['elevate']['request'];

/** An event of the channel, with the lines of a piece of output in the place of its bytes. */
type TextEvent =
  | Exclude<ElevateEvent, { readonly event: 'output' }>
  | { readonly event: 'output'; readonly stream: OutputStream; readonly lines: readonly string[] };

const UTF_8 = 65001;

export class TextOutput {
  readonly #encoding: OutputEncoding;
  readonly #table: (codePage: number) => string | undefined;
  #codePage = UTF_8;
  readonly #streams: Readonly<Record<OutputStream, TextLines>> = {
    stdout: new TextLines(() => this.#decoder()),
    stderr: new TextLines(() => this.#decoder()),
  };

  /** @param table as {@link codePageDecoder} takes it */
  constructor(encoding: OutputEncoding, table: (codePage: number) => string | undefined) {
    this.#encoding = encoding;
    this.#table = table;
  }

  /**
   * @param request whose input is text; it is sent in UTF-8 unless UTF-16 was chosen
   * @throws EpmError EPM_REQUEST_TOO_LARGE
   */
  request({ input, ...rest }: ElevateRequest): ElevateRequest {
    if (input === undefined) return rest;
    const bytes = Buffer.from(input, this.#encoding === 'utf16' ? 'utf16le' : 'utf8');
    if (bytes.length > MAX_INPUT) {
      throw new EpmError('EPM_REQUEST_TOO_LARGE', `The input of the program is longer than ${MAX_INPUT} bytes.`);
    }
    return { ...rest, input: bytes.toString('base64') };
  }

  event(event: ElevateEvent): TextEvent {
    if (event.event === 'started') this.#codePage = event.codePage ?? UTF_8;
    if (event.event !== 'output') return event;
    const { stream, data } = event;
    return { event: 'output', stream, lines: this.#streams[stream].add(Buffer.from(data, 'base64')) };
  }

  /** What is left when the program has ended: last lines without an end. */
  rest(): readonly TextEvent[] {
    return (['stdout', 'stderr'] as const)
      .map((stream) => ({ event: 'output', stream, lines: this.#streams[stream].end() }) as const)
      .filter(({ lines }) => lines.length > 0);
  }

  #decoder(): StreamDecoder {
    switch (this.#encoding) {
      case 'console':
        return codePageDecoder(this.#codePage, this.#table);
      case 'utf8':
        return new TextDecoder('utf-8');
      case 'utf16':
        return new TextDecoder('utf-16le');
    }
  }
}
