import type { AuditEnd, PolicyReport } from '../../agent/contract.ts';
import { call, type CallOptions } from '../../ipc/client.ts';
import type { Channel, Channels } from '../../ipc/channels/index.ts';
import type { PipeKind } from '../../agent/ports.ts';
import { CHANNELS } from '../../ipc/channels/index.ts';
import { MAX_MESSAGE, PIPE_NAMES } from '../../ipc/protocol.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { connectPipe, isAdministrator, loadDlls, type WindowsDlls } from '../../windows/index.ts';

/**
 * Asks the agent of this machine: an administrator on the pipe of administration, where it serves the channel.
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR, or
 * what the agent answers
 */
export async function askAgent<C extends Channel>(
  channel: C,
  body: Channels[C]['request'],
  options: CallOptions<C> = {},
): Promise<Channels[C]['result']> {
  return askAgentBy(loadDlls(), channel, body, options);
}

/** As {@link askAgent}. */
export async function askAgentBy<C extends Channel>(
  dlls: WindowsDlls,
  channel: C,
  body: Channels[C]['request'],
  options: CallOptions<C> = {},
): Promise<Channels[C]['result']> {
  const ask = (pipe: PipeKind): Promise<Channels[C]['result']> =>
    call(connectPipe(dlls.native, pipe, PIPE_NAMES[pipe], MAX_MESSAGE), channel, body, options);
  const { pipes } = CHANNELS[channel];
  if (!pipes.includes('administration')) return ask('user');
  if (!pipes.includes('user')) return ask('administration');
  if (!isAdministrator(dlls)) return ask('user');
  try {
    return await ask('administration');
  } catch (error) {
    // A program that EPM elevated is an administrator to Windows and none to the agent.
    if (isEpmError(error) && error.code === 'EPM_NOT_ADMINISTRATOR') return ask('user');
    throw error;
  }
}

/** Records of one question. The agent sends at most 100,000. */
const PAGE = 10_000;

/**
 * Audit records that the caller may see, oldest first, up to the newest.
 * @param limit at most so many
 * @returns what of them the limit left out, and the sequence number of the last one
 * @throws EpmError as {@link askAgent}
 */
export async function askAudit(
  { after = 0, limit = Infinity }: { readonly after?: number; readonly limit?: number },
  options: CallOptions<'audit'>,
): Promise<AuditEnd & { readonly last: number }> {
  let last = after;
  let left = limit;
  for (;;) {
    const { count, more, all } = await askAgent(
      'audit',
      { after: last, limit: Math.min(left, PAGE) },
      {
        ...options,
        event(event) {
          last = event.record.sequence;
          return options.event?.(event);
        },
      },
    );
    left -= count;
    if (!more || left <= 0) return { more, all, last };
  }
}

/**
 * The policy in force, all of its rules: one message holds some hundred.
 * @throws EpmError as {@link askAgent}; EPM_AGENT_BUSY when the policy changed again and again meanwhile
 */
export async function askPolicy(): Promise<PolicyReport> {
  for (let round = 1; round <= 3; round++) {
    const report = await wholePolicy();
    if (report !== undefined) return report;
  }
  throw new EpmError('EPM_AGENT_BUSY', 'The policy changes faster than it can be read.');
}

/** Undefined: it changed meanwhile. */
async function wholePolicy(): Promise<PolicyReport | undefined> {
  const first = await askAgent('policy', {});
  const rules = [...first.rules];
  for (let page = first; page.truncated === true;) {
    page = await askAgent('policy', { after: rules.length });
    if (page.digest !== first.digest || page.rules.length === 0) return undefined;
    rules.push(...page.rules);
  }
  const { truncated: _, ...report } = first;
  return { ...report, rules };
}
