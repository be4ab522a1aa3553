import type { BrokerStatus, HealthReport, ReceiverStatus } from '../../agent/contract.ts';
import { askAgent } from '../agent/connect.ts';
import { age, duration } from '../output/duration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonOption } from '../input/options.ts';
import { fields, json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description("show the agent's state")
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => {
      end(await status(io, options));
    });
};

/** @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED */
async function status(io: Io, options: { readonly json?: true }): Promise<ExitCode> {
  const report = await askAgent('status', {});
  if (options.json === true) {
    io.out(json(report));
    return EXIT.done;
  }
  const { counters, journal } = report;
  io.out(
    fields([
      ['Agent', `${report.version}, ${report.state}, process ${report.processId}`],
      ['Since', report.startTime],
      ['Client', report.clientState],
      ['Policy', `${report.policyDigest.slice(0, 16)} since ${report.policySince} (${age(report.policySince)})`],
      ['Policy read', report.policyLastRead ?? 'never whole since the start of the agent'],
      [
        'Policy fault',
        report.policyFaultSince === undefined
          ? undefined
          : `since ${report.policyFaultSince} (${duration(report.policyFaultAge ?? 0)})`,
      ],
      [
        'Rules',
        report.rejectedRules === 0 ? report.rules : `${report.rules}, ${report.rejectedRules} of them rejected`,
      ],
      ['Running', report.running],
      [
        'Requests',
        `${counters.elevated} elevated, ${counters.denied} denied, ${counters.failed} failed, ${counters.refusedClients} clients refused`,
      ],
      ['Journal', `records ${journal.firstRecord} to ${journal.records}, ${journal.state}`],
      ['Journal head', journal.headHash],
      ['Event log', journal.eventLog],
      ['Health', report.health && healthText(report.health)],
      ['Accounts', report.accountFactory],
      ...(report.notifications?.receivers ?? []).map(
        (receiver) => [`Receiver ${receiver.name}`, receiverText(receiver)] as const,
      ),
      ...(report.brokers ?? []).map((broker) => [`Broker ${broker.name}`, brokerText(broker)] as const),
    ]),
  );
  for (const { message, hint } of report.warnings) io.out(`Warning: ${shown(message)}\n         ${shown(hint)}\n`);
  return EXIT.done;
}

function receiverText({ kind, queued, oldest, lastSuccess, lastFault }: ReceiverStatus): string {
  const waiting = oldest === undefined ? `${queued} wait` : `${queued} wait since ${oldest}`;
  const fault = lastFault === undefined ? 'no fault' : `fault ${lastFault.fault} at ${lastFault.time}`;
  return `${kind}, ${waiting}; last sent ${lastSuccess ?? 'never'}, ${fault}`;
}

function brokerText({ state, since, fault, published, received, ignored }: BrokerStatus): string {
  const why = fault === undefined ? '' : `, fault ${fault}`;
  return `${state} since ${since}${why}; ${published} sent, ${received} came, ${ignored} of them ignored`;
}

function healthText({ privateBytes, handles, threads, loopDelay, requests, journal }: HealthReport): string {
  const memory = `${Math.round(privateBytes / 1024 ** 2)} MB, ${handles} handles, ${threads} threads`;
  return `${memory}, ${requests.open} requests open; at most ${loopDelay.max} ms late, ${journal.max} ms for a record`;
}
