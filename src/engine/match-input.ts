/**
 * Facts of one request in the form in which rules are compared with them: worked out once, not once a rule, and only
 * when a rule asks.
 */
import type { Version } from '../model/brands.ts';
import type { FileFacts, VersionTextFact } from '../model/file-facts.ts';
import type { ElevationRequest, Requester } from '../model/request.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { foldCase } from '../text/compare.ts';
import { canonicalMsiVector } from './arguments.ts';
import { type ProgramSet, isProgramOf } from './interpreters.ts';
import { FolderFacts } from './path-pattern.ts';
import { versionOfFile } from './version.ts';
import { foldedVersionTexts } from './version-texts.ts';

/** What policy says besides the rules, for whoever asks. */
interface MatchPolicy {
  readonly settings: EffectiveSettings;
  readonly interpreters: ProgramSet;
}

export class MatchInput {
  readonly facts: FileFacts;
  readonly settings: EffectiveSettings;
  readonly arguments: readonly string[];
  readonly isMsi: boolean;
  /** An installer package whose signature leaves its texts open, or that nobody signed (decision M10). */
  readonly hasUnsignedTexts: boolean;
  /** Of the requester. */
  readonly profileFolder: string | undefined;
  /** What the clock of the device shows, as if it were UTC: milliseconds since 1970. */
  readonly localTime: number;
  readonly #interpreters: ProgramSet;
  #name: string | undefined;
  #folder: FolderFacts | undefined;
  #version: Version | null | undefined;
  #isInterpreter: boolean | undefined;
  #comparedArguments: readonly string[] | undefined;
  #versionTexts: Map<VersionTextFact, ReadonlySet<string>> | undefined;

  constructor(
    facts: FileFacts,
    requester: Pick<Requester, 'profileFolder'>,
    vector: readonly string[],
    { time, zoneOffset }: Pick<ElevationRequest, 'time' | 'zoneOffset'>,
    policy: MatchPolicy,
  ) {
    this.facts = facts;
    this.settings = policy.settings;
    this.arguments = vector;
    this.isMsi = facts.type === 'msi';
    this.hasUnsignedTexts = (this.isMsi || facts.installer !== undefined) && facts.installer?.textsSigned !== true;
    this.profileFolder = requester.profileFolder;
    this.localTime = time + zoneOffset * 60_000;
    this.#interpreters = policy.interpreters;
  }

  /** Folded; never trimmed, as a blank is part of the name of a file (decision M1). */
  get name(): string {
    this.#name ??= foldCase(this.facts.name);
    return this.#name;
  }

  get folder(): FolderFacts {
    this.#folder ??= new FolderFacts(this.facts.folder, this.profileFolder, this.facts.shortFolder);
    return this.#folder;
  }

  get version(): Version | undefined {
    if (this.#version === undefined) this.#version = versionOfFile(this.facts) ?? null;
    return this.#version ?? undefined;
  }

  get isInterpreter(): boolean {
    this.#isInterpreter ??= isProgramOf(this.#interpreters, this.facts);
    return this.#isInterpreter;
  }

  /** Folded texts of one name in the version resource, in every language. */
  versionTexts(fact: VersionTextFact): ReadonlySet<string> {
    this.#versionTexts ??= new Map();
    let texts = this.#versionTexts.get(fact);
    if (texts === undefined) this.#versionTexts.set(fact, (texts = foldedVersionTexts(this.facts, fact)));
    return texts;
  }

  /** For an .msi: with names of switches and properties folded. Otherwise the arguments as they are. */
  get comparedArguments(): readonly string[] {
    this.#comparedArguments ??= this.isMsi ? canonicalMsiVector(this.arguments) : this.arguments;
    return this.#comparedArguments;
  }
}
