/** Elevation policies in Microsoft Graph's format. */
export { readGraph } from './reader.ts';
export { writeGraph } from './writer.ts';
