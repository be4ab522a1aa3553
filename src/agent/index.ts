/** The agent's use cases for the channel and the composition of the executable. */
export { createAgent, type Agent, type AgentPorts, type StopReason } from './agent.ts';
export type { ElevationContext } from './elevation-context.ts';
