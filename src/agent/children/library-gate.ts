/**
 * The library gate of one elevated tree: what its processes load is judged before the first instruction of it, also what
 * the loader of Windows takes in before the program itself runs (decision F3).
 */
import { isSignedForGate, type LibraryGate } from '../../engine/index.ts';
import type { LibraryEndReason } from '../../model/child-end-reasons.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import { toErrorReport } from '../../model/errors.ts';
import type { FileFacts, FileId } from '../../model/file-facts.ts';
import { foldCase } from '../../text/compare.ts';
import { describeAttempt, newAttempt, type Attempt } from '../audit-entries.ts';
import type { LockedImage, NewLibrary, StartableFile, UnusableImage } from '../ports.ts';
import { closeFile } from '../program-file.ts';
import { readChildFacts } from './child-facts.ts';
import type { ChildNotes } from './child-notes.ts';
import type { ChildrenPorts } from './children-ports.ts';
import type { ProcessNames } from './process-names.ts';

/** Libraries of a tree that need not be judged again: more than the largest programs load. */
const KEPT = 4_096;

/** What the gate of one tree lets in besides what only administrators may write. */
export interface GateOrder extends LibraryGate {
  /** The program of the tree, which some programs load once more to read from it. */
  readonly program: StartableFile;
  /** Folder of the copy, which holds what users put beside the program; undefined: nothing was copied with it. */
  readonly copied: string | undefined;
}

/** Why a process is ended. */
interface Refusal {
  readonly reason: LibraryEndReason;
  readonly facts?: FileFacts;
  readonly errorCode?: ErrorCode;
}

export class TreeLibraries {
  readonly #attempt: Attempt;
  readonly #order: GateOrder;
  readonly #ports: ChildrenPorts;
  readonly #names: ProcessNames;
  readonly #notes: ChildNotes;
  readonly #endedProcess: (processId: number) => void;
  /** Those that only administrators, or the tree's own account, may write, where they lie. */
  readonly #trusted = new Set<string>();

  /** @param ended is told which process was ended for a library */
  constructor(
    attempt: Attempt,
    order: GateOrder,
    ports: ChildrenPorts,
    {
      names,
      notes,
      ended,
    }: { readonly names: ProcessNames; readonly notes: ChildNotes; readonly ended: (processId: number) => void },
  ) {
    this.#attempt = attempt;
    this.#order = order;
    this.#ports = ports;
    this.#names = names;
    this.#notes = notes;
    this.#endedProcess = ended;
  }

  /** Whether a file was copied with the folder of the program. What has no path that is known may have been. */
  isCopied(path: string | undefined): boolean {
    const { copied } = this.#order;
    if (copied === undefined) return false;
    return path === undefined || foldCase(path).startsWith(`${foldCase(copied)}\\`);
  }

  /** Whether the certificate of the rule signs the file. */
  isSigned(facts: FileFacts): boolean {
    return isSignedForGate(this.#ports.policy(), this.#attempt.caller.sid, this.#order, facts);
  }

  /** A process waits with all of its threads until its library is judged, so that no more wait than the tree has processes. */
  library(library: NewLibrary): void {
    const { file } = library.image;
    if (file !== undefined && this.#trusted.has(keyOf(file))) {
      library.image.close();
      library.run();
      return;
    }
    void this.#judge(library, library.image.open());
  }

  /** Never fails: what cannot be judged ends its process. */
  async #judge(library: NewLibrary, image: LockedImage | UnusableImage): Promise<void> {
    try {
      const refusal = await this.#refusalOf(image);
      if (refusal === undefined) {
        library.run();
        return;
      }
      this.#tell(library.processId, refusal, refusal.facts?.path ?? image.path ?? '');
      library.end();
    } catch (error) {
      library.end();
      this.#ports.log.write('error', 'libraryUnjudged', { code: toErrorReport(error).code });
    } finally {
      // Held until here, so that nobody can change the file between the check and the first instruction.
      if (!('fault' in image)) closeFile(image, this.#ports.log);
    }
  }

  async #refusalOf(image: LockedImage | UnusableImage): Promise<Refusal | undefined> {
    if ('fault' in image) return { reason: 'libraryUnknown', errorCode: image.fault.code };
    const isCopied = this.isCopied(image.path);
    if (isSame(image.id, this.#order.program.id)) return undefined;
    if (!isCopied && image.writableByUsers === false) {
      this.#trust(image);
      return undefined;
    }
    const reason = isCopied ? 'unsignedNeighbour' : 'userWritableLibrary';
    let facts: FileFacts;
    try {
      const read = await readChildFacts(image, this.#attempt.caller.sid, this.#ports.policy, true);
      if (read === 'timeout') return { reason, errorCode: 'EPM_FILE_TIMEOUT' };
      facts = read.facts;
    } catch (error) {
      return { reason, errorCode: toErrorReport(error).code };
    }
    // What a file says that users may write need not be what Windows has mapped of it: no lock keeps that from differing.
    const isWhatItSays = isCopied || facts.place?.fileWritableByUsers === false;
    return isWhatItSays && this.isSigned(facts) ? undefined : { reason, facts };
  }

  #trust(file: StartableFile): void {
    this.#trusted.add(keyOf(file));
    if (this.#trusted.size <= KEPT) return;
    for (const oldest of this.#trusted) {
      this.#trusted.delete(oldest);
      break;
    }
  }

  #tell(processId: number, { reason, facts, errorCode }: Refusal, path: string): void {
    const { requestId, caller, basis } = this.#attempt;
    const program = this.#names.of(processId);
    const attempt = newAttempt(requestId, caller, { path, arguments: [] });
    attempt.file = facts;
    attempt.basis = basis;
    this.#endedProcess(processId);
    this.#notes.addLibrary({ path: program ?? '', library: path, reason });
    this.#ports.trail.appendOrCount({
      ...describeAttempt(attempt),
      processId,
      parentProcessName: program,
      event: 'libraryDenied',
      elevationType: 'denied',
      reason,
      errorCode,
    });
  }
}

function isSame(left: FileId, right: FileId): boolean {
  return left.volume === right.volume && left.file === right.file;
}

/** Its name as well: a second name of a file can lie where users may write. */
function keyOf({ id, path }: StartableFile): string {
  return `${id.volume}/${id.file}/${path}`;
}
