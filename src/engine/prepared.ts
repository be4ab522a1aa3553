/** Facts of one request in the form in which rules are compared with them: folded once, not once a rule. */
import type { Version } from '../model/brands.ts';
import type { FileFacts, SignatureFacts } from '../model/file-facts.ts';
import type { Requester } from '../model/request.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { canonicalMsiVector } from './arguments.ts';
import { type ProgramSet, isProgramOf } from './hosts.ts';
import { type FolderFacts, prepareFolder } from './path-pattern.ts';
import { folderSegments } from './path-variables.ts';
import { foldText } from './text-compare.ts';
import { versionOfFile } from './version.ts';

export interface Prepared {
  readonly facts: FileFacts;
  readonly settings: EffectiveSettings;
  readonly name: string;
  readonly folder: FolderFacts;
  readonly version: Version | undefined;
  readonly fileDescription: string | undefined;
  readonly productName: string | undefined;
  readonly internalName: string | undefined;
  readonly signatures: readonly SignatureFacts[];
  readonly isHost: boolean;
  readonly isMsi: boolean;
  readonly arguments: readonly string[];
  /** For an .msi: with names of switches and properties folded. Otherwise the arguments as they are. */
  readonly comparedArguments: readonly string[];
}

export function prepare(
  facts: FileFacts,
  requester: Pick<Requester, 'profileFolder'>,
  vector: readonly string[],
  settings: EffectiveSettings,
  hosts: ProgramSet,
): Prepared {
  const isMsi = facts.type === 'msi';
  return {
    facts,
    settings,
    name: foldText(facts.name) ?? '',
    folder: prepareFolder(facts.folder, folderSegments(requester.profileFolder)),
    version: versionOfFile(facts),
    fileDescription: foldText(facts.fileDescription),
    productName: foldText(facts.productName),
    internalName: foldText(facts.internalName),
    signatures: facts.signatures,
    isHost: isProgramOf(hosts, facts),
    isMsi,
    arguments: vector,
    comparedArguments: isMsi ? canonicalMsiVector(vector) : vector,
  };
}
