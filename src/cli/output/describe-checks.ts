import type { Prerequisite } from '../../agent/prerequisites.ts';
import { shown } from './text.ts';

/**
 * A table of state, title and what was found, the hint of each below it, and what it comes to.
 * @param noun what one of them is
 */
export function describeChecks(checks: readonly Prerequisite[], noun: string): string {
  const states = Math.max(...checks.map(({ state }) => state.length));
  const titles = Math.max(...checks.map(({ title }) => title.length));
  const rows = checks.map(
    ({ state, title, found, hint }) =>
      `${state.padEnd(states)}  ${title.padEnd(titles)}  ${shown(found)}\n` +
      (hint === undefined ? '' : `${' '.repeat(states)}  ${shown(hint)}\n`),
  );
  const amount = (wanted: Prerequisite['state']): number => checks.filter(({ state }) => state === wanted).length;
  const [failed, unknown] = [amount('failed'), amount('unknown')];
  const end =
    (failed === 0 ? `No ${noun} has failed` : `${failed} of ${checks.length} ${noun}s failed`) +
    (unknown === 0 ? '.' : `, ${unknown} not known.`);
  return `${rows.join('')}\n${end}\n`;
}
