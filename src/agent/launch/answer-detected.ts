/**
 * What becomes of a program that somebody started as always and that asks Windows for administrator rights ("detected
 * elevation request", decision P5). Where policy offers EPM's way, the person is asked as for a request of their own; where it
 * does not manage the program, nobody is told anything and Windows asks as always.
 */
import { isFileError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import { ADMINISTRATORS, hasEnabled, type VerifiedCaller } from '../caller.ts';
import type { LaunchResult } from '../contract.ts';
import { NOT_MANAGED } from './answer-launch.ts';
import { settle, startOf, tell, type WindowOrder, type WindowPorts } from './ask-in-window.ts';

/**
 * Whether Windows would ask before it starts the program, by what its manifest says ("Application manifests",
 * `requestedExecutionLevel`): with `highestAvailable` it asks only people whose token was filtered, such as
 * administrators. What Windows asks for by itself, without a manifest, the launcher learns from Windows.
 */
export function asksForElevation({ executable }: FileFacts, { client: { token }, requester }: VerifiedCaller): boolean {
  if (hasEnabled(token, ADMINISTRATORS)) return false;
  switch (executable?.requestedLevel) {
    case 'requireAdministrator':
      return true;
    case 'highestAvailable':
      return requester.isAdministrator;
    default:
      return false;
  }
}

/**
 * @throws EpmError what an elevation throws, but for files that are refused, while nobody was asked anything: Windows asks
 * then, as without EPM
 */
export async function answerDetected(order: WindowOrder, ports: WindowPorts): Promise<LaunchResult> {
  // Whoever ends the launcher means the program in whose place it is.
  const settled = await settle({ ...startOf(order), endsWithClient: true }, order, ports);
  if ('error' in settled) {
    if (settled.text !== undefined) return tell(settled, order, ports);
    if (isFileError(settled.error)) return NOT_MANAGED;
    throw settled.error;
  }
  const { result } = settled;
  const isUnknown = result.outcome === 'denied' && result.reason === 'notYourFile';
  if (result.outcome === 'notManaged' || isUnknown) return NOT_MANAGED;
  return tell(settled, order, ports);
}
