import type { Caller, Connection } from '../../agent/ports.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { scratch } from '../dll/scratch.ts';
import { WIN32 } from '../dll/win32-error.ts';
import type { WriteQueue } from './write-queue.ts';

/** Messages of a client that wait to be taken. The protocol has one request and one cancel; more is abuse. */
const MAX_INBOX = 4;

/** One connected client of the agent's pipe. */
export class NativeConnection implements Connection {
  readonly caller: Caller;
  readonly #native: EpmNative;
  readonly #number: number;
  readonly #writes: WriteQueue;
  readonly #maxMessage: number;
  readonly #closed: (number: number) => void;
  readonly #inbox: Uint8Array[] = [];
  #receivers: ((message: Uint8Array | undefined) => void)[] = [];
  #pending = 0;
  /** The client is gone or `close` was called: nothing more is received or accepted for sending. */
  #over = false;
  #closing = false;
  #released = false;

  constructor(
    native: EpmNative,
    number: number,
    caller: Caller,
    writes: WriteQueue,
    maxMessage: number,
    closed: (number: number) => void,
  ) {
    this.#native = native;
    this.#number = number;
    this.caller = caller;
    this.#writes = writes;
    this.#maxMessage = maxMessage;
    this.#closed = closed;
  }

  receive(): Promise<Uint8Array | undefined> {
    const message = this.#inbox.shift();
    if (message !== undefined || this.#over) return Promise.resolve(message);
    return new Promise((resolve) => this.#receivers.push(resolve));
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#pending += 1;
    return new Promise((settled) => {
      const taken = this.#writes.write(this.#number, this.caller.token.user, message, (result) => {
        settled();
        this.#pending -= 1;
        if (result !== WIN32.SUCCESS) this.#drop();
        else this.#releaseWhenWritten();
      });
      if (taken) return;
      settled();
      this.#pending -= 1;
      this.#drop();
    });
  }

  /** Lets the client read what was sent before, then ends the connection. */
  close(): void {
    this.#closing = true;
    this.#end();
    this.#releaseWhenWritten();
  }

  /** Takes every message the native part has read. */
  pull(): void {
    if (this.#over) return;
    for (;;) {
      const buffer = scratch(this.#maxMessage);
      const length: [number] = [0];
      const result = this.#native.epm_pipe_read(this.#number, buffer, buffer.length, length);
      if (result === WIN32.NO_DATA) return;
      if (result !== WIN32.SUCCESS) {
        this.#drop();
        return;
      }
      const message = buffer.slice(0, length[0]);
      const receiver = this.#receivers.shift();
      if (receiver !== undefined) receiver(message);
      else if (this.#inbox.length < MAX_INBOX) this.#inbox.push(message);
      else {
        this.#drop();
        return;
      }
    }
  }

  /** The client has gone away. */
  gone(): void {
    this.#drop();
  }

  /** Gives up on the client: nothing more reaches it. The core still calls `close`, which releases the connection. */
  #drop(): void {
    this.#end();
    this.#writes.drop(this.#number);
    this.#releaseWhenWritten();
  }

  #end(): void {
    this.#over = true;
    const receivers = this.#receivers;
    this.#receivers = [];
    for (const receiver of receivers) receiver(undefined);
  }

  #releaseWhenWritten(): void {
    if (!this.#closing || this.#pending > 0 || this.#released) return;
    this.#released = true;
    this.#native.epm_pipe_close(this.#number);
    this.#closed(this.#number);
  }
}
