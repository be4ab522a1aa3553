/** A program whose manifest says what it asks Windows for. */
import { buildProgram } from './pe-builder.ts';

const RT_MANIFEST = 24;

export function askingProgram(level: string, mark = 'program'): Buffer {
  const manifest =
    '<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">' +
    '<trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>' +
    `<requestedExecutionLevel level="${level}" uiAccess="false"/>` +
    '</requestedPrivileges></security></trustInfo></assembly>';
  return buildProgram({ mark, resources: [{ type: RT_MANIFEST, data: Buffer.from(manifest) }] });
}
