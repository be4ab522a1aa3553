import { Option } from 'commander';
import type { ProbeState } from '../../agent/selftest/probe.ts';
import type { ProbeResult } from '../../agent/selftest/run-probes.ts';
import type { SelfTestReport } from '../agent/selftest.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('ask this Windows for every fact that EPM relies on, and put back what that changes (administrators)')
    .addOption(jsonOption())
    .addOption(new Option('--run-service <values...>', 'for the service of the self-test').hideHelp())
    .action(async (options: { json?: true; runService?: readonly string[] }) => {
      const { selfTest, selfTestAsService, serviceRun } = await import('../agent/selftest.ts');
      if (options.runService === undefined) {
        end(say(io, await selfTest(), options.json === true));
        return;
      }
      const [output = '', logonSid = '', session = ''] = options.runService;
      await selfTestAsService(serviceRun(output, logonSid, session));
    });
};

/** @returns 1 when something differs, or could not be put back */
function say(io: Io, report: SelfTestReport, asJson: boolean): ExitCode {
  io.out(asJson ? json(report) : describeSelfTest(report));
  const isFine = report.results.every(({ state, left }) => state !== 'differs' && left.length === 0);
  return isFine ? EXIT.done : EXIT.negative;
}

const STATES: Readonly<Record<ProbeState, string>> = {
  asExpected: 'as expected',
  differs: 'differs',
  notPossible: 'not possible here',
};

/** A table of state and title, what is not as expected below each row, and what it comes to. */
function describeSelfTest({ results, windows, epm }: SelfTestReport): string {
  const width = Math.max(...Object.values(STATES).map(({ length }) => length));
  const below = (text: string): string => `${' '.repeat(width)}  ${shown(text)}\n`;
  const row = ({ state, title, why, left }: ProbeResult): string =>
    `${STATES[state].padEnd(width)}  ${title}\n` +
    (why === '' ? '' : below(why)) +
    left.map((what) => below(`Not put back: ${what}`)).join('');
  const amount = (wanted: ProbeState): number => results.filter(({ state }) => state === wanted).length;
  const system = windows.wine ? 'Wine, which proves nothing about Windows' : `Windows ${windows.build ?? 'unknown'}`;
  const build = epm.testBuild ? ', build for the test bed' : '';
  return (
    `${results.map(row).join('')}\nEPM ${epm.version}${build}, on ${system}: ` +
    `${amount('asExpected')} as expected, ${amount('differs')} differ, ${amount('notPossible')} not possible here.\n`
  );
}
