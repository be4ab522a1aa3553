/** A client message is either refused with one of two codes or is exactly one of the channel map's forms. */
import { parseClientMessage } from '../../src/ipc/messages.ts';
import { isEpmError } from '../../src/model/errors.ts';

const CHANNELS = new Set(['elevate', 'test', 'policy', 'audit', 'status', 'reload']);

export function fuzz(bytes: Uint8Array): void {
  try {
    const message = parseClientMessage(bytes);
    if (!('channel' in message)) return;
    if (!CHANNELS.has(message.channel)) throw new Error('An unknown channel was taken.');
    if ((message.channel === 'elevate' || message.channel === 'test') && typeof message.body.path !== 'string')
      throw new Error('A request without a path was taken.');
  } catch (error) {
    if (!isEpmError(error) || (error.code !== 'EPM_REQUEST_MALFORMED' && error.code !== 'EPM_REQUEST_TOO_LARGE'))
      throw error;
  }
}

export const corpus: readonly string[] = [
  '{"v":1,"channel":"elevate","body":{"path":"C:\\\\Tools\\\\setup.exe","arguments":["/quiet"],"justification":"x","ticket":"00000000000000000000000000000000","wait":true}}',
  '{"v":1,"channel":"test","body":{"path":"C:\\\\a.exe"}}',
  '{"v":1,"channel":"audit","body":{"after":1,"limit":10}}',
  '{"v":1,"channel":"elevate","body":{"path":"C:\\\\a.exe","output":"stream","input":"AAAA","timeLimit":60}}',
  '{"v":1,"cancel":true}',
  '{"v":1,"taken":true}',
  '{"__proto__":{"v":1},"\\u0076":1,"channel":"status","body":{}}',
];
