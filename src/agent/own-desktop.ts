/**
 * A desktop of its own, for a program without windows or for a question. On the desktop of the user every program may send
 * messages to the windows of others, which an integrity level only restricts; here there is nobody else (SECURITY.md).
 */
import { EpmError } from '../model/errors.ts';
import type { AccountRequest, DesktopMaker, Machine, OwnDesktop, ShownDesktop } from './ports.ts';
import { verifyObject } from './verify-objects.ts';

/**
 * READ_CONTROL and, of winuser.h, DESKTOP_READOBJECTS, CREATEWINDOW, CREATEMENU, HOOKCONTROL, ENUMERATE and WRITEOBJECTS: not
 * DESKTOP_SWITCHDESKTOP, by which the program could put its desktop in front of the user.
 */
const USE = 0x200cf;
/** STANDARD_RIGHTS_REQUIRED and every right of a desktop. */
const ALL = 0xf01ff;

interface DesktopParts {
  readonly desktops: DesktopMaker;
  readonly machine: Machine;
}

/**
 * One that nobody sees.
 * @param account who may use it besides the system
 * @throws EpmError EPM_START_FAILED, EPM_NATIVE_MISSING; then there is none
 */
export async function makeOwnDesktop(
  account: AccountRequest,
  { desktops, machine }: DesktopParts,
): Promise<OwnDesktop> {
  const { session } = account;
  return verified(await desktops.make({ session, sddl: desktopSecurity(account) }), account, machine);
}

/** One that can be put before the person, for `seconds` at most. Parameters and errors as {@link makeOwnDesktop}. */
export async function makeShownDesktop(
  account: AccountRequest,
  seconds: number,
  { desktops, machine }: DesktopParts,
): Promise<ShownDesktop> {
  const { session } = account;
  return verified(await desktops.makeShown({ session, sddl: desktopSecurity(account) }, seconds), account, machine);
}

function desktopSecurity({ accountSid }: AccountRequest): string {
  const hex = (rights: number): string => `0x${rights.toString(16)}`;
  return `O:SYG:SYD:P(A;;RC;;;OW)(A;;${hex(ALL)};;;SY)(A;;${hex(USE)};;;${accountSid})`;
}

function verified<D extends OwnDesktop>(desktop: D, { accountSid }: AccountRequest, machine: Machine): D {
  try {
    // Wine keeps no security of desktops.
    if (!(machine.isWine && machine.isTestBuild)) verifyDesktop(desktop.security, accountSid);
    return desktop;
  } catch (error) {
    desktop.close();
    throw error;
  }
}

function verifyDesktop(security: string | null, account: AccountRequest['accountSid']): void {
  if (security === null) {
    throw new EpmError('EPM_START_FAILED', 'Windows does not say who may use the desktop of the program.', {
      data: { fact: 'desktopSecurity' },
    });
  }
  verifyObject('desktop', security, [account]);
}
