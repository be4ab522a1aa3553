import { randomBytes } from 'node:crypto';
import type { DesktopMaker, OwnDesktop } from '../../agent/ports.ts';
import { EpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { parseNativeJson } from '../dll/json-call.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { nativeFile } from '../native-files.ts';

/** Bytes of the answer: two SDs of a few entries. */
const CAPACITY = 4096;

/** Makes desktops by a small program in the session of the user; the agent itself is in that of services. */
export function createDesktopMaker(native: EpmNative): DesktopMaker {
  return {
    async make({ session, sddl }): Promise<OwnDesktop> {
      // Found and compared with the build every time, like everything that runs as the system.
      const holder = nativeFile('epmdesktop.exe');
      const name = `EPM-${randomBytes(16).toString('hex')}`;
      const desktop: [number] = [0];
      const out = new Uint8Array(CAPACITY);
      const length: [number] = [0];
      const result = await new Promise<number>((resolve, reject) => {
        native.epm_desktop_make.async(holder, session, name, sddl, desktop, out, CAPACITY, length, (error, code) => {
          if (error === null || error === undefined) resolve(code);
          else reject(new EpmError('EPM_START_FAILED', 'Making a desktop failed.', { cause: error }));
        });
      });
      if (result !== WIN32.SUCCESS) throw windowsError('epm_desktop_make', result, 'EPM_START_FAILED');
      const close = (): void => void native.epm_desktop_close(desktop[0]);
      try {
        const text = Buffer.from(out.buffer, 0, length[0]).toString('utf8');
        const answer = new CheckedObject(parseNativeJson('epm_desktop_make', text), 'the desktop', 'EPM_START_FAILED');
        return { name: `winsta0\\${name}`, security: answer.textOrNull('security'), close };
      } catch (error) {
        close();
        throw error;
      }
    },
  };
}
