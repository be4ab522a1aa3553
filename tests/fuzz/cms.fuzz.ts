/**
 * Signed messages, catalogs and certificates that strangers changed. Whatever they are, the readers either refuse them
 * as malformed or answer; and no change ever makes a trusted signature of something that nobody trusted signed.
 */
import { readFileSync } from 'node:fs';
import {
  type AuthenticodeSignature,
  readCatalog,
  readSignatures,
  verifySignature,
} from '../../src/facts/authenticode/index.ts';
import { certificateFacts, readCertificate } from '../../src/facts/certificate/index.ts';
import { MalformedContent } from '../../src/facts/malformed.ts';
import { Turns } from '../../src/facts/turns.ts';
import * as der from '../corpus/der.ts';
import { CORPUS_NOW, signedCorpus } from '../corpus/index.ts';
import { messageOf } from '../corpus/programs.ts';
import { mutate } from './mutate.ts';
import type { Choices } from './random.ts';
import { patient } from '../../tooling/patience.mjs';

export interface CmsFuzz {
  readonly corpus: readonly Uint8Array[];
  /** @throws when a promise is broken */
  fuzz(bytes: Uint8Array, turns: Turns): Promise<void>;
}

/** Longest one input may take, in milliseconds of a quiet machine. */
const LONGEST = 2000;

export async function prepareCms(): Promise<CmsFuzz> {
  const files = await signedCorpus();
  const messages = files
    .filter(({ type, expectation }) => (type === 'exe' && expectation.kind === 'signatures') || type === 'cat')
    .map(({ type, path }) => (type === 'cat' ? readFileSync(path) : messageOf(readFileSync(path))));
  const roots = files[0]?.roots ?? [];
  const signed = new Set<string>();
  const certificates: Uint8Array[] = [];
  for (const message of messages) {
    for (const signature of await signaturesIn(message, new Turns({}))) {
      signed.add(identity(signature));
      certificates.push(...signature.certificates);
    }
  }
  return {
    corpus: [...messages, ...new Map(certificates.map((one) => [Buffer.from(one).toString('hex'), one])).values()],
    async fuzz(bytes, turns) {
      const start = performance.now();
      await refusing(async () => certificateFacts(readCertificate(bytes)));
      await refusing(async () => (await readCatalog(bytes, turns)).lists(Buffer.alloc(32)));
      await refusing(async () => {
        for (const signature of await signaturesIn(bytes, turns)) {
          const question = { digest: signature.digest, roots, now: CORPUS_NOW };
          const facts = await verifySignature(signature, question, turns);
          if (facts.trusted && !signed.has(identity(signature))) throw new Error('A forged signature is trusted.');
        }
      });
      if (performance.now() - start > patient(LONGEST)) throw new Error('It took too long.');
    },
  };
}

async function signaturesIn(message: Uint8Array, turns: Turns): Promise<readonly AuthenticodeSignature[]> {
  try {
    return [(await readCatalog(message, turns)).signature];
  } catch {
    return readSignatures([message], turns);
  }
}

/** Who signed what. */
function identity(signature: AuthenticodeSignature): string {
  const content = Buffer.from(signature.signedData.content.content).toString('hex');
  return `${signature.signer.sha256} ${content}`;
}

async function refusing(read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof MalformedContent) || error.message === '' || error.place === '') throw error;
  }
}

/**
 * One input: an entry of the corpus with changes to its bytes, to its structure, or to both. Half of the changes keep
 * the structure, so that many inputs get past the first checks.
 */
export function mutateDer(corpus: readonly Uint8Array[], choices: Choices): Uint8Array {
  if (choices.chance(0.1)) return mutate(corpus, choices);
  let tree = der.parsePadded(choices.of(corpus));
  for (let changes = choices.chance(0.7) ? 1 : 2 + choices.below(3); changes > 0; changes -= 1) {
    const place = somewhere(tree, choices);
    const donor = der.parsePadded(choices.of(corpus));
    const isGentle = choices.chance(0.5);
    tree = der.change(tree, place, (old) => (isGentle ? exchanged(old, donor, choices) : changed(old, donor, choices)));
  }
  const bytes = choices.chance(0.1) ? indefinite(tree) : der.encode(tree);
  return choices.chance(0.05) ? mutate([bytes], choices) : bytes;
}

/** An element of the same type from another message, or other bytes of the same length. */
function exchanged(old: der.Node, donor: der.Node, choices: Choices): der.Node {
  const alike = everything(donor).filter(({ tag }) => tag === old.tag);
  if (alike.length > 0 && choices.chance(0.5)) return choices.of(alike);
  if (!(old.value instanceof Uint8Array)) return old;
  const value = Buffer.from(old.value);
  if (value.length > 0) value[choices.below(value.length)] = choices.below(256);
  return { tag: old.tag, value };
}

function everything(node: der.Node): readonly der.Node[] {
  return node.value instanceof Uint8Array ? [node] : [node, ...node.value.flatMap(everything)];
}

/** Path to some element; deep ones as likely as shallow ones. */
function somewhere(tree: der.Node, choices: Choices): number[] {
  const path: number[] = [];
  for (let at = tree; !(at.value instanceof Uint8Array) && at.value.length > 0 && choices.chance(0.9);) {
    const index = choices.below(at.value.length);
    path.push(index);
    at = at.value[index] as der.Node;
  }
  return path;
}

const TAGS = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0xa0, 0xa1, 0xa3];

function changed(old: der.Node, donor: der.Node, choices: Choices): der.Node {
  const grafted = somewhere(donor, choices).reduce((at, index) => der.inside(at)[index] as der.Node, donor);
  if (old.value instanceof Uint8Array) {
    const bytes = old.value;
    return choices.of<() => der.Node>([
      () => grafted,
      () => ({ tag: choices.of(TAGS) & 0xdf, value: bytes }),
      () => ({ tag: old.tag, value: bytes.length === 0 ? Buffer.from([0]) : mutate([bytes], choices) }),
      () => ({ tag: old.tag, value: Buffer.alloc(choices.of([0, 1, 20, 32, 300]), choices.below(256)) }),
    ])();
  }
  const children = old.value;
  const index = choices.below(children.length);
  const same = (value: readonly der.Node[]): der.Node => ({ tag: old.tag, value });
  return choices.of<() => der.Node>([
    () => grafted,
    () => ({ tag: choices.of(TAGS) | 0x20, value: children }),
    () => same(children.filter((_, position) => position !== index)),
    () => same(children.flatMap((child, position) => (position === index ? [child, child] : [child]))),
    () => same([...children].reverse()),
    () => same([...children.slice(0, index), grafted, ...children.slice(index)]),
    () => same(Array.from({ length: 1 + choices.below(100) }, () => children[index] ?? grafted)),
    () => deep(old, choices.below(100)),
  ])();
}

function deep(inner: der.Node, levels: number): der.Node {
  let node = inner;
  for (let level = 0; level < levels; level += 1) node = { tag: 0x30, value: [node] };
  return node;
}

/** The tree with indefinite lengths, as BER allows for constructed elements. */
function indefinite({ tag, value }: der.Node): Uint8Array {
  if (value instanceof Uint8Array) return der.encode({ tag, value });
  return Buffer.concat([Buffer.from([tag, 0x80]), ...value.map(indefinite), Buffer.alloc(2)]);
}
