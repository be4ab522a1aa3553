import type { ElevationsReport, JudgedChild, RunningElevation } from '../../agent/contract.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { fields, json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('list the elevated programs that run and what they started: your own, or all for administrators')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => end(await elevations(io, options.json === true)));
};

/** @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED */
async function elevations(io: Io, asJson: boolean): Promise<ExitCode> {
  const report = await askAgent('elevations', {});
  io.out(asJson ? json(report) : describeElevations(report));
  return EXIT.done;
}

function describeElevations({ elevations: all, truncated }: ElevationsReport): string {
  if (all.length === 0) return 'No elevated program runs.\n';
  const more = truncated === true ? '\nThere are more; the last ones are listed, without their children.\n' : '';
  return `${all.map(describeTree).join('\n')}${more}`;
}

function describeTree(tree: RunningElevation): string {
  const { children } = tree;
  return (
    fields([
      ['Request', tree.requestId],
      ['Program', tree.file.path],
      ['Process', `${tree.processId}${tree.hasEnded === true ? ', has ended; what it started runs on' : ''}`],
      ['Started', tree.startTime],
      ['User', `${tree.userName ?? tree.userSid} in session ${tree.session}`],
      ['Rule', tree.rule === undefined ? 'the default response' : `${tree.rule.name} (policy ${tree.rule.policyId})`],
      ['Children', children === undefined ? 'none may start' : `${children.allowed} ran, ${children.denied} ended`],
    ]) + (children?.recent.map(describeChild).join('') ?? '')
  );
}

function describeChild({ processId, path, reason, rule }: JudgedChild): string {
  const by = rule === undefined ? '' : `, rule ${rule.name}`;
  return fields([[`  ${processId}`, `${path}: ${reason === undefined ? 'allowed' : `ended (${reason})`}${by}`]]);
}
