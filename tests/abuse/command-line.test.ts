import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../src/agent/index.ts';
import { buildCommandLine } from '../../src/agent/command-line.ts';
import { quoteArgument } from '../../src/engine/arguments.ts';
import { caller, context, SETUP, FakeMachine } from '../unit/agent/fake-machine.ts';
import { effort } from '../effort.ts';

/**
 * CommandLineToArgvW as its documentation describes it, written apart from the code under test: argv[0] has no escapes;
 * then 2n backslashes and a mark are n backslashes, 2n+1 are n and a literal mark; `""` inside marks is a literal mark
 * that also ends the quoted part.
 */
function commandLineToArgv(line: string): string[] {
  return parse(line, true);
}

/** The C run-time since 2008 ("Parsing C command-line arguments"): the same, but `""` inside marks stays inside. */
function cRuntime(line: string): string[] {
  return parse(line, false);
}

function parse(line: string, pairEndsQuoting: boolean): string[] {
  const result: string[] = [];
  let index = 0;
  if (line[0] === '"') {
    const end = line.indexOf('"', 1);
    result.push(line.slice(1, end));
    index = end + 1;
  } else {
    index = line.search(/[ \t]|$/);
    result.push(line.slice(0, index));
  }
  for (;;) {
    while (line[index] === ' ' || line[index] === '\t') index += 1;
    if (index >= line.length) return result;
    let value = '';
    let quoted = false;
    while (index < line.length && (quoted || (line[index] !== ' ' && line[index] !== '\t'))) {
      let slashes = 0;
      while (line[index] === '\\') {
        slashes += 1;
        index += 1;
      }
      if (line[index] !== '"') {
        value += '\\'.repeat(slashes);
        if (slashes === 0) value += line[index++] as string;
        continue;
      }
      value += '\\'.repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) {
        value += '"';
      } else if (quoted && line[index + 1] === '"') {
        value += '"';
        index += 1;
        if (pairEndsQuoting) quoted = false;
      } else {
        quoted = !quoted;
      }
      index += 1;
    }
    result.push(value);
  }
}

const awkward = fc.array(
  fc.constantFrom('\\', '"', ' ', '\t', 'a', '/', '-', '@', '^', '&', '|', '%', '\u00e4', '\ud83d\ude00'),
  { maxLength: 12 },
);
const argument = fc
  .oneof(
    awkward.map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  .filter((text) => text.isWellFormed() && !/[\0\r\n]/.test(text));

describe('AC-36 arguments arrive as they were compared', () => {
  it.each([
    [['a', 'b'], '"C:\\x.exe" a b'],
    [['a b'], '"C:\\x.exe" "a b"'],
    [[''], '"C:\\x.exe" ""'],
    [['a"b'], '"C:\\x.exe" "a\\"b"'],
    [['a\\'], '"C:\\x.exe" a\\'],
    [['a b\\'], '"C:\\x.exe" "a b\\\\"'],
    [['\\"'], '"C:\\x.exe" "\\\\\\""'],
    [['a\tb'], '"C:\\x.exe" "a\tb"'],
    [['""'], '"C:\\x.exe" "\\"\\""'],
    [['--', '@file', '/c', '^&|'], '"C:\\x.exe" -- @file /c ^&|'],
  ])('%j', (vector, line) => {
    expect(buildCommandLine('C:\\x.exe', vector)).toBe(line);
  });

  it.each(['a\0b', 'a\nb', 'a\rb', '\ud800'])('refuses %j', (value) => {
    expect(() => buildCommandLine('C:\\x.exe', [value])).toThrow(
      expect.objectContaining({ code: 'EPM_ARGUMENTS_INVALID' }),
    );
  });

  it('starts nothing with arguments that the rule does not list', async () => {
    const machine = new FakeMachine().withRule({ arguments: ['/quiet'] });
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    for (const vector of [['/quiet', '/c'], ['/QUIET'], ['/quiet '], ['"/quiet"'], ['--', '/quiet'], ['@file']]) {
      const result = await agent.elevate(caller(), { path: SETUP, arguments: vector }, context().value);
      expect(result.outcome).toBe('denied');
    }
    expect(machine.processes).toEqual([]);
    expect(await agent.elevate(caller(), { path: SETUP, arguments: ['/quiet'] }, context().value)).toMatchObject({
      outcome: 'started',
    });
  });
});

describe('AC-37 the edges', () => {
  it('an empty vector is fine, an empty or quoted path is not', async () => {
    expect(buildCommandLine('C:\\x.exe', [])).toBe('"C:\\x.exe"');
    for (const path of ['', 'C:\\a"b.exe', 'C:\\a\0.exe']) {
      expect(() => buildCommandLine(path, [])).toThrow(expect.objectContaining({ code: 'EPM_ARGUMENTS_INVALID' }));
    }
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await expect(agent.elevate(caller(), { path: '' }, context().value)).rejects.toMatchObject({
      code: 'EPM_FILE_NAME_REFUSED',
    });
  });

  it('the line is at most 32,766 characters, and a longer one never reaches a start', async () => {
    const room = 32_766 - '"C:\\x.exe" '.length;
    expect(buildCommandLine('C:\\x.exe', ['a'.repeat(room)])).toHaveLength(32_766);
    expect(() => buildCommandLine('C:\\x.exe', ['a'.repeat(room + 1)])).toThrow(
      expect.objectContaining({ code: 'EPM_ARGUMENTS_INVALID' }),
    );
    expect(() => buildCommandLine('C:\\x.exe', ['"'.repeat(20_000)])).toThrow(
      expect.objectContaining({ code: 'EPM_ARGUMENTS_INVALID' }),
    );
    expect(() =>
      buildCommandLine(
        'C:\\x.exe',
        Array.from({ length: 1025 }, () => 'a'),
      ),
    ).toThrow(expect.objectContaining({ code: 'EPM_ARGUMENTS_INVALID' }));
    const machine = new FakeMachine().withRule();
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await expect(
      agent.elevate(caller(), { path: SETUP, arguments: ['a'.repeat(32_768)] }, context().value),
    ).rejects.toMatchObject({ code: 'EPM_ARGUMENTS_INVALID' });
    expect(machine.opened).toEqual([]);
  });

  it('takes linear time on a run of backslashes', () => {
    expect(effort(() => quoteArgument(`${'\\'.repeat(30_000)} `))).toBeLessThan(200);
  });
});

describe('AC-38 both parsers read the same vector', () => {
  it('for any vector', () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (vector) => {
        const line = buildCommandLine('C:\\Program Files\\x.exe', vector);
        const expected = ['C:\\Program Files\\x.exe', ...vector];
        expect(commandLineToArgv(line)).toEqual(expected);
        expect(cRuntime(line)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('and the two parsers of this test do differ elsewhere', () => {
    expect(commandLineToArgv('x "a""b c"')).not.toEqual(cRuntime('x "a""b c"'));
  });
});
