import type { TestNotificationRequest, TestNotificationResult } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Sends a marked message to one receiver of notifications, and answers what the receiver said. */
export const testNotification: ChannelDeclaration<TestNotificationRequest, never, TestNotificationResult> = {
  pipes: ['administration'],
  schema: bodySchema({ name: { type: 'string', minLength: 1, maxLength: 255 } }, ['name']),
  serve: (agent, { caller }, request) => agent.testNotification(caller, request),
};
