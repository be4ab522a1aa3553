/** Waiting for what a window says, for as long as somebody wants to know. */
import type { WindowProcess } from '../../agent/consent/window-process.ts';
import type { NoConsentReason } from '../../model/decision.ts';

const REASONS: ReadonlySet<unknown> = new Set<NoConsentReason>([
  'consentDeclined',
  'consentExpired',
  'consentSessionLeft',
  'consentWindowLost',
  'consentUnavailable',
  'consentCancelled',
]);

/** @returns what a window says in the end */
export async function answerOf(window: WindowProcess): Promise<ReadonlyMap<string, string> | NoConsentReason> {
  for (let event = await window.next(); event !== undefined; event = await window.next()) {
    if (event.kind === 'answer') return event.fields;
    if (event.kind === 'malformed') break;
  }
  return 'consentWindowLost';
}

/** The answer, unless the request is taken back or the time is over before. */
export async function firstOf<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  milliseconds: number,
): Promise<T | NoConsentReason> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      answer,
      new Promise<NoConsentReason>((resolve) => {
        if (signal.aborted) resolve(reasonOf(signal));
        signal.addEventListener('abort', () => resolve(reasonOf(signal)), { signal: stop.signal });
        const timer = setTimeout(() => resolve('consentExpired'), milliseconds);
        stop.signal.addEventListener('abort', () => clearTimeout(timer));
      }),
    ]);
  } finally {
    stop.abort();
  }
}

export function reasonOf(signal: AbortSignal): NoConsentReason {
  return REASONS.has(signal.reason) ? (signal.reason as NoConsentReason) : 'consentCancelled';
}
