/**
 * Receivers of notifications in a policy: a name, and one JSON object whose member `kind` says which other members there
 * are. What cannot be read notifies nobody and is told.
 */
import {
  DEFAULT_NOTIFICATION_EVENTS,
  NOTIFICATION_EVENTS,
  type Notification,
  type NotificationKind,
  type NotificationEvent,
} from '../../model/notification.ts';
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import { type AnyTarget, KINDS } from './notification-schema.ts';
import { checkValue } from './validation.ts';

/** @param reasons gets what is wrong; places are JSON pointers inside the value */
export function readNotification(name: string, value: unknown, reasons: Diagnostic[]): Notification | undefined {
  // The registry has one value for the whole entry, so that its place says no member.
  reasons.push(
    ...checkValue('notification', value).map(({ diagnostic: found, member }) => ({
      ...found,
      ...(member === undefined ? {} : { data: { member } }),
    })),
  );
  if (reasons.length > 0) return undefined;
  const { kind, events, ...target } = value as AnyTarget & {
    kind: NotificationKind;
    events?: readonly NotificationEvent[];
  };
  const fault = KINDS[kind].fault(target);
  if (fault !== undefined) {
    const [member, message] = fault;
    reasons.push(diagnostic('notificationInvalid', message, member === '' ? undefined : { pointer: `/${member}` }));
    return undefined;
  }
  const told =
    events === undefined ? DEFAULT_NOTIFICATION_EVENTS : NOTIFICATION_EVENTS.filter((event) => events.includes(event));
  return { kind, name, ...KINDS[kind].defaults(target), ...target, events: told } as Notification;
}

/** The value of a policy file: members in declared order; what holds anyway is left out. */
export function writtenNotification({ name: _, kind, events, ...rest }: Notification): object {
  const target: AnyTarget = rest;
  const usual = KINDS[kind].defaults(target);
  const members = Object.keys(KINDS[kind].members).filter(
    (member) => target[member] !== undefined && target[member] !== usual[member],
  );
  const isUsual = events.join() === DEFAULT_NOTIFICATION_EVENTS.join();
  return {
    kind,
    ...Object.fromEntries(members.map((member) => [member, target[member]])),
    ...(isUsual ? {} : { events }),
  };
}
