/** Authenticode: reading and judging the signatures of files, on any system. */
export { readCatalog, type Catalog } from './catalog.ts';
export { readSignatures, type AuthenticodeSignature } from './signature.ts';
export { verifySignature, type VerifyInput } from './verify.ts';
