import { call, type CallOptions } from '../../ipc/client.ts';
import { MAX_MESSAGE, PIPE_NAME, type Channel, type Channels } from '../../ipc/channels.ts';
import { connectPipe, loadDlls } from '../../windows/index.ts';

/**
 * Asks the agent of this machine.
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, or what the agent
 * answers
 */
export async function askAgent<C extends Channel>(
  channel: C,
  body: Channels[C]['request'],
  options: CallOptions<C> = {},
): Promise<Channels[C]['result']> {
  const { native } = loadDlls();
  return call(connectPipe(native, PIPE_NAME, MAX_MESSAGE), channel, body, options);
}
