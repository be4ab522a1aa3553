import { declareDecision } from '../agent/decide-request.ts';

export const declare = declareDecision('deny', 'deny a request to support that waits; the right to it is needed');
