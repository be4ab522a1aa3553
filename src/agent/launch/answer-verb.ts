/**
 * What becomes of a file that somebody wants to run with administrator rights from the desktop: whatever the answer is, the
 * person learns it in a window.
 */
import type { LaunchResult } from '../contract.ts';
import { settle, startOf, tell, type WindowOrder, type WindowPorts } from './ask-in-window.ts';

/** @throws EpmError EPM_REQUEST_CANCELLED when the launcher is gone; every other end is shown to the person */
export async function answerVerb(order: WindowOrder, ports: WindowPorts): Promise<LaunchResult> {
  return tell(await settle(startOf(order), order, ports), order, ports);
}
