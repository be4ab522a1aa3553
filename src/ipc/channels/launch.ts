import type { LaunchRequest, LaunchResult } from '../../agent/contract.ts';
import { ARGUMENTS, bodySchema, PATH } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/**
 * The launcher compares what it gets with whole texts and reads a number from two of them (native/launch/agent_answer.cpp):
 * members, their order and the form of messages are part of the protocol here.
 */
type LaunchEvent =
  /** A person is asked or told something now, which may take minutes. */
  | { readonly event: 'asking' }
  | { readonly event: 'started'; readonly processId: number }
  /** The caller belongs to an elevated tree: it starts the program by itself now, and then closes the connection. */
  | { readonly event: 'lifted' };

/** Asks whether a program that somebody starts, or wants elevated, is elevated, and waits until it has ended. */
export const launch: ChannelDeclaration<LaunchRequest, LaunchEvent, LaunchResult> = {
  pipes: ['user'],
  schema: bodySchema(
    {
      path: PATH,
      arguments: ARGUMENTS,
      trigger: { enum: ['launch', 'detected', 'verb'] },
      directory: PATH,
    },
    ['path', 'trigger'],
  ),
  serve: (agent, conversation, request) =>
    agent.launch(conversation.caller, request, {
      cancelled: conversation.cancelled,
      disconnected: conversation.disconnected,
      started({ processId }) {
        conversation.endDeadline();
        void conversation.send({ event: 'started', processId });
      },
      lifted: () => void conversation.send({ event: 'lifted' }),
      asking() {
        conversation.endDeadline();
        void conversation.send({ event: 'asking' });
      },
    }),
};
