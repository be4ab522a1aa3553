/** Text and XML of a policy, with the errors that its readers answer. */
import { EpmError } from '../../model/errors.ts';
import { decodeText } from '../../text/encoding.ts';
import { parseXml, type XmlElement, XmlError, type XmlLimits } from '../../text/xml.ts';

/** @throws EpmError EPM_POLICY_INVALID when the bytes are not text in UTF-8, or in UTF-16 with a byte order mark */
export function decodePolicyText(bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new EpmError('EPM_POLICY_INVALID', 'The policy file is not text in UTF-8 or UTF-16.', {
      hint: 'Save the file as UTF-8.',
      cause,
    });
  }
}

/** @throws EpmError EPM_POLICY_INVALID when it is not well-formed, has a document type, or passes a limit */
export function parsePolicyXml(text: string, limits?: XmlLimits): XmlElement {
  try {
    return parseXml(text, limits);
  } catch (cause) {
    if (cause instanceof XmlError) throw new EpmError('EPM_POLICY_INVALID', cause.message, { cause });
    throw cause;
  }
}
