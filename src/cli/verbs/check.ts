import { checkPrerequisites, type Prerequisite } from '../../agent/prerequisites.ts';
import { loadDlls, readMachineState } from '../../windows/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonOption } from '../input/options.ts';
import { json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('check whether this machine meets the prerequisites of elevation')
    .addOption(jsonOption())
    .action((options: { json?: true }) => end(check(io, options)));
};

/**
 * Says whether this machine is as elevation needs it, whether or not the agent runs.
 * @returns 1 when a prerequisite has failed
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows, EPM_NATIVE_MISSING
 */
function check(io: Io, options: { readonly json?: true }): ExitCode {
  const prerequisites = checkPrerequisites(readMachineState(loadDlls()));
  io.out(options.json === true ? json({ prerequisites }) : describePrerequisites(prerequisites));
  return prerequisites.some(({ state }) => state === 'failed') ? EXIT.negative : EXIT.done;
}

/** A table of state, title and what was found, the hint of each below it, and what it comes to. */
export function describePrerequisites(prerequisites: readonly Prerequisite[]): string {
  const states = Math.max(...prerequisites.map(({ state }) => state.length));
  const titles = Math.max(...prerequisites.map(({ title }) => title.length));
  const rows = prerequisites.map(
    ({ state, title, found, hint }) =>
      `${state.padEnd(states)}  ${title.padEnd(titles)}  ${shown(found)}\n` +
      (hint === undefined ? '' : `${' '.repeat(states)}  ${shown(hint)}\n`),
  );
  const amount = (wanted: Prerequisite['state']): number =>
    prerequisites.filter(({ state }) => state === wanted).length;
  const [failed, unknown] = [amount('failed'), amount('unknown')];
  const end =
    (failed === 0 ? 'No prerequisite has failed' : `${failed} of ${prerequisites.length} prerequisites failed`) +
    (unknown === 0 ? '.' : `, ${unknown} not known.`);
  return `${rows.join('')}\n${end}\n`;
}
