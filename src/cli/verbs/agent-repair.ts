import type { Prerequisite } from '../../agent/prerequisites.ts';
import { checkInstallationFacts, loadDlls, mendInstallation, type WindowsDlls } from '../../windows/index.ts';
import { defined } from '../../model/defined.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';
import { registeredOrOwn } from './agent-check.ts';

/** Times that is looked for what else is wrong. */
const ROUNDS = 2;

interface Options {
  readonly only?: readonly string[];
  readonly json?: true;
}

/** What became of one fact that was not as it must be. */
export interface Repair {
  readonly id: string;
  readonly title: string;
  /** What was wrong. */
  readonly before: string;
  readonly repaired: boolean;
  /** What is wrong still, and the next step. */
  readonly left?: string;
  readonly hint?: string;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description(
      'make the installation of the agent as it must be: service, registry keys, event log, folder of the data (administrators)',
    )
    .option('--only <id...>', 'mend these only, as `epm agent check` names them')
    .addOption(jsonOption())
    .action(async (options: Options) => end(await repair(io, options)));
};

/**
 * @returns 1 when something is left that is not as it must be
 * @throws EpmError EPM_PLATFORM, EPM_NATIVE_MISSING, EPM_ARGUMENT, and what kept a fact from being mended
 */
async function repair(io: Io, { only, json: asJson }: Options): Promise<ExitCode> {
  const repairs = await repairAll(loadDlls(), only);
  io.out(asJson === true ? json({ repairs }) : describeRepairs(repairs));
  return repairs.every(({ repaired }) => repaired) ? EXIT.done : EXIT.negative;
}

async function repairAll(dlls: WindowsDlls, only: readonly string[] | undefined): Promise<readonly Repair[]> {
  const executable = registeredOrOwn(dlls);
  const failed = (): readonly Prerequisite[] =>
    checkInstallationFacts(dlls, executable).filter(
      ({ id, state }) => state === 'failed' && (only === undefined || only.includes(id)),
    );
  const before = new Map<string, Prerequisite>();
  // A service that was not registered had no other facts before.
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = failed().filter(({ id }) => !before.has(id));
    for (const check of found) {
      before.set(check.id, check);
      await mendInstallation(dlls, executable, check.id);
    }
  }
  const after = new Map(failed().map((check) => [check.id, check]));
  return [...before.values()].map(({ id, title, found }) => {
    const left = after.get(id);
    return {
      id,
      title,
      before: found,
      repaired: left === undefined,
      ...defined({ left: left?.found, hint: left?.hint }),
    };
  });
}

function describeRepairs(repairs: readonly Repair[]): string {
  if (repairs.length === 0) return 'Everything is as it must be.\n';
  return repairs
    .map(({ title, before, repaired, left = '', hint = '' }) =>
      repaired
        ? `repaired  ${title}: ${shown(before)}\n`
        : `left      ${title}: ${shown(left)}\n          ${shown(hint)}\n`,
    )
    .join('');
}
