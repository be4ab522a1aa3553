import { truncateSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, message, PROGRAM } from './agent-under-test.ts';

const LARGE = 'C:\\Users\\Public\\large.exe';
/** Bytes of a file that takes the agent a while, and no room on the disk. */
const SIZE = 32 * 1024 ** 2;
/** Requests at once, as many as one user may have. */
const FLOOD = ['--connections', '16', '--hold', '600000'];

describeWindows('a user who floods the agent with large files', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.allowProbe();
    bed().putFile(LARGE, bed().readFile(bed().programs.probe));
    truncateSync(bed().hostPath(LARGE), SIZE);
    await agent.start();
  });

  it('AC-98 does not keep the approved program of another user from starting', async () => {
    let isFlooding = true;
    let answered = 0;
    const flood = async (): Promise<void> => {
      while (isFlooding) {
        const { replies } = await agent.raw(message('test', { path: LARGE }), { words: FLOOD });
        answered += replies.length;
      }
    };
    const flooding = flood();
    try {
      for (let round = 0; round < 2; round += 1) {
        // However long it takes: the flood goes on all the time.
        const answer = await agent.ask('elevate', { path: PROGRAM, wait: true }, 'otherUser');
        expect(answer).toMatchObject({ kind: 'result', body: { outcome: 'finished' } });
      }
    } finally {
      isFlooding = false;
      await flooding;
    }
    expect(answered).toBeGreaterThan(0);
    await agent.expectAlive();
  });
});
