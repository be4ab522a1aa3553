import type { ImportGrantRequest, ImportGrantResult } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Characters of the longest paste of a grant, with its line breaks. */
const MAX_GRANT = 16_384;

/** Brings a signed grant to the device. Anybody may: the signature says what it is worth. */
export const importGrant: ChannelDeclaration<ImportGrantRequest, never, ImportGrantResult> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ text: { type: 'string', minLength: 1, maxLength: MAX_GRANT } }, ['text']),
  serve: (agent, { caller }, request) => agent.importGrant(caller, request),
};
