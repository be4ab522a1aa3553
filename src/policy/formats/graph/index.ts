/** Elevation policies in Microsoft Graph's form. */
export { readGraph } from './reader.ts';
export { writeGraph } from './writer.ts';
