/** What a file of this folder declares: one conversation between a client and the agent. */
import type { Agent } from '../../agent/index.ts';
import type { Caller, PipeKind } from '../../agent/ports.ts';

/** What a conversation has while its request is worked on. */
interface Conversation<Event> {
  /** As the pipe server read it from the client's token. */
  readonly caller: Caller;
  /** Aborted when the client takes the request back, or its time is over. */
  readonly cancelled: AbortSignal;
  /** Aborted when the client is gone. */
  readonly disconnected: AbortSignal;
  /** Sends an event. Whoever sends many waits for each, so that a slow client does not fill the memory. */
  readonly send: (event: Event) => void | Promise<void>;
  /** The same, and settles when the client says that it has taken the event; false: the client is gone. */
  readonly handOver: (event: Event) => Promise<boolean>;
  /** From now on the request may take as long as it likes. */
  readonly endDeadline: () => void;
}

export interface ChannelDeclaration<Request, Event, Result> {
  /**
   * Where it is served: what people do for themselves on the pipe of users, what concerns the agent or other people on that
   * of administration. Served on both, it answers on the latter for everybody.
   */
  readonly pipes: readonly [PipeKind, ...PipeKind[]];
  /** JSON schema of the body of a request. */
  readonly schema: object;
  /**
   * Calls the agent's use case.
   * @param request has the form of the schema
   * @throws EpmError with what the client is to be told
   */
  readonly serve: (agent: Agent, conversation: Conversation<Event>, request: Request) => Result | Promise<Result>;
  /**
   * Shortens a result that is too long for one message, and marks it. Absent: it is always short.
   * @param keep share of each list that stays, 0–1; texts keep the same share of their longest form
   */
  readonly shortenResult?: (result: Result, keep: number) => Result;
  /** The same for an event. */
  readonly shortenEvent?: (event: Event, keep: number) => Event;
}
