/**
 * Runs inside Windows, beside the native files: `service-script.cjs messages` prints the texts that the message file has,
 * `vitals` what the process uses, `service` how the service is registered, `block` blocks the event loop under a watchdog.
 */
import path from 'node:path';
import { allWindowsEvents, EVENT_FACTS } from '../../src/model/windows-events.ts';
import { loadDlls } from '../../src/windows/index.ts';
import { loadKoffi } from '../../src/windows/dll/koffi.ts';
import { nativeFile } from '../../src/windows/native-files.ts';
import { readService } from '../../src/windows/service/service-facts.ts';
import { SERVICE_NAME } from '../../src/windows/service/service-plan.ts';
import { createVitals } from '../../src/windows/processes/vitals.ts';

/** LOAD_LIBRARY_AS_DATAFILE, as the Event Viewer loads a message file (libloaderapi.h). */
const AS_DATAFILE = 2;
/** FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY (winbase.h). */
const FROM_MODULE_WITH_ARRAY = 0x800 | 0x2000;
/** Milliseconds after which the watchdog ends this process, and with what. */
const WATCHDOG = 3_000;
const EXIT_CODE = 77;

function messages(): Readonly<Record<number, string>> {
  const kernel32 = loadKoffi(nativeFile('koffi.node')).load('kernel32.dll');
  const loadLibrary = kernel32.func('intptr_t __stdcall LoadLibraryExW(str16 name, void *file, uint32_t flags)');
  const format = kernel32.func(
    'uint32_t __stdcall FormatMessageW(uint32_t flags, intptr_t module, uint32_t id, uint32_t language, _Out_ uint8_t *buffer, uint32_t size, str16 *insertions)',
  );
  const file = path.join(path.dirname(process.argv[1] ?? ''), 'epmnative.dll');
  const module = loadLibrary(file, null, AS_DATAFILE) as number;
  if (module === 0) throw new Error(`${file} does not load as a message file.`);
  const buffer = new Uint8Array(16_384);
  const insertions = EVENT_FACTS.map((name) => `<${name}>`);
  return Object.fromEntries(
    [...allWindowsEvents().keys()].map((id) => {
      const length = format(FROM_MODULE_WITH_ARRAY, module, id, 0x409, buffer, buffer.length / 2, insertions) as number;
      return [id, Buffer.from(buffer.buffer, 0, length * 2).toString('utf16le')];
    }),
  );
}

function block(): never {
  const { native } = loadDlls();
  native.epm_watchdog_feed(WATCHDOG, EXIT_CODE);
  for (;;) Math.random();
}

switch (process.argv[2]) {
  case 'messages':
    process.stdout.write(JSON.stringify(messages()));
    break;
  case 'vitals': {
    const vitals = createVitals(loadDlls().native);
    vitals.feed();
    process.stdout.write(JSON.stringify(vitals.read()));
    vitals.release();
    break;
  }
  case 'service':
    process.stdout.write(JSON.stringify(readService(loadDlls().native, SERVICE_NAME) ?? null));
    break;
  case 'block':
    block();
}
