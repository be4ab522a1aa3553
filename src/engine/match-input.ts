/**
 * Facts of one request in the form in which rules are compared with them: folded once, not once a rule, and only when a
 * rule asks.
 */
import type { Version } from '../model/brands.ts';
import type { FileFacts, SignatureFacts } from '../model/file-facts.ts';
import type { Requester } from '../model/request.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { canonicalMsiVector } from './arguments.ts';
import { type ProgramSet, isProgramOf } from './interpreters.ts';
import { FolderFacts } from './path-pattern.ts';
import { foldText } from '../text/compare.ts';
import { versionOfFile } from './version.ts';

export class MatchInput {
  readonly facts: FileFacts;
  readonly settings: EffectiveSettings;
  readonly arguments: readonly string[];
  readonly name: string;
  readonly isMsi: boolean;
  readonly #profileFolder: string | undefined;
  readonly #interpreters: ProgramSet;
  #folder: FolderFacts | undefined;
  #version: Version | null | undefined;
  #isInterpreter: boolean | undefined;
  #comparedArguments: readonly string[] | undefined;
  #fileDescription: string | null | undefined;
  #productName: string | null | undefined;
  #internalName: string | null | undefined;

  constructor(
    facts: FileFacts,
    requester: Pick<Requester, 'profileFolder'>,
    vector: readonly string[],
    settings: EffectiveSettings,
    interpreters: ProgramSet,
  ) {
    this.facts = facts;
    this.settings = settings;
    this.arguments = vector;
    this.name = foldText(facts.name) ?? '';
    this.isMsi = facts.type === 'msi';
    this.#profileFolder = requester.profileFolder;
    this.#interpreters = interpreters;
  }

  get signatures(): readonly SignatureFacts[] {
    return this.facts.signatures;
  }

  get folder(): FolderFacts {
    this.#folder ??= new FolderFacts(this.facts.folder, this.#profileFolder);
    return this.#folder;
  }

  get version(): Version | undefined {
    if (this.#version === undefined) this.#version = versionOfFile(this.facts) ?? null;
    return this.#version ?? undefined;
  }

  get fileDescription(): string | undefined {
    if (this.#fileDescription === undefined) this.#fileDescription = foldText(this.facts.fileDescription) ?? null;
    return this.#fileDescription ?? undefined;
  }

  get productName(): string | undefined {
    if (this.#productName === undefined) this.#productName = foldText(this.facts.productName) ?? null;
    return this.#productName ?? undefined;
  }

  get internalName(): string | undefined {
    if (this.#internalName === undefined) this.#internalName = foldText(this.facts.internalName) ?? null;
    return this.#internalName ?? undefined;
  }

  get isInterpreter(): boolean {
    this.#isInterpreter ??= isProgramOf(this.#interpreters, this.facts);
    return this.#isInterpreter;
  }

  /** For an .msi: with names of switches and properties folded. Otherwise the arguments as they are. */
  get comparedArguments(): readonly string[] {
    this.#comparedArguments ??= this.isMsi ? canonicalMsiVector(this.arguments) : this.arguments;
    return this.#comparedArguments;
  }
}
