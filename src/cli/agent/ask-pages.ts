/** Lists of the agent that one message may not hold. */
import type { GrantReport, GrantsReport, SupportRequestsReport } from '../../agent/contract.ts';
import type { SupportRequest } from '../../model/support-request.ts';
import { askAgent } from './connect.ts';

/** @throws EpmError as `askAgent`, and EPM_DATA_FOLDER */
export async function askRequests(): Promise<SupportRequestsReport> {
  const requests: SupportRequest[] = [];
  for (;;) {
    const page = await askAgent('support-requests', { after: requests.length });
    requests.push(...page.requests);
    if (page.truncated !== true || page.requests.length === 0) return { requests, all: page.all };
  }
}

/** @throws EpmError as `askAgent`, and EPM_DATA_FOLDER */
export async function askGrants(): Promise<GrantsReport> {
  const grants: GrantReport[] = [];
  for (;;) {
    const page = await askAgent('grants', { after: grants.length });
    grants.push(...page.grants);
    if (page.truncated !== true || page.grants.length === 0) return { grants, all: page.all };
  }
}
