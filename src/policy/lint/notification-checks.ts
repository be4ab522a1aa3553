/** Receivers of notifications: secrets that stand in the policy, which every user can read. */
import { defined } from '../../model/defined.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Notification } from '../../model/notification.ts';
import { pointerStep } from '../../text/json-pointer.ts';
import { LISTS } from '../declaration/lists.ts';
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { LintMessage } from './lint-diagnostic.ts';

const HINT = 'Store it with "epm agent secret set NAME" on the device, and write that name here.';

/** Members that somebody gives a password or a key under; the reader leaves the whole entry out. */
const SECRET_MEMBER = /pass|pwd|secret|token|credential|private|api.?key|^key$|^auth/i;

/** A key in the query of an address. */
const SECRET_PARAMETER = /[?&](?:sig|signature|token|access_token|key|api_?key|secret|code|password|pwd)=/i;

/**
 * Services whose address is itself what admits a message: Slack says so of its webhooks ("contains a secret"), and those of
 * Teams and Discord are of the same kind.
 */
const SECRET_ADDRESS =
  /^https:\/\/(?:hooks\.slack\.com\/|[a-z0-9.-]+\.webhook\.office\.com\/|discord(?:app)?\.com\/api\/webhooks\/)/i;

export function checkNotifications({ approvals, problems }: PolicyFile): readonly LintMessage[] {
  const receivers = approvals?.notifications ?? [];
  const untold = receivers.length > 0 && !receivers.some(({ events }) => events.includes('requested'));
  return [
    ...receivers.flatMap(checkReceiver),
    ...problems.flatMap((problem): readonly LintMessage[] => {
      const member = problem.data?.['member'];
      if (!isOfReceiver(problem) || typeof member !== 'string' || !SECRET_MEMBER.test(member)) return [];
      const message = `The member "${member.slice(0, 64)}" of this entry looks like a password or a key.`;
      return [{ code: 'notification-secret', ...defined({ place: problem.place }), message, hint: HINT }];
    }),
    ...(untold
      ? [
          {
            code: 'notification-events-untold' as const,
            place: { pointer: '/notifications' },
            message: 'None of the receivers is told of new requests.',
            hint: 'Add "requested" to the events of one, unless another policy has such a receiver.',
          },
        ]
      : []),
  ];
}

function checkReceiver(receiver: Notification): readonly LintMessage[] {
  const { name } = receiver;
  const members = receiver as Readonly<Record<string, unknown>>;
  const named = ['secret', 'urlSecret', 'certificate'].filter((member) => looksRandom(members[member]));
  return [
    ...named.map((member): LintMessage => {
      const message = `"${member}" of "${name}" looks like the secret itself and not like its name.`;
      return { code: 'notification-secret', place: pointerOf(name, member), message, hint: HINT };
    }),
    ...(typeof members['url'] === 'string' ? checkAddress(name, members['url']) : []),
  ];
}

function checkAddress(name: string, url: string): readonly LintMessage[] {
  if (!SECRET_PARAMETER.test(url) && !SECRET_ADDRESS.test(url)) return [];
  return [
    {
      code: 'notification-secret',
      place: pointerOf(name, 'url'),
      message: `Whoever reads the address of "${name}" can post there themselves.`,
      hint: 'Store the address with "epm agent secret set NAME" on the device, and write "urlSecret" instead of "url".',
    },
  ];
}

/** Twenty or more characters of three classes without a word in them are no name that a person gives. */
function looksRandom(text: unknown): boolean {
  if (typeof text !== 'string' || text.length < 20) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((each) => each.test(text)).length;
  return classes === 3 || /^[0-9a-f]{32,}$/i.test(text);
}

function pointerOf(name: string, member: string): { pointer: string } {
  return { pointer: `/notifications${pointerStep(name)}${pointerStep(member)}` };
}

function isOfReceiver({ place }: Diagnostic): boolean {
  const inKey = place?.registry?.startsWith(`${LISTS.notifications.subkey}\\`) === true;
  return inKey || place?.pointer?.startsWith('/notifications/') === true;
}
