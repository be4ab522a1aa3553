/** JSON schema of a receiver of notifications, rendered from the table of kinds. */
import { DEFAULT_NOTIFICATION_EVENTS, NOTIFICATION_EVENTS, type NotificationKind } from '../../model/notification.ts';
import { namesOf } from '../../model/rule-action.ts';
import { NOTIFICATION_KINDS } from './notification-kinds.ts';

type JsonSchema = { readonly [keyword: string]: unknown };

/** A target whose kind is known only when it runs. */
export type AnyTarget = Readonly<Record<string, unknown>>;
interface AnyDeclaration {
  readonly title: string;
  readonly members: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
  readonly defaults: (target: AnyTarget) => AnyTarget;
  readonly fault: (target: AnyTarget) => readonly [member: string, message: string] | undefined;
}

export const KINDS = NOTIFICATION_KINDS as unknown as Readonly<Record<NotificationKind, AnyDeclaration>>;

/** One receiver, without its name. */
export function notificationSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:epm:notification:1',
    title: 'Receiver of notifications',
    type: 'object',
    required: ['kind'],
    // Only the branch of its kind says what is wrong with an entry.
    discriminator: { propertyName: 'kind' },
    oneOf: namesOf(NOTIFICATION_KINDS).map((kind) => ({
      title: KINDS[kind].title,
      properties: {
        kind: { const: kind },
        ...KINDS[kind].members,
        events: {
          description: `What it is told of; ${DEFAULT_NOTIFICATION_EVENTS.join(', ')} where it is missing.`,
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          items: { type: 'string', enum: NOTIFICATION_EVENTS },
        },
      },
      required: ['kind', ...KINDS[kind].required],
      additionalProperties: false,
    })),
  };
}
