/** What of a registered service is not as it must be. Pure: judges what the service control manager told. */
import { protectionFault } from '../security/protection.ts';
import type { ServiceFacts } from './service-facts.ts';
import {
  AUTO_START,
  ERROR_NORMAL,
  OWN_PROCESS,
  REQUIRED_PRIVILEGES,
  SERVICE_DISPLAY_NAME,
  SERVICE_PROTECTION,
  type ServicePlan,
  SID_UNRESTRICTED,
} from './service-plan.ts';

/** `fault`: what is wrong; null: this system does not tell; undefined: nothing is. `found`: what is right. */
interface ServiceVerdict {
  readonly found: string;
  readonly fault: string | null | undefined;
}

interface ServiceCheck {
  /** What programs read. */
  readonly id: string;
  readonly title: string;
  readonly judge: (facts: ServiceFacts, plan: ServicePlan) => ServiceVerdict;
}

export const SERVICE_CHECKS: readonly ServiceCheck[] = [
  {
    id: 'serviceProgram',
    title: 'Program of the service',
    judge: ({ commandLine }, plan) => equal(commandLine, plan.commandLine),
  },
  {
    id: 'serviceAccount',
    title: 'Account of the service',
    judge: ({ account, type }, plan) =>
      type === OWN_PROCESS ? equal(account, plan.account) : wrong('it shares its process with other services'),
  },
  {
    id: 'serviceStart',
    title: 'Start of the service',
    judge: ({ start, delayed, errorControl }) => {
      if (start !== AUTO_START) return wrong('it does not start with Windows');
      if (delayed === true) return wrong('it starts minutes after Windows, and nothing is elevated until then');
      return errorControl === ERROR_NORMAL ? right('with Windows') : wrong(`error control ${errorControl}`);
    },
  },
  {
    id: 'serviceDescription',
    title: 'Name and description of the service',
    judge: ({ displayName, description }, plan) => {
      if (displayName !== SERVICE_DISPLAY_NAME) return wrong(`it is called "${displayName}"`);
      return description === null ? unknown() : equal(description, plan.description);
    },
  },
  {
    id: 'serviceSid',
    title: 'SID of the service',
    judge: ({ sidType }) =>
      sidType === null ? unknown() : sidType === SID_UNRESTRICTED ? right('unrestricted') : wrong(`type ${sidType}`),
  },
  {
    id: 'servicePrivileges',
    title: 'Privileges of the service',
    judge: ({ privileges }) => judgePrivileges(privileges),
  },
  {
    id: 'serviceShutdown',
    title: 'Time of the service when Windows shuts down',
    judge: ({ preshutdown }, plan) => {
      if (preshutdown === null) return unknown();
      const found = `${preshutdown / 1000} s`;
      return preshutdown < plan.preshutdown ? wrong(`${found} do not suffice to end in good order`) : right(found);
    },
  },
  { id: 'serviceRecovery', title: 'Recovery of the service', judge: judgeRecovery },
  {
    id: 'serviceSecurity',
    title: 'Permissions of the service',
    judge: ({ security }) => {
      if (security === null) return unknown();
      const fault = protectionFault(security, SERVICE_PROTECTION);
      return fault === undefined ? right('administrators only, and no elevated program') : wrong(fault);
    },
  },
];

function judgePrivileges(privileges: ServiceFacts['privileges']): ServiceVerdict {
  if (privileges === null) return unknown();
  if (privileges.length === 0) return wrong('it has every privilege of its account');
  const wanted = Object.keys(REQUIRED_PRIVILEGES);
  const missing = wanted.filter((name) => !privileges.includes(name));
  const extra = privileges.filter((name) => !wanted.includes(name));
  if (missing.length > 0) return wrong(`it lacks ${missing.join(', ')}`);
  if (extra.length > 0) return wrong(`it has ${extra.join(', ')} too`);
  return right(`${wanted.length} of those of its account`);
}

function judgeRecovery({ recovery, onFailure }: ServiceFacts, plan: ServicePlan): ServiceVerdict {
  if (recovery === null || onFailure === null) return unknown();
  if (recovery.command !== '') return wrong('it runs a command');
  const text = (actions: ServicePlan['actions']): string =>
    actions.map(({ type, delay }) => `${type === 1 ? 'restart' : `action ${type}`} after ${delay / 1000} s`).join(', ');
  const [found, wanted] = [text(recovery.actions), text(plan.actions)];
  if (found !== wanted) return wrong(found === '' ? 'it is not started again' : found);
  if (recovery.resetPeriod !== plan.resetPeriod) return wrong(`failures count for ${recovery.resetPeriod} s`);
  return onFailure ? right(found) : wrong('it is started again after a crash only, not when it ends with an error');
}

function equal(found: string, wanted: string): ServiceVerdict {
  return found === wanted ? right(found) : wrong(found === '' ? 'none' : found);
}

function right(found: string): ServiceVerdict {
  return { found, fault: undefined };
}

function wrong(fault: string): ServiceVerdict {
  return { found: fault, fault };
}

function unknown(): ServiceVerdict {
  return { found: 'this system does not tell', fault: null };
}
