/** The readers of files and signatures for tests, in turns that nobody cuts short. */
import * as authenticode from '../../src/facts/authenticode/index.ts';
import type { ByteSource } from '../../src/facts/byte-source.ts';
import * as pe from '../../src/facts/pe/index.ts';
import * as script from '../../src/facts/script/index.ts';
import { Turns } from '../../src/facts/turns.ts';

type Verify = typeof authenticode.verifySignature;

export const readSignatures = (...messages: readonly Uint8Array[]) =>
  authenticode.readSignatures(messages, new Turns({}));
export const readCatalog = (message: Uint8Array) => authenticode.readCatalog(message, new Turns({}));
export const verifySignature = (signature: Parameters<Verify>[0], input: Parameters<Verify>[1]) =>
  authenticode.verifySignature(signature, input, new Turns({}));
export const inspectExecutable = (source: ByteSource) => pe.inspectExecutable(source, new Turns({}));
export const inspectScript = (bytes: Uint8Array) => script.inspectScript(bytes, new Turns({}));
