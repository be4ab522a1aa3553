/**
 * The typed channel map of the agent's pipe. One connection carries one request; the agent answers with any number of
 * events and exactly one result or error. Every message is one JSON object in UTF-8, at most MAX_MESSAGE bytes.
 * The only further message a client may send is a cancel.
 */
import type {
  AuditQuery,
  ElevateRequest,
  ElevateResult,
  PolicyQuery,
  PolicyReport,
  RunDetails,
  StatusReport,
  TestRequest,
  TestResult,
} from '../agent/contract.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import type { ErrorReport } from '../model/errors.ts';

export const PROTOCOL_VERSION = 1;
/** Only administrators and the system can create pipes below this prefix, so nobody can take the name first. */
export const PIPE_NAME = '\\\\.\\pipe\\ProtectedPrefix\\Administrators\\EPM\\agent';
/** Bytes. */
export const MAX_MESSAGE = 64 * 1024;

export interface Channels {
  elevate: { request: ElevateRequest; event: { readonly event: 'started' } & RunDetails; result: ElevateResult };
  test: { request: TestRequest; event: never; result: TestResult };
  policy: { request: PolicyQuery; event: never; result: PolicyReport };
  /** Records stream as events. A standard user gets the records of his own requests, an administrator all. */
  audit: {
    request: AuditQuery;
    /** `truncated`: a text of the record was too long for one message and is cut, so its hash no longer fits. */
    event: { readonly record: AuditRecord; readonly truncated?: true };
    result: { readonly count: number };
  };
  status: { request: Record<string, never>; event: never; result: StatusReport };
}

export type Channel = keyof Channels;

/** What travels from client to agent. */
export type ClientMessage =
  | {
      [C in Channel]: {
        readonly v: typeof PROTOCOL_VERSION;
        readonly channel: C;
        readonly body: Channels[C]['request'];
      };
    }[Channel]
  | { readonly v: typeof PROTOCOL_VERSION; readonly cancel: true };

/** What travels from agent to client. */
export type AgentMessage<C extends Channel = Channel> =
  | { readonly kind: 'event'; readonly body: Channels[C]['event'] }
  | { readonly kind: 'result'; readonly body: Channels[C]['result'] }
  | { readonly kind: 'error'; readonly body: ErrorReport };
