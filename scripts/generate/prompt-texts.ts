/** native/prompt/texts.inc: what the consent window says, of the languages beside prompt-texts/texts.ts. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TEXT_NAMES, type PromptLanguage } from './prompt-texts/texts.ts';

const FOLDER = join(import.meta.dirname, 'prompt-texts');
/** The mirrored pseudo-language of Windows: English, made longer and laid out from right to left. */
const PSEUDO = 'qps-plocm';

/** Every language, English first: it stands in for those that are not there. */
export async function promptLanguages(): Promise<readonly PromptLanguage[]> {
  const files = readdirSync(FOLDER).filter((name) => name !== 'texts.ts');
  const modules = await Promise.all(
    files.map((name) => import(pathToFileURL(join(FOLDER, name)).href) as Promise<{ language: PromptLanguage }>),
  );
  const rank = ({ tag }: PromptLanguage): string => (tag === 'en' ? '' : tag);
  return modules.map(({ language }) => language).sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

export async function renderPromptTexts(): Promise<string> {
  const languages = await promptLanguages();
  const [english] = languages;
  if (english === undefined) throw new Error('There is no English text.');
  const codes = Object.keys(english.reasons) as (keyof PromptLanguage['reasons'])[];
  const answers = Object.keys(english.answers) as (keyof PromptLanguage['answers'])[];
  return `${[
    '// Generated from scripts/generate/prompt-texts by `npm run generate`. Do not edit.',
    '// clang-format off',
    `enum class Text { ${TEXT_NAMES.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
      .map(safe)
      .join(', ')} };`,
    `constexpr size_t text_count = ${TEXT_NAMES.length};`,
    `constexpr size_t reason_count = ${codes.length};`,
    `constexpr size_t answer_count = ${answers.length};`,
    '',
    'struct Reason { const wchar_t* why; const wchar_t* next; };',
    'struct Answer { const wchar_t* heading; const wchar_t* why; const wchar_t* next; };',
    'struct Language { const wchar_t* tag; bool right_to_left; const wchar_t* texts[text_count]; Answer answers[answer_count]; Reason reasons[reason_count]; };',
    '',
    '// The last one stands for every code that is not here.',
    `constexpr const wchar_t* reason_codes[reason_count] = {${codes.map(literal).join(', ')}};`,
    `constexpr const wchar_t* answer_codes[answer_count] = {${answers.map(literal).join(', ')}};`,
    '',
    'constexpr Language languages[] = {',
    ...languages.map((language) => table(language, codes, answers)),
    '#if defined(EPM_TEST_BED)',
    table(pseudo(english), codes, answers),
    '#endif',
    '};',
  ].join('\n')}\n`;
}

/** A name of C++ that is no word of the language. */
function safe(name: string): string {
  return ['yes', 'no', 'next', 'file'].includes(name) ? `${name}_text` : name;
}

function table(
  { tag, rightToLeft, texts, reasons, answers }: PromptLanguage,
  codes: readonly (keyof typeof reasons)[],
  answerCodes: readonly (keyof typeof answers)[],
): string {
  const row = (sentences: readonly string[]): string => `{${sentences.map(literal).join(', ')}}`;
  return [
    `    {${literal(tag)}, ${rightToLeft ? 'true' : 'false'},`,
    `     {${TEXT_NAMES.map((name) => literal(texts[name])).join(',\n      ')}},`,
    `     {${answerCodes.map((code) => row([answers[code].heading, answers[code].why, answers[code].next])).join(',\n      ')}},`,
    `     {${codes.map((code) => row([reasons[code].why, reasons[code].next])).join(',\n      ')}}},`,
  ].join('\n');
}

/** ASCII, so that no code page can change it; characters beyond 16 bits are not used. */
function literal(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/[^ -~]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `L"${escaped}"`;
}

function pseudo(english: PromptLanguage): PromptLanguage {
  const longer = (text: string): string =>
    `[${text.replace(/(?<![{&\w])\w+(?![}\w])/g, (word) => (word.length > 4 ? `${word}${word.slice(-2)}` : word))} \u05d0\u05d1\u05d2]`;
  const texts = Object.fromEntries(Object.entries(english.texts).map(([name, text]) => [name, longer(text)]));
  const reasons = Object.fromEntries(
    Object.entries(english.reasons).map(([code, { why, next }]) => [code, { why: longer(why), next: longer(next) }]),
  );
  const answers = Object.fromEntries(
    Object.entries(english.answers).map(([code, { heading, why, next }]) => [
      code,
      { heading: longer(heading), why: longer(why), next: longer(next) },
    ]),
  );
  return { tag: PSEUDO, rightToLeft: true, texts, reasons, answers } as unknown as PromptLanguage;
}
