/**
 * Facts of files that were read before. A file is known again by its volume, identifier, size, change time and update
 * sequence number, all taken from the handle that keeps others from writing; whatever differs makes it another file.
 */
import type { FileFacts, FileId } from '../model/file-facts.ts';
import type { Content } from './content.ts';
import { assembleFacts, checkSize, gatherContent, type GatherInput, splitPath } from './gather.ts';
import { type Judgement, judgeSignatures } from './signature-facts.ts';

/** What changes whenever the content of a file does. */
export interface FileIdentity {
  readonly id: FileId;
  /** Bytes. */
  readonly size: number;
  /** FILE_BASIC_INFO.ChangeTime: hundreds of nanoseconds since 1601. */
  readonly changeTime: bigint;
  /** Update sequence number of the last change; absent where the volume keeps no journal. */
  readonly usn?: bigint;
}

/** Bytes that were digested before, wherever they lie: the same digest is the same content. */
export interface ContentIdentity {
  /** Hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** A file that cannot be written while this exists. */
export interface LockedContent extends GatherInput {
  /**
   * Asks the locked handle for the identity, each time anew. Undefined: the facts are not to be kept, because the
   * identity is not known or because people without administrator rights may write the file. Whoever may write can put
   * every time back, and can change content through a mapping without a trace until it is written to the disk.
   */
  identity(): FileIdentity | ContentIdentity | undefined;
}

interface FactsCacheOptions {
  /** Files kept; the one that was not asked for the longest goes first. */
  readonly maximumFiles?: number;
  /** Bytes of all entries, as estimated. */
  readonly maximumBytes?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Entry {
  readonly state: string;
  readonly content: Content;
  readonly digests: ReadonlySet<string>;
  readonly forCatalogs: boolean;
  readonly bytes: number;
  judgement: Judgement & { readonly at: number };
}

/** Of each file there is one entry, so that an old state never lives beside a new one. */
export class FactsCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maximumFiles: number;
  readonly #maximumBytes: number;
  readonly #now: () => number;
  #bytes = 0;

  constructor({ maximumFiles = 1_000, maximumBytes = 16 * 1024 ** 2, now = Date.now }: FactsCacheOptions = {}) {
    this.#maximumFiles = maximumFiles;
    this.#maximumBytes = maximumBytes;
    this.#now = now;
  }

  /** Files and estimated bytes that are kept. */
  get size(): { readonly files: number; readonly bytes: number } {
    return { files: this.#entries.size, bytes: this.#bytes };
  }

  /**
   * As {@link gatherFacts}; the content is read only if it is not known, and signatures are judged again when the last
   * judgement is over.
   * @throws EpmError EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
   */
  async facts(file: LockedContent): Promise<FileFacts> {
    checkSize(file);
    const identity = file.identity();
    const place = identity === undefined ? undefined : placeOf(identity, file);
    const state = identity === undefined ? undefined : stateOf(identity);
    const kept = place === undefined ? undefined : this.#entries.get(place);
    if (place !== undefined && kept !== undefined) {
      this.#remove(place, kept);
      if (kept.state === state && holds(kept, file)) {
        // The youngest is last.
        this.#entries.set(place, kept);
        this.#bytes += kept.bytes;
        return assembleFacts(file, kept.content, await this.#judged(kept, file));
      }
    }
    const content = await gatherContent(file);
    const at = this.#now();
    const judgement = { ...(await judgeSignatures(content, file, at)), at };
    const after = file.identity();
    if (place !== undefined && after !== undefined && stateOf(after) === state) {
      this.#keep(place, { ...describe(file, content), state: stateOf(after), content, judgement });
    }
    return assembleFacts(file, content, judgement);
  }

  async #judged(entry: Entry, file: LockedContent): Promise<Judgement> {
    const at = this.#now();
    // A clock that was put back makes a judgement of the future worthless too.
    if (at < entry.judgement.at || at >= entry.judgement.until) {
      entry.judgement = { ...(await judgeSignatures(entry.content, file, at)), at };
    }
    return entry.judgement;
  }

  #keep(place: string, entry: Entry): void {
    const other = this.#entries.get(place);
    if (other !== undefined) this.#remove(place, other);
    if (entry.bytes > this.#maximumBytes) return;
    this.#entries.set(place, entry);
    this.#bytes += entry.bytes;
    for (const [oldest, old] of this.#entries) {
      if (this.#entries.size <= this.#maximumFiles && this.#bytes <= this.#maximumBytes) break;
      this.#remove(oldest, old);
    }
  }

  #remove(place: string, entry: Entry): void {
    if (this.#entries.delete(place)) this.#bytes -= entry.bytes;
  }
}

/**
 * One file has one place, and one more for each extension it goes by: the extension is part of its type. As a library it
 * has none.
 */
function placeOf(identity: FileIdentity | ContentIdentity, { path, isLibrary }: LockedContent): string {
  const { name } = splitPath(path);
  const dot = name.lastIndexOf('.');
  const place = 'sha256' in identity ? identity.sha256 : `${identity.id.volume}/${identity.id.file}`;
  // No extension has a colon.
  return `${place}/${isLibrary === true ? ':library' : dot === -1 ? '' : name.slice(dot).toLowerCase()}`;
}

function stateOf(identity: FileIdentity | ContentIdentity): string {
  if ('sha256' in identity) return `${identity.sha256}/${identity.size}`;
  const { id, size, changeTime, usn } = identity;
  return `${id.volume}/${id.file}/${size}/${changeTime}/${usn ?? ''}`;
}

/** What was judged with Windows is no answer without it, nor the other way round. */
function holds(entry: Entry, { digests = [], trust }: LockedContent): boolean {
  return digests.every((digest) => entry.digests.has(digest)) && entry.forCatalogs === (trust !== undefined);
}

function describe(
  { digests = [], trust }: LockedContent,
  content: Content,
): Pick<Entry, 'digests' | 'forCatalogs' | 'bytes'> {
  const signatures = content.signatures.map(({ signature: { message, leaf, certificates } }) =>
    // Messages are views into the table or the stream they were found in, which is kept with them.
    Math.max(
      message.buffer.byteLength,
      [message, leaf, ...certificates].reduce((sum, part) => sum + part.length, 0),
    ),
  );
  // Texts take two bytes a character; the judgement repeats the certificates in base64 and as texts.
  const bytes = 2 * JSON.stringify(content.described).length + signatures.reduce((sum, size) => sum + 5 * size, 2048);
  return { digests: new Set(digests), forCatalogs: trust !== undefined, bytes };
}
