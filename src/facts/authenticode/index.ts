/** Authenticode: reading and judging the signatures of files, on any system. */
export { readCatalog, readCatalogSigner } from './catalog.ts';
export { readSignatures, requireSubject, type AuthenticodeSignature } from './signature.ts';
export { verifySignature } from './verify.ts';
