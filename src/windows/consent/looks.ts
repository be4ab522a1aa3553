/** Reads what a person has chosen for Windows from their loaded hive. */
import { type PersonLooks, personLooks } from '../../agent/consent/person-looks.ts';
import type { Sid } from '../../model/brands.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey } from '../registry/key.ts';

/** Keys and values of Windows below the hive. */
const LANGUAGES = [
  ['Control Panel\\Desktop', 'PreferredUILanguages'],
  ['Control Panel\\International\\User Profile', 'Languages'],
] as const;
const THEME = ['Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize', 'AppsUseLightTheme'] as const;
const CONTRAST = ['Control Panel\\Accessibility\\HighContrast', 'Flags'] as const;
const TEXT = ['Software\\Microsoft\\Accessibility', 'TextScaleFactor'] as const;

/** What cannot be read counts as not chosen: a question is shown all the same. */
export function readLooks(advapi32: Advapi32, user: Sid): PersonLooks {
  const read = ([key, name]: readonly [string, string]): unknown => {
    try {
      return readKey(advapi32, 'HKU', `${user}\\${key}`, (open) => open.value(name)?.data);
    } catch {
      return undefined;
    }
  };
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  const flags = read(CONTRAST);
  return personLooks({
    languages: LANGUAGES.map(read).find(isTexts),
    lightApps: number(read(THEME)),
    contrastFlags: typeof flags === 'string' ? flags : undefined,
    textScale: number(read(TEXT)),
  });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}
