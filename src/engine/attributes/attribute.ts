/**
 * What the engine asks of a detection attribute. Each attribute answers in a file of its own; the table in `index.ts`
 * holds them, and everything else (reading, matching, counting, filing, explaining, linting, documenting) goes through
 * that table.
 */
import type { MissReason } from '../../model/decision.ts';
import type { DiagnosticCode } from '../../model/diagnostic-codes.ts';
import type { FileFacts, FileType } from '../../model/file-facts.ts';
import type { ElevationType } from '../../model/rule-action.ts';
import type { DETECTION_ATTRIBUTES, DetectionAttribute, RuleInput } from '../../model/rule.ts';
import type { KeyList } from '../key-list.ts';
import type { MatchInput } from '../match-input.ts';
import type { PathContext } from '../path-pattern.ts';

/** The value of an attribute as a rule writes it. */
export type Written<Name extends DetectionAttribute> = NonNullable<RuleInput[Name]>;

/** What an attribute may ask about the rule it belongs to. */
export interface RuleContext {
  readonly type: ElevationType;
  readonly requireArguments: boolean;
  /** Undefined: as the setting says. */
  readonly acceptTimestamped: boolean | undefined;
  /** The rule has a file name without wildcards. */
  readonly namesProgram: boolean;
  /** The rule has a file hash, so that it names one content. */
  readonly hasHash: boolean;
  /** The file name, where there is one, may be that of an installer package. */
  readonly takesPackages: boolean;
}

/** A rule while it is read. */
export interface RuleReading {
  /** As written; what a reader could not take is missing. */
  readonly rule: Partial<Omit<RuleInput, 'name' | 'type'>>;
  readonly type: ElevationType;
  /** What is left of a rejected Deny is read: it takes what can be taken (decision M8). */
  readonly isRejectedDeny: boolean;
  readonly paths: PathContext;
  /**
   * The attribute cannot be read, so that the rule is rejected.
   * @param below the part of the value, as the end of a JSON pointer
   */
  reject(code: DiagnosticCode, message: string, below?: string): void;
  warn(code: DiagnosticCode, message: string): void;
}

/** What a rule wants and what the file has, for people. */
export interface Miss {
  readonly expected: string;
  readonly found: string;
  readonly reason?: MissReason;
}

/** Two rules of which one may match whatever the other matches. */
export interface RulePair {
  readonly wide: RuleContext;
  readonly narrow: RuleContext;
  /** Steps that may still be spent on comparing long lists; below zero the answer is no. */
  readonly work: { left: number };
}

/**
 * One equality by which rules are found without asking each of them. Hashes may collide: whoever finds a rule compares
 * all its attributes anyway.
 */
export interface ExactColumn<Condition> {
  /** Hash of the value that a file must have; undefined when only a comparison can tell, as with a pattern. */
  ofRule(condition: Condition): number | undefined;
  /** Adds the hash of each value that the file has. */
  ofFile(file: MatchInput, keys: KeyList): void;
  /** A file may have many values. */
  readonly isMany?: true;
  /**
   * A rule that has a value is filed under this one column. Whoever makes a file can give it as many values as they like;
   * filed under several such columns together, each combination of them would be a key.
   */
  readonly isAlone?: true;
  /** A value tells a file from all others, so that a rule is filed under it alone. */
  readonly isIdentity?: true;
}

/** Runs of what is no pattern. */
export const NO_RUNS: readonly string[] = [];

/** Texts that contain the literal parts of a pattern. */
export interface PatternColumn<Condition> {
  /** Literal runs of the pattern, folded; none when it is no pattern. */
  runsOf(condition: Condition): readonly string[];
  /** Folded texts of the file in which the runs would be. */
  textsOf(file: MatchInput): readonly string[];
}

type Limits = {
  readonly text: { /** UTF-16 units. */ readonly maxLength: number };
  readonly texts: { readonly maxLength: number; readonly maxItems: number };
  readonly certificate: object;
};

/** Words for schemas, policy editors, pages and explanations. */
export interface AttributeWords {
  readonly title: string;
  /** One line or two; Markdown for code. */
  readonly text: string;
  /** What holds for a rule without the attribute. */
  readonly defaultText: string;
  /** The attribute in a sentence, with its article. */
  readonly inSentence: string;
}

/** One change under which a condition takes a call that it does not take now. */
export interface Fit {
  /** @param rule in words @returns a clause in front of ", it would win" */
  readonly clause: (rule: string) => string;
  readonly facts?: FileFacts;
  readonly arguments?: readonly string[];
  /** Milliseconds until the call. */
  readonly later?: number;
  /** What the rule would have to say. */
  readonly rule?: Partial<RuleInput>;
}

export interface Attribute<Name extends DetectionAttribute, Condition = unknown> {
  readonly words: AttributeWords;
  /** Sizes that every form of a policy keeps to. */
  readonly limits: Limits[(typeof DETECTION_ATTRIBUTES)[Name]];
  /** A value that can be read. */
  readonly example: Written<Name>;
  /** `call`: it says how the program is called, and nothing about the file, so that no rule stands on it alone. */
  readonly subject: 'file' | 'call';
  /** A rule that elevates stands on an attribute that nobody but the maker of the file can give it (decision M8). */
  readonly isStrong?: true;
  /** Wildcards count, which an Automatic rule may not have. */
  readonly takesWildcards?: true;
  /** Whoever copies the file changes it. */
  readonly changesWithCopy?: true;
  /** The text of the same name in the facts of a file is what is compared. */
  readonly isTextFact?: true;
  /** An installer package has it as a text of its own, which its signature may leave open (decision M10). */
  readonly isPackageText?: true;
  /** Types of files that never have it. */
  readonly absentFrom?: readonly FileType[];

  /** @returns the condition; undefined when the rule is rejected for it, or when it says nothing */
  read(written: Written<Name>, reading: RuleReading): Condition | undefined;
  matches(condition: Condition, file: MatchInput, rule: RuleContext): boolean;
  /** Asked of a condition that does not match. */
  describeMiss(condition: Condition, file: MatchInput, rule: RuleContext): Miss;
  /** Asked of a condition that does not match: changes that are worth a try, the smallest first. Whoever tells one decides with it. */
  fits(condition: Condition, file: MatchInput, rule: RuleContext): readonly Fit[];
  /**
   * Whether every file and call that `narrow` takes is taken by `wide`. In doubt: no.
   * @param narrow undefined: the other rule leaves the attribute open
   */
  covers(wide: Condition, narrow: Condition | undefined, rules: RulePair): boolean;
  /** What holds for a rule that leaves the attribute open; absent: it takes everything. */
  readonly whenOpen?: WhenOpen<Condition>;
  readonly exact?: readonly ExactColumn<Condition>[];
  readonly pattern?: PatternColumn<Condition>;
}

interface WhenOpen<Condition> {
  matches(file: MatchInput, rule: RuleContext): boolean;
  describeMiss(file: MatchInput, rule: RuleContext): Miss;
  fits(file: MatchInput, rule: RuleContext): readonly Fit[];
  covers(narrow: Condition | undefined, rules: RulePair): boolean;
}
