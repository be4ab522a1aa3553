/**
 * What a person has chosen for Windows, for a window that does not run as them. It comes from their own registry, where
 * their programs write too: it changes how the window looks, and nothing else.
 */
export interface PersonLooks {
  /** As BCP 47, the favourite first; empty: those of the process of the window. */
  readonly languages: readonly string[];
  readonly dark: boolean;
  readonly contrast: boolean;
  /** Percent by which texts are larger: 100 to 225. */
  readonly textPercent: number;
}

const MAX_LANGUAGES = 8;
const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/;

/** What the registry may hold, as it is there; undefined: nothing, or not what it should be. */
interface ChosenLooks {
  readonly languages?: readonly string[] | undefined;
  /** `AppsUseLightTheme`. */
  readonly lightApps?: number | undefined;
  /** `Flags` of HighContrast. */
  readonly contrastFlags?: string | undefined;
  /** `TextScaleFactor`. */
  readonly textScale?: number | undefined;
}

/** HCF_HIGHCONTRASTON (winuser.h). */
const HIGH_CONTRAST_ON = 1;

export function personLooks({ languages = [], lightApps, contrastFlags = '', textScale }: ChosenLooks): PersonLooks {
  return {
    languages: languages.filter((tag) => LANGUAGE.test(tag)).slice(0, MAX_LANGUAGES),
    dark: lightApps === 0,
    contrast: /^\d{1,9}$/.test(contrastFlags) && (Number(contrastFlags) & HIGH_CONTRAST_ON) !== 0,
    textPercent: textScale === undefined ? 100 : Math.min(225, Math.max(100, textScale)),
  };
}
