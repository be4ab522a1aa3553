/** Any bytes as a policy file: read or refused with a code, and what is read keeps its promises. */
import { isEpmError } from '../../src/model/errors.ts';
import { parsePolicyFile, toPolicyDocuments, writePolicyFile } from '../../src/policy/formats/json/policy-file.ts';
import { decodePolicyText } from '../../src/policy/formats/input.ts';
import { requirePolicyKept } from './policy-promises.ts';

export const corpus: readonly string[] = [
  '{"version":1}',
  '{"version":1,"id":"a","settings":{"enabled":true,"defaultElevationResponse":"denyAll","defaultValidations":["justification"]}}',
  '// c\n{"version":1,"certificates":{"c":"' +
    'a'.repeat(64) +
    '"},"rules":[{"name":"r","type":"deny","certificate":{"type":"publisher","name":"c"}}]}',
  '{"version":1,"rules":[{"name":"r","type":"automatic","fileName":"a.exe","fileHash":"' +
    'b'.repeat(64) +
    '","arguments":["/a \\"b\\""]},{"name":"R","type":"deny","filePath":"C:\\\\x"}]}',
  '{"version":1,"rules":[{"name":"r","name":"s","type":"deny"},null,{"__proto__":{}}]}',
];

/** @throws whatever is not a coded refusal: that is a finding. */
export function fuzz(bytes: Uint8Array): void {
  let text: string;
  try {
    text = decodePolicyText(bytes);
    const file = parsePolicyFile(text);
    const [document] = toPolicyDocuments(file, { kind: 'device' });
    if (document === undefined) throw new Error('A file that was read stands for no policy.');
    if (file.report.length !== document.rules.length + document.rejected.length) throw new Error('A rule was lost.');
    requirePolicyKept(document, (policy) => {
      const [again] = toPolicyDocuments(parsePolicyFile(writePolicyFile(policy)), policy.scope);
      return again;
    });
  } catch (error) {
    if (!isEpmError(error)) throw error;
  }
}
