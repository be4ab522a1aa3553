/** How the service is registered, as the service control manager tells it. */
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { isEpmError } from '../../model/errors.ts';
import { parseDescriptor, type SecurityDescriptor } from '../security/descriptor.ts';

const MAX_UINT32 = 0xffff_ffff;
/** SERVICE_STOPPED … SERVICE_PAUSED (winsvc.h). */
const STATES = {
  1: 'stopped',
  2: 'starting',
  3: 'stopping',
  4: 'running',
  5: 'continuing',
  6: 'pausing',
  7: 'paused',
} as const;
type ServiceState = (typeof STATES)[keyof typeof STATES];

/** `null`: this system keeps no such fact, as Wine does not keep most of them. */
export interface ServiceFacts {
  readonly type: number;
  readonly start: number;
  readonly errorControl: number;
  readonly commandLine: string;
  readonly account: string;
  readonly displayName: string;
  readonly state: ServiceState;
  readonly processId: number;
  /** SERVICE_ACCEPT_… of winsvc.h; 0 while it does not run. */
  readonly controls: number;
  readonly description: string | null;
  readonly delayed: boolean | null;
  readonly sidType: number | null;
  /** None: those of the account. */
  readonly privileges: readonly string[] | null;
  readonly recovery: ServiceRecovery | null;
  /** Recovery also when the service ends by itself with an error. */
  readonly onFailure: boolean | null;
  /** Milliseconds that Windows waits for it before it goes down. */
  readonly preshutdown: number | null;
  readonly security: SecurityDescriptor | null;
}

interface ServiceRecovery {
  /** Seconds. */
  readonly resetPeriod: number;
  readonly command: string;
  readonly actions: readonly { readonly type: number; readonly delay: number }[];
}

/**
 * Asks for a service.
 * @returns undefined when none is registered under the name
 * @throws EpmError EPM_WINDOWS_API
 */
export function readService(native: Pick<EpmNative, 'epm_service_facts'>, name: string): ServiceFacts | undefined {
  try {
    return serviceFacts(jsonCall('epm_service_facts', (...out) => native.epm_service_facts(name, ...out)));
  } catch (error) {
    if (isEpmError(error) && error.data?.['win32'] === WIN32.SERVICE_DOES_NOT_EXIST) return undefined;
    throw error;
  }
}

/** @throws EpmError EPM_WINDOWS_API when the answer is not one of the interface */
export function serviceFacts(value: unknown): ServiceFacts {
  const facts = new CheckedObject(value, 'the service', 'EPM_WINDOWS_API');
  const number = (name: string): number => facts.integer(name, 0, MAX_UINT32);
  const state = facts.integer('state', 1, 7) as keyof typeof STATES;
  const security = facts.matchingOrNull('security', /^(?:[0-9a-f]{2})+$/);
  return {
    type: number('type'),
    start: number('start'),
    errorControl: number('errorControl'),
    commandLine: facts.text('commandLine'),
    account: facts.text('account'),
    displayName: facts.text('displayName'),
    state: STATES[state],
    processId: number('processId'),
    controls: number('controls'),
    description: facts.textOrNull('description'),
    delayed: facts.booleanOrNull('delayed'),
    sidType: facts.integerOrNull('sidType', 0, MAX_UINT32),
    privileges: facts.textsOrNull('privileges'),
    recovery: recovery(facts.objectOrNull('recovery')),
    onFailure: facts.booleanOrNull('onFailure'),
    preshutdown: facts.integerOrNull('preshutdown', 0, MAX_UINT32),
    security: security === null ? null : parseDescriptor(Buffer.from(security, 'hex')),
  };
}

function recovery(value: CheckedObject | null): ServiceRecovery | null {
  if (value === null) return null;
  return {
    resetPeriod: value.integer('resetPeriod', 0, MAX_UINT32),
    command: value.text('command'),
    actions: value.objects('actions').map((action) => ({
      type: action.integer('type', 0, MAX_UINT32),
      delay: action.integer('delay', 0, MAX_UINT32),
    })),
  };
}
