import type { SecretsReport, SecretsRequest } from '../../agent/contract.ts';
import { MAX_SECRET, SECRET_NAME_PATTERN } from '../../agent/secrets.ts';
import type { ChannelDeclaration } from './channel.ts';

const NAME = { type: 'string', pattern: SECRET_NAME_PATTERN };

/** One branch for each action; only it says what is wrong with a body. */
function branch(action: SecretsRequest['action'], members: Readonly<Record<string, object>>): object {
  return {
    properties: { action: { const: action }, ...members },
    required: ['action', ...Object.keys(members)],
    additionalProperties: false,
  };
}

/** Gives the agent a secret, lists their names, or removes one. A secret only ever comes in. */
export const secrets: ChannelDeclaration<SecretsRequest, never, SecretsReport> = {
  pipes: ['administration'],
  schema: {
    type: 'object',
    required: ['action'],
    discriminator: { propertyName: 'action' },
    oneOf: [
      branch('list', {}),
      branch('set', { name: NAME, value: { type: 'string', minLength: 1, maxLength: MAX_SECRET } }),
      branch('remove', { name: NAME }),
    ],
  },
  serve: (agent, { caller }, request) => agent.secrets(caller, request),
};
