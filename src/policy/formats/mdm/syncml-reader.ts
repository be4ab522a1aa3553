/**
 * Policies in a SyncML message. What is read is what a device with EPM's ADMX would take: an item it would refuse is
 * reported with its status, and where that would cost it rules, the message is refused as a whole.
 */
import { diagnostic, type Diagnostic } from '../../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../../model/diagnostic-codes.ts';
import { EpmError } from '../../../model/errors.ts';
import type { ReadPolicies } from '../format.ts';
import { OmaPolicies, type ItemOutcome } from './oma-policy.ts';
import { readSyncMl, type SyncCommand, type SyncItem } from './syncml-message.ts';
import { decodePolicyText } from '../input.ts';

/** Items of others that are named one by one before they are only counted. */
const NAMED = 8;

/** @throws EpmError EPM_POLICY_INVALID when it is no SyncML, or a device would refuse rules of it */
export function readSyncMlPolicies(input: Uint8Array): ReadPolicies {
  const reader = new Reader();
  for (const command of readSyncMl(decodePolicyText(input))) reader.run(command);
  return reader.result();
}

class Reader {
  readonly #policies = new OmaPolicies();
  readonly #problems: Diagnostic[] = [];
  #others = 0;

  run(command: SyncCommand): void {
    if (command.verb === 'Atomic') this.#runAtomic(command);
    else if (command.verb === 'Sequence') for (const inner of command.commands) this.run(inner);
    else for (const item of command.items) this.#runItem(command.verb, item, false);
  }

  result(): ReadPolicies {
    const { policies, problems } = this.#policies.policies();
    const rest = this.#others - NAMED;
    const message = `${rest} more items are not EPM's and were left out.`;
    const more = rest > 0 ? [diagnostic('otherItem', message)] : [];
    return { policies, problems: [...problems, ...this.#problems, ...more] };
  }

  /** A device takes all of it or nothing ("OMA DM protocol support"). */
  #runAtomic(atomic: SyncCommand): void {
    const added = new Set<string>();
    for (const { verb, items, commands } of atomic.commands) {
      if (verb === 'Atomic' || verb === 'Sequence' || verb === 'Get') {
        const inner = commands[0]?.items[0] ?? items[0];
        throw refusal(inner?.uri ?? '', 500, `Atomic does not take ${verb}.`);
      }
      for (const item of items) {
        if (verb === 'Replace' && added.has(item.uri)) {
          throw refusal(item.uri, 500, 'Atomic does not take Replace of what it added.');
        }
        if (verb === 'Add') added.add(item.uri);
        this.#runItem(verb, item, true);
      }
    }
  }

  #runItem(verb: SyncCommand['verb'], item: SyncItem, isAtomic: boolean): void {
    const outcome = this.#outcome(verb, item);
    if (outcome.kind === 'other') {
      this.#others += 1;
      if (this.#others <= NAMED) this.#report('otherItem', item.uri, 'The item is not EPM’s and was left out.');
    } else if (outcome.kind === 'refused') {
      if (isAtomic || outcome.isList) throw refusal(item.uri, outcome.status, outcome.message);
      this.#report(
        'refusedItem',
        item.uri,
        `A device would refuse it with status ${outcome.status}: ${outcome.message}`,
      );
    }
  }

  #outcome(verb: SyncCommand['verb'], { uri, format, data }: SyncItem): ItemOutcome {
    const outcome = this.#policies.apply(verb, uri, data);
    const carriesData = verb === 'Add' || verb === 'Replace';
    if (outcome.kind === 'other' || !carriesData || format === 'chr' || format === 'xml') return outcome;
    return {
      kind: 'refused',
      status: 415,
      message: `The format must be chr, not ${format.slice(0, 64)}.`,
      isList: true,
    };
  }

  #report(code: DiagnosticCode, uri: string, message: string): void {
    this.#problems.push(diagnostic(code, message, { omaUri: uri.slice(0, 512) }));
  }
}

function refusal(uri: string, status: number, message: string): EpmError {
  const omaUri = uri.slice(0, 512);
  return new EpmError('EPM_POLICY_INVALID', `A device would refuse "${omaUri}" with status ${status}: ${message}`, {
    hint: 'Correct the item; a device would take none of its rules.',
    data: { status, omaUri },
  });
}
