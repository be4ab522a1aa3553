/**
 * Runs inside Windows (or Wine) on a plain node.exe, beside what it measures, so that nothing of the test bed is in the
 * figures. `driver.mjs <job file> <result file>`: both JSON.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [jobFile, resultFile] = process.argv.slice(2);
const job = JSON.parse(readFileSync(jobFile, 'utf8'));
writeFileSync(resultFile, JSON.stringify(await run()));

function run() {
  switch (job.kind) {
    case 'programs':
      return programs();
    case 'elevations':
      return elevations();
    case 'policyChanges':
      return policyChanges();
    case 'requests':
      return requests();
    default:
      throw new Error(`Unknown job ${job.kind}.`);
  }
}

/** Times whole runs of several programs in turn: milliseconds by program. */
function programs() {
  const times = job.programs.map(() => []);
  for (let round = 0; round < job.rounds; round += 1) {
    for (const [index, { program, arguments: words }] of job.programs.entries()) {
      const start = performance.now();
      const { status, error } = spawnSync(program, words, { stdio: 'ignore', windowsHide: true });
      if (status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? ''}`);
      times[index].push(performance.now() - start);
    }
  }
  return times;
}

/**
 * Times elevations up to the started event, parts of them that can be had alone, and bare CreateProcessW calls of the
 * same programs in turn: milliseconds. After each start there is a pause, for the program is still starting then and
 * would compete with the next.
 */
async function elevations() {
  const koffi = loadKoffi();
  const client = openClient(koffi);
  const createProcess = bareCreateProcess(koffi);
  const times = { elevated: [], bare: [], copied: [], bareCopied: [], status: [], denied: [] };
  const pause = () => new Promise((resolve) => setTimeout(resolve, job.pause));
  const timed = (list, channel, body, outcome) => {
    const start = performance.now();
    const result = client.ask(channel, body);
    list.push(performance.now() - start);
    if (result.outcome !== outcome) throw new Error(`Not ${outcome}: ${JSON.stringify(result)}`);
    return result;
  };
  for (let round = 0; round < job.rounds; round += 1) {
    timed(times.status, 'status', {}, undefined);
    timed(times.denied, 'elevate', { path: job.unknown }, 'denied');
    timed(times.elevated, 'elevate', { path: job.program }, 'started');
    await pause();
    times.bare.push(createProcess(job.program));
    await pause();
    const { file } = timed(times.copied, 'elevate', { path: job.copied }, 'started');
    if (file.copy === undefined) throw new Error('No protected copy was made.');
    await pause();
    times.bareCopied.push(createProcess(job.copied));
    await pause();
  }
  return times;
}

/** Times changes of one rule, and of the digest, in the registry up to the answer that names another policy in force: milliseconds. */
async function policyChanges() {
  const koffi = loadKoffi();
  const client = openClient(koffi);
  const setDigest = valueWriter(koffi, job.key, 'PolicyDigest');
  const setRule = valueWriter(koffi, `${job.key}\\Rules`, job.rule);
  const times = [];
  for (const { digest, text } of job.changes) {
    const before = client.ask('status', {}).policyDigest;
    const start = performance.now();
    setDigest(digest);
    setRule(text);
    while (client.ask('status', {}).policyDigest === before) {
      if (performance.now() - start > 60_000) throw new Error('The policy did not come into force in a minute.');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, job.pause));
  }
  return times;
}

/** Sets the text of one value, as whatever delivers policy does it. */
function valueWriter(koffi, keyName, name) {
  const advapi32 = koffi.load('advapi32.dll');
  const open = advapi32.func(
    'int32_t __stdcall RegOpenKeyExW(intptr_t key, str16 name, uint32_t options, uint32_t access, _Out_ intptr_t *result)',
  );
  const set = advapi32.func(
    'int32_t __stdcall RegSetValueExW(intptr_t key, str16 name, uint32_t reserved, uint32_t type, const uint8_t *data, uint32_t length)',
  );
  const HKEY_LOCAL_MACHINE = 0x80000002 | 0;
  const KEY_SET_VALUE = 0x2;
  const REG_SZ = 1;
  const key = [0];
  if (open(HKEY_LOCAL_MACHINE, keyName, 0, KEY_SET_VALUE, key) !== 0) throw new Error('RegOpenKeyExW failed.');
  return (text) => {
    const data = Buffer.from(`${text}\0`, 'utf16le');
    if (set(key[0], name, 0, REG_SZ, data, data.length) !== 0) throw new Error('RegSetValueExW failed.');
  };
}

/** Sends the same request many times; the result holds how many were answered with which outcome. */
function requests() {
  const client = openClient(loadKoffi());
  const outcomes = {};
  for (let count = 0; count < job.count; count += 1) {
    const { outcome } = client.ask(job.channel, job.body);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

function loadKoffi() {
  const holder = { exports: {} };
  process.dlopen(holder, `${job.install}\\koffi.node`);
  return holder.exports;
}

/** The native pipe client of the installation: one connection a request, as every client does it. */
function openClient(koffi) {
  const native = koffi.load(`${job.install}\\epmnative.dll`);
  const open = native.func('uint32_t epm_client_open(const char16_t *name, uint32_t timeout, _Out_ uint32_t *client)');
  const write = native.func('uint32_t epm_client_write(uint32_t client, const uint8_t *bytes, uint32_t length)');
  const read = native.func(
    'uint32_t epm_client_read(uint32_t client, uint32_t timeout, uint8_t *out, uint32_t capacity, _Out_ uint32_t *length)',
  );
  const close = native.func('uint32_t epm_client_close(uint32_t client)');
  const buffer = Buffer.alloc(64 * 1024);
  const check = (name, code) => {
    if (code !== 0) throw new Error(`${name}: ${code}`);
  };
  return {
    ask(channel, body) {
      const client = [0];
      check('epm_client_open', open(job.pipe, 5000, client));
      try {
        const message = Buffer.from(JSON.stringify({ v: 1, channel, body }));
        check('epm_client_write', write(client[0], message, message.length));
        for (;;) {
          const length = [0];
          check('epm_client_read', read(client[0], 30_000, buffer, buffer.length, length));
          const answer = JSON.parse(buffer.toString('utf8', 0, length[0]));
          if (answer.kind === 'error') throw new Error(`${answer.body.code}: ${answer.body.message}`);
          if (answer.kind === 'result') return answer.body;
        }
      } finally {
        close(client[0]);
      }
    },
  };
}

/** CreateProcessW with nothing around it: answers milliseconds until it returned. */
function bareCreateProcess(koffi) {
  const kernel32 = koffi.load('kernel32.dll');
  const create = kernel32.func(
    'int __stdcall CreateProcessW(const char16_t *application, uint16_t *line, void *process, void *thread, int inherit, uint32_t flags, void *environment, const char16_t *directory, uint8_t *startup, uint8_t *information)',
  );
  const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t handle)');
  const CREATE_NEW_CONSOLE = 0x10;
  // STARTUPINFOW is 104 bytes and begins with its size; PROCESS_INFORMATION holds two handles and two ids.
  const startup = Buffer.alloc(104);
  startup.writeUInt32LE(104, 0);
  return (program) => {
    const information = Buffer.alloc(24);
    const line = new Uint16Array(Array.from(`"${program}"\0`, (character) => character.charCodeAt(0)));
    const start = performance.now();
    const created = create(program, line, null, null, 0, CREATE_NEW_CONSOLE, null, null, startup, information);
    const time = performance.now() - start;
    if (created === 0) throw new Error('CreateProcessW failed.');
    closeHandle(information.readBigInt64LE(0));
    closeHandle(information.readBigInt64LE(8));
    return time;
  };
}
