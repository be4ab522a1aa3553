import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io) => {
  command
    .description('run the agent in this console (Windows, as the local system)')
    .option('--service', 'run as a service; for the service control manager')
    .action(async (options: { service?: true }) => {
      // The help of the verbs below it is asked far more often than the agent is started.
      const { runAgent } = await import('../agent/run-agent.ts');
      await runAgent(io, options.service === true);
    });
};
