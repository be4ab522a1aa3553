/** Checks of the native part, and checks and frames of the broker, that fail by number; for scripts that run inside Windows. */
import type { WindowsDlls } from '../../src/windows/index.ts';
import { readKey, writeKey } from '../../src/windows/registry/key.ts';
import { setValue } from '../../src/windows/registry/write.ts';

/** More checks than any request has. */
const MANY = 1_000_000;
/** Where the native part writes down what it let fail. */
const KEY = 'SOFTWARE\\EPM Test Bed';
const FAILED = 'FailedCheck';
const CHECK = 'EPM_TEST_FAIL_CHECK';
/** The next broker that is started takes these. */
const BROKER = { check: 'EPM_TEST_BROKER_CHECK', frame: 'EPM_TEST_BROKER_FRAME', way: 'EPM_TEST_BROKER_FRAME_WAY' };
const BROKER_WAIT = 'EPM_TEST_BROKER_WAIT';
/** Milliseconds that a broker has which does not answer. */
const SHORT_WAIT = 3_000;

/**
 * How a frame goes wrong: the broker ends before it, after half of it, or after it; its length, or its kind, is none; nobody
 * gets it; its second half never comes.
 */
export const FRAME_WAYS = {
  before: 'b',
  half: 'h',
  after: 'a',
  'with a wrong length': 'l',
  'of a wrong kind': 'k',
  silently: 's',
  'without its end': 'w',
} as const;
export type FrameWay = keyof typeof FRAME_WAYS;

export interface NativeFaults {
  /** Of this process, from now on. @param number of the check; 0: they are counted only */
  armChecks(number: number, onwards: boolean): void;
  /** Of the next broker. @param number of the check */
  armBroker(number: number): void;
  armFrame(number: number, way: FrameWay): void;
  /** @returns how many checks this process made */
  disarm(): number;
  /** What failed since; empty: nothing did. */
  failed(): string;
}

export function nativeFaults({ advapi32 }: Pick<WindowsDlls, 'advapi32'>): NativeFaults {
  const forget = (): void =>
    writeKey(advapi32, 'HKLM', KEY, (key) =>
      setValue(advapi32, 'HKLM', KEY, key, { name: FAILED, type: 'REG_SZ', data: '' }),
    );
  return {
    armChecks(number, onwards) {
      forget();
      process.env[CHECK] = `${number === 0 ? MANY : number}${onwards ? '+' : ''}@${process.pid}`;
    },
    armBroker(number) {
      forget();
      process.env[BROKER.check] = String(number);
    },
    armFrame(number, way) {
      forget();
      process.env[BROKER.frame] = String(number);
      process.env[BROKER.way] = FRAME_WAYS[way];
      if (way === 'silently' || way === 'without its end') process.env[BROKER_WAIT] = String(SHORT_WAIT);
    },
    disarm() {
      const left = Number.parseInt(process.env[CHECK] ?? String(MANY), 10);
      for (const name of [CHECK, ...Object.values(BROKER)]) Reflect.deleteProperty(process.env, name);
      return MANY - left;
    },
    failed() {
      Reflect.deleteProperty(process.env, BROKER_WAIT);
      return String(readKey(advapi32, 'HKLM', KEY, (key) => key.value(FAILED)?.data) ?? '');
    },
  };
}
