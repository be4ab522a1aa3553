/**
 * Runs inside Windows, beside the native files, in the place of the agent: serves its pipe and answers every request as its
 * argument says. `silent`: not at all; `close`: by closing; `long`: with much. Anything else is the one message that it sends.
 */
import { PIPE_NAMES, MAX_MESSAGE } from '../../src/ipc/protocol.ts';
import { createPipeServer, loadDlls, startEventLoop } from '../../src/windows/index.ts';

const dlls = loadDlls();
const events = startEventLoop(dlls.native, (error) => {
  throw error;
});
createPipeServer(dlls.native, events, {
  kind: 'user',
  name: PIPE_NAMES.user,
  maxMessage: MAX_MESSAGE,
  troubled: () => undefined,
  over: (error) => {
    throw error;
  },
}).listen({
  connection(connection) {
    void connection.receive().then(() => {
      const answer = process.argv[2] ?? 'silent';
      if (answer === 'close') connection.close();
      else if (answer !== 'silent') void connection.send(Buffer.from(answer === 'long' ? 'x'.repeat(60_000) : answer));
      process.stdout.write('answered\n');
    });
  },
  refused: () => undefined,
});
process.stdout.write('serving\n');
