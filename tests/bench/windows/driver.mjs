/**
 * Runs inside Windows (or Wine) on a plain node.exe, beside what it measures, so that nothing of the test bed is in the
 * figures. `driver.mjs <job file> <result file>`: both JSON. Without a result file it is the large starter of the job.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [jobFile, resultFile] = process.argv.slice(2);
const job = JSON.parse(readFileSync(jobFile, 'utf8'));
if (resultFile === undefined) await startForOthers();
else writeFileSync(resultFile, JSON.stringify(await run()));

function run() {
  switch (job.kind) {
    case 'programs':
      return programs();
    case 'elevations':
      return elevations();
    case 'burst':
      return burst();
    case 'bareBurst':
      return bareBurst();
    case 'children':
      return children();
    case 'prompts':
      return prompts();
    case 'policyChanges':
      return policyChanges();
    case 'requests':
      return requests();
    case 'approvals':
      return approvals();
    default:
      throw new Error(`Unknown job ${job.kind}.`);
  }
}

/** Times whole runs of several programs in turn: milliseconds by program. */
function programs() {
  const times = job.programs.map(() => []);
  for (let round = 0; round < job.rounds; round += 1) {
    for (const [index, { program, arguments: words, verbatim }] of job.programs.entries()) {
      const start = performance.now();
      const how = verbatim === true ? { windowsVerbatimArguments: true, argv0: `"${program}"` } : {};
      const { status, error } = spawnSync(program, words, { stdio: 'ignore', windowsHide: true, ...how });
      if (status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? ''}`);
      times[index].push(performance.now() - start);
    }
  }
  return times;
}

/**
 * Times elevations up to the started event, parts of them that can be had alone, and bare CreateProcessW calls of the
 * same programs in turn: milliseconds. After each start there is a pause in which the program ends, for it would compete
 * with the next.
 */
async function elevations() {
  const koffi = loadKoffi();
  const client = openClient(koffi);
  const createProcess = bareCreateProcess(koffi);
  const large = largeStarter();
  const times = { elevated: [], bare: [], large: [], copied: [], bareCopied: [] };
  Object.assign(times, { status: [], refused: [], denied: [], deniedCopy: [] });
  const rest = restAfter(job.program, job.pause);
  const pause = () => new Promise((resolve) => setTimeout(resolve, rest));
  const timed = (list, channel, body, outcome) => {
    const start = performance.now();
    const result = client.ask(channel, body);
    list.push(performance.now() - start);
    if (result.outcome !== outcome) throw new Error(`Not ${outcome}: ${JSON.stringify(result)}`);
    return result;
  };
  for (let round = 0; round < job.rounds; round += 1) {
    timed(times.status, 'status', {}, undefined);
    const start = performance.now();
    if (client.errorOf('elevate', { path: job.refused }) !== 'EPM_FILE_NAME_REFUSED') throw new Error('Not refused.');
    times.refused.push(performance.now() - start);
    timed(times.denied, 'elevate', { path: job.unknown }, 'denied');
    timed(times.deniedCopy, 'elevate', { path: job.unknownCopied }, 'denied');
    timed(times.elevated, 'elevate', { path: job.program }, 'started');
    await pause();
    times.bare.push(createProcess(job.program));
    await pause();
    times.large.push(await large.createProcess());
    await pause();
    const { file } = timed(times.copied, 'elevate', { path: job.copied }, 'started');
    if (file.copy === undefined) throw new Error('No protected copy was made.');
    await pause();
    times.bareCopied.push(createProcess(job.copied));
    await pause();
  }
  await large.end();
  return times;
}

/**
 * Asks support for a program with another command line each time, and tries until somebody elsewhere has approved it: the request,
 * and when the program had started, in milliseconds since 1970.
 */
async function approvals() {
  const client = openClient(loadKoffi());
  const times = [];
  for (let round = 0; round < job.rounds; round += 1) {
    const request = { path: job.program, arguments: [`/round${round}`] };
    const asked = client.ask('elevate', { ...request, justification: 'Measured.' });
    if (asked.outcome !== 'needsApproval') throw new Error(`Not asked: ${JSON.stringify(asked)}`);
    for (;;) {
      const { outcome } = client.ask('elevate', request);
      if (outcome === 'started') break;
      if (outcome !== 'needsApproval') throw new Error(`Neither started nor asked: ${outcome}`);
      await new Promise((resolve) => setTimeout(resolve, job.pause));
    }
    times.push({ id: asked.supportRequest.id, time: Date.now() });
    // The program ends meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return times;
}

/** Another process like this one, with `job.ballast` megabytes more: it answers how long its own bare starts take. */
function largeStarter() {
  const child = spawn(process.execPath, [process.argv[1], jobFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    async createProcess() {
      child.stdin.write('start\n');
      const { value } = await answers.next();
      return Number(value);
    },
    async end() {
      child.stdin.end();
      if ((await ended) !== 0) throw new Error('The large starter failed.');
    },
  };
}

async function startForOthers() {
  const createProcess = bareCreateProcess(loadKoffi());
  // Written to, so that it is there.
  const ballast = Buffer.alloc(job.ballast * 1e6, 1);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'start') process.stdout.write(`${createProcess(job.program)}\n`);
  }
  if (ballast.at(-1) !== 1) throw new Error('The memory is gone.');
}

/** Milliseconds in which a program that was just started ends, on this machine: three whole runs of it, and `least`. */
function restAfter(program, least) {
  const runs = Array.from({ length: 5 }, () => {
    const start = performance.now();
    if (spawnSync(program).error !== undefined) throw new Error(`${program} does not run.`);
    return performance.now() - start;
  });
  return Math.max(least, 3 * runs.sort((one, other) => one - other)[2]);
}

/** Times many elevations of which always `job.width` are under way: milliseconds of each, and of all. */
function burst() {
  const client = openClient(loadKoffi());
  const times = [];
  const waiting = [];
  const begin = performance.now();
  const finish = () => {
    const { start, request } = waiting.shift();
    const { outcome } = client.answer(request);
    if (outcome !== 'started') throw new Error(`Not started: ${outcome}`);
    times.push(performance.now() - start);
  };
  for (let sent = 0; sent < job.count; sent += 1) {
    if (waiting.length === job.width) finish();
    const start = performance.now();
    waiting.push({ start, request: client.send('elevate', { path: job.program }) });
  }
  while (waiting.length > 0) finish();
  return { times, whole: performance.now() - begin };
}

/**
 * As many bare CreateProcessW calls, of which always `job.width` are under way, each on a thread of the pool: milliseconds of
 * each, and of all.
 */
async function bareBurst() {
  const createProcess = bareCreateProcess(loadKoffi());
  const times = [];
  let left = job.count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      times.push(await createProcess.later(job.program));
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: job.width }, one));
  return { times, whole: performance.now() - begin };
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

/** Has elevated programs start children, in turn: milliseconds of one child by program, of each round. */
function children() {
  const client = openClient(loadKoffi());
  const words = ['--spawn-many', String(job.each), job.child];
  const times = job.programs.map(() => []);
  for (let round = 0; round <= job.rounds; round += 1) {
    for (const [index, path] of job.programs.entries()) {
      const { outcome, processId } = client.ask('elevate', { path, arguments: words, wait: true });
      if (outcome !== 'finished') throw new Error(`Not finished: ${outcome}`);
      const { spawn } = JSON.parse(readFileSync(`C:\\ProgramData\\epm-probe\\${processId}.json`, 'utf8'));
      if (spawn.exitCode !== 7) throw new Error(`The last child ended with ${spawn.exitCode}.`);
      // The first round warms up.
      if (round > 0) times[index].push(spawn.milliseconds / job.each);
    }
  }
  return times;
}

/** Times from the start of the launcher until the consent window is shown, which is answered with no: milliseconds. */
async function prompts() {
  const times = [];
  for (let round = 0; round <= job.rounds; round += 1) {
    const person = spawn(job.person, ['tell', 'wait:EpmPrompt', 'tell', 'enabled:1', 'key:escape', 'gone'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => person.once('exit', resolve));
    const lines = createInterface({ input: person.stdout })[Symbol.asyncIterator]();
    await lines.next(); // it looks for the window
    const start = performance.now();
    const launcher = spawn(job.launcher, ['--elevate', job.program], { stdio: 'ignore' });
    const gone = new Promise((resolve) => launcher.once('exit', resolve));
    try {
      await lines.next();
      if (round > 0) times.push(performance.now() - start);
      if ((await ended) !== 0) throw new Error('The window was not answered.');
      await gone;
    } finally {
      // Its question, and the notice after it, would stay for minutes.
      launcher.kill();
    }
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
  function send(channel, body) {
    const client = [0];
    check('epm_client_open', open(job.pipe, 5000, client));
    const message = Buffer.from(JSON.stringify({ v: 1, channel, body }));
    check('epm_client_write', write(client[0], message, message.length));
    return client[0];
  }
  function final(client) {
    try {
      for (;;) {
        const length = [0];
        check('epm_client_read', read(client, 30_000, buffer, buffer.length, length));
        const answer = JSON.parse(buffer.toString('utf8', 0, length[0]));
        if (answer.kind === 'error' || answer.kind === 'result') return answer;
      }
    } finally {
      close(client);
    }
  }
  function answer(client) {
    const { kind, body } = final(client);
    if (kind === 'error') throw new Error(`${body.code}: ${body.message}`);
    return body;
  }
  return {
    send,
    answer,
    ask: (channel, body) => answer(send(channel, body)),
    /** The code of the error that is expected. */
    errorOf(channel, body) {
      const { kind, body: error } = final(send(channel, body));
      return kind === 'error' ? error.code : undefined;
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
  const before = (program) => ({
    information: Buffer.alloc(24),
    line: new Uint16Array(Array.from(`"${program}"\0`, (character) => character.charCodeAt(0))),
    start: performance.now(),
  });
  const argumentsOf = (program, { line, information }) => {
    return [program, line, null, null, 0, CREATE_NEW_CONSOLE, null, null, startup, information];
  };
  const after = (created, { information, start }) => {
    const time = performance.now() - start;
    if (created === 0) throw new Error('CreateProcessW failed.');
    closeHandle(information.readBigInt64LE(0));
    closeHandle(information.readBigInt64LE(8));
    return time;
  };
  const now = (program) => {
    const call = before(program);
    return after(create(...argumentsOf(program, call)), call);
  };
  /** On a thread of the pool. The buffers stay reachable until it is done. */
  const later = (program) =>
    new Promise((resolve, reject) => {
      const call = before(program);
      create.async(...argumentsOf(program, call), (error, created) => {
        try {
          if (error) throw error;
          resolve(after(created, call));
        } catch (failure) {
          reject(failure);
        }
      });
    });
  return Object.assign(now, { later });
}
