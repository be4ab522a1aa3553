/**
 * The form of client messages. The validators are compiled from this ahead of time into generated/
 * (`npm run generate`), because the packed executable should not compile code while it runs.
 */
import { CHANNEL_NAMES, CHANNELS } from './channels/index.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

const ENVELOPES: Readonly<Record<'requestMessage' | 'cancelMessage' | 'takenMessage', object>> = {
  requestMessage: {
    type: 'object',
    additionalProperties: false,
    required: ['v', 'channel', 'body'],
    properties: { v: { const: PROTOCOL_VERSION }, channel: { enum: CHANNEL_NAMES }, body: { type: 'object' } },
  },
  cancelMessage: {
    type: 'object',
    additionalProperties: false,
    required: ['v', 'cancel'],
    properties: { v: { const: PROTOCOL_VERSION }, cancel: { const: true } },
  },
  takenMessage: {
    type: 'object',
    additionalProperties: false,
    required: ['v', 'taken'],
    properties: { v: { const: PROTOCOL_VERSION }, taken: { const: true } },
  },
};

/** Name of the function that is compiled from a schema. @param name a channel, or an envelope */
export function validatorName(name: string): string {
  return `validate-${name}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Schemas by the name of the function that is compiled from each. */
export function ipcSchemas(): Readonly<Record<string, object>> {
  const bodies = CHANNEL_NAMES.map((channel) => [channel, CHANNELS[channel].schema] as const);
  return Object.fromEntries(
    [...Object.entries(ENVELOPES), ...bodies].map(([name, schema]) => [
      validatorName(name),
      { $id: `urn:epm:ipc:${PROTOCOL_VERSION}:${name}`, ...schema },
    ]),
  );
}
