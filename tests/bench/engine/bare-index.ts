/**
 * The least that any index by equality does: four maps, one look into each, allow or deny and no reasons. It judges
 * nothing (a rule's attributes are filed apart, as if each alone decided); it is only there to be timed beside the engine.
 */
import type { FileFacts } from '../../../src/model/file-facts.ts';
import type { RuleInput } from '../../../src/model/rule.ts';

const ALLOW = 1;
const DENY = 2;

export class BareIndex {
  readonly #digests = new Map<string, number>();
  readonly #certificates = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #folders = new Map<string, number>();

  constructor(rules: readonly RuleInput[]) {
    for (const { type, fileHash, certificate, fileName, filePath } of rules) {
      const verdict = type === 'deny' ? DENY : ALLOW;
      add(this.#digests, fileHash, verdict);
      add(this.#certificates, certificate?.sha256, verdict);
      add(this.#names, fileName?.toUpperCase(), verdict);
      add(this.#folders, filePath?.toUpperCase(), verdict);
    }
  }

  allows({ sha256, signatures, name, folder }: FileFacts): boolean {
    let found = this.#digests.get(sha256) ?? 0;
    for (const { leaf, issuers } of signatures) {
      found |= this.#certificates.get(leaf.sha256) ?? 0;
      for (const issuer of issuers) found |= this.#certificates.get(issuer.sha256) ?? 0;
    }
    found |= this.#names.get(name.toUpperCase()) ?? 0;
    found |= this.#folders.get(folder.toUpperCase()) ?? 0;
    return found === ALLOW;
  }
}

function add(map: Map<string, number>, key: string | undefined, verdict: number): void {
  if (key !== undefined) map.set(key, (map.get(key) ?? 0) | verdict);
}
