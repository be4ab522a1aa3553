import { declareDecision } from '../agent/decide-request.ts';

export const declare = declareDecision(
  'revoke',
  'take an approval back on this device, for good; the right to it is needed',
);
