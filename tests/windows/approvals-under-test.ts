/** Approvals by the packed agent: what a test asks, and what somebody with a key answers. */
import { expect } from 'vitest';
import { identitySid, type Identity } from '../bed/index.ts';
import type { Approver } from '../unit/agent/approvals/approver.ts';
import type { AgentMessage, AgentUnderTest, Json } from './agent-under-test.ts';

export interface Asked {
  readonly id: string;
  /** For whoever approves. */
  readonly text: string;
}

/** Keys as a policy file lists them. */
export function approverKeys(approvers: readonly Approver[]): Json {
  return Object.fromEntries(
    approvers.map(({ key: { name, publicKey, approver, rights, validUntil } }) => [
      name,
      {
        publicKey,
        approver,
        rights,
        ...(validUntil === undefined ? {} : { validUntil: new Date(validUntil).toISOString().slice(0, 16) + 'Z' }),
      },
    ]),
  );
}

/** Asks support, and answers the text for it. */
export async function askSupport(
  agent: AgentUnderTest,
  request: Json & { readonly path: string },
  as: Identity = 'standardUser',
): Promise<Asked> {
  const body = { justification: 'I need it for my work.', ...request };
  const answer = (await agent.ask('elevate', body, as)).body;
  expect(answer, JSON.stringify(answer)).toMatchObject({
    outcome: 'needsApproval',
    supportRequest: { status: 'pending' },
  });
  return answer['supportRequest'] as Asked;
}

/** The request that a user has made last. */
export async function lastRequest(agent: AgentUnderTest, as: Identity = 'standardUser'): Promise<Json & Asked> {
  const { requests } = (await agent.ask('support-requests', {}, as)).body as { readonly requests: readonly Json[] };
  const last = requests.findLast(({ requestedByUserId }) => requestedByUserId === identitySid[as]);
  const shown = (await agent.ask('support-requests', { id: last?.['id'] }, as)).body;
  return { ...(shown['requests'] as readonly Json[])[0], text: shown['text'] } as Json & Asked;
}

export function importGrant(agent: AgentUnderTest, text: string, as: Identity = 'standardUser'): Promise<AgentMessage> {
  return agent.ask('import-grant', { text }, as);
}
