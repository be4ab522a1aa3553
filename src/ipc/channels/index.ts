/** The list of conversations, by the name that a request gives. */
import { audit } from './audit.ts';
import type { ChannelDeclaration } from './channel.ts';
import { decideRequest } from './decide-request.ts';
import { elevate } from './elevate.ts';
import { elevations } from './elevations.ts';
import { grants } from './grants.ts';
import { importGrant } from './import-grant.ts';
import { launch } from './launch.ts';
import { policy } from './policy.ts';
import { reload } from './reload.ts';
import { role } from './role.ts';
import { seal } from './seal.ts';
import { secrets } from './secrets.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { supportRequests } from './support-requests.ts';
import { test } from './test.ts';
import { testNotification } from './test-notification.ts';

const DECLARATIONS = {
  elevate,
  launch,
  test,
  policy,
  audit,
  status,
  reload,
  elevations,
  stop,
  'support-requests': supportRequests,
  'decide-request': decideRequest,
  'import-grant': importGrant,
  grants,
  role,
  seal,
  secrets,
  'test-notification': testNotification,
};

export type Channel = keyof typeof DECLARATIONS;

/** What each channel carries. */
export type Channels = {
  readonly [C in Channel]: (typeof DECLARATIONS)[C] extends ChannelDeclaration<infer Request, infer Event, infer Result>
    ? { readonly request: Request; readonly event: Event; readonly result: Result }
    : never;
};

export const CHANNELS: {
  readonly [C in Channel]: ChannelDeclaration<Channels[C]['request'], Channels[C]['event'], Channels[C]['result']>;
} = DECLARATIONS;

export const CHANNEL_NAMES = Object.keys(DECLARATIONS) as readonly Channel[];
