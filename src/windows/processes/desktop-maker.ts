import { randomBytes } from 'node:crypto';
import type { DesktopMaker, OwnDesktop } from '../../agent/ports.ts';
import { EpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCallLater } from '../dll/json-call.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { nativeFile } from '../native-files.ts';

type DesktopRequest = Parameters<DesktopMaker['make']>[0];

/** Makes desktops by a small program in the session of the user; the agent itself is in that of services. */
export function createDesktopMaker(native: EpmNative): DesktopMaker {
  return {
    make: async (request) => (await makeDesktop(native, request, 0)).desktop,
    async makeShown(request, seconds) {
      const { desktop, number } = await makeDesktop(native, request, seconds);
      return {
        ...desktop,
        show: () => show(native, number),
        isHeld: () => native.epm_desktop_state(number) === WIN32.SUCCESS,
      };
    },
  };
}

async function makeDesktop(
  native: EpmNative,
  { session, sddl }: DesktopRequest,
  shownSeconds: number,
): Promise<{ readonly desktop: OwnDesktop; readonly number: number }> {
  // Found and compared with the build every time, like everything that runs as the system.
  const holder = nativeFile('epmdesktop.exe');
  const name = `EPM-${randomBytes(16).toString('hex')}`;
  const made: [number] = [0];
  const answer = await jsonCallLater(
    'epm_desktop_make',
    (...out) => native.epm_desktop_make.async(holder, session, name, sddl, shownSeconds, made, ...out),
    'EPM_START_FAILED',
  );
  const [number] = made;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) native.epm_desktop_close(number);
    isOpen = false;
  };
  try {
    const details = new CheckedObject(answer, 'the desktop', 'EPM_START_FAILED');
    return { number, desktop: { name: `winsta0\\${name}`, security: details.textOrNull('security'), close } };
  } catch (error) {
    close();
    throw error;
  }
}

async function show(native: EpmNative, number: number): Promise<void> {
  const result = await new Promise<number>((resolve, reject) => {
    native.epm_desktop_show.async(number, (cause, code) => {
      if (cause === null || cause === undefined) resolve(code);
      else reject(new EpmError('EPM_START_FAILED', 'Showing a desktop failed.', { cause }));
    });
  });
  if (result !== WIN32.SUCCESS) throw windowsError('epm_desktop_show', result, 'EPM_START_FAILED');
}
