/**
 * The texts of a version resource in every language. A resource may hold several tables, and Windows shows the one that
 * fits its reader: what a rule elevates must not depend on that, so it is compared with one table; what a Deny denies,
 * and which program a copy really is, must not be hidden in another table, so they ask all of them (decisions A4, M1).
 */
import { type FileFacts, VERSION_TEXT_NAMES, type VersionTextFact } from '../model/file-facts.ts';
import { equalsFolded, foldCase, foldText } from '../text/compare.ts';

const FOLDED_NAMES = Object.fromEntries(
  Object.entries(VERSION_TEXT_NAMES).map(([fact, name]) => [fact, foldCase(name)]),
) as Readonly<Record<VersionTextFact, string>>;

type TextsOf<Fact extends VersionTextFact> = Pick<FileFacts, Fact | 'executable'>;

/** Whether a text of any table passes; they come as they are, and one may come several times. */
export function someVersionText<Fact extends VersionTextFact>(
  facts: TextsOf<Fact>,
  fact: Fact,
  passes: (text: string) => boolean,
): boolean {
  const shown: string | undefined = facts[fact];
  return (shown !== undefined && passes(shown)) || someOtherText(facts, fact, shown, passes);
}

/** Whether there is a text besides the one that Windows shows; few files have one. */
export function hasOtherText<Fact extends VersionTextFact>(facts: TextsOf<Fact>, fact: Fact): boolean {
  return someOtherText(facts, fact, facts[fact], () => true);
}

function someOtherText(
  facts: Pick<FileFacts, 'executable'>,
  fact: VersionTextFact,
  shown: string | undefined,
  passes: (text: string) => boolean,
): boolean {
  const tables = facts.executable?.versionTexts;
  if (tables === undefined) return false;
  const wanted = FOLDED_NAMES[fact];
  for (const { texts } of tables) {
    // Windows compares the names without case, so that one table may hold a name several times.
    for (const name in texts) {
      if (name.length !== wanted.length || !equalsFolded(name, wanted)) continue;
      const text = texts[name];
      if (text !== undefined && text !== shown && passes(text)) return true;
    }
  }
  return false;
}

/** The texts as they are compared: each once, folded, without outer white space; what is blank is left out. */
export function foldedVersionTexts(facts: TextsOf<VersionTextFact>, fact: VersionTextFact): ReadonlySet<string> {
  const folded = new Set<string>();
  someVersionText(facts, fact, (text) => {
    const each = foldText(text);
    if (each !== undefined) folded.add(each);
    return false;
  });
  return folded;
}
