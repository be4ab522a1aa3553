/**
 * The second input: reusable settings groups that hold certificates, as
 * `/deviceManagement/reusablePolicySettings` gives them. An exported rules policy has only their ids (decision I3).
 */
import { foldCase } from '../../../text/compare.ts';
import { EpmError } from '../../../model/errors.ts';
import { readCertificateText } from '../../declaration/certificate-text.ts';
import { LIMITS } from '../../declaration/limits.ts';
import { isName } from '../../declaration/schema.ts';
import { UniqueNames } from '../../declaration/unique-names.ts';
import { REUSABLE_CERTIFICATE_ID } from './definitions.ts';
import { parseGraph } from './graph-text.ts';
import { elementsOf, openObject, shownText, type Diagnostics, type GraphObject, type Located } from './json-view.ts';
import type { KnownCertificate } from './rule-certificate.ts';

/** Certificates by folded id; undefined as a value: the entry exists and cannot be read. */
export type ReusableCertificates = ReadonlyMap<string, KnownCertificate | undefined>;

/**
 * Reads every input of certificates.
 * @param inputs Each an object, a list, or `{ "value": [ … ] }`.
 * @param diagnostics Takes what has no effect; places count from the input they are in, which the message names.
 * @throws EpmError EPM_POLICY_INVALID when an input is not such JSON, or an id is given twice
 */
export function readReusableSettings(inputs: readonly Uint8Array[], diagnostics: Diagnostics): ReusableCertificates {
  const certificates = new Map<string, KnownCertificate | undefined>();
  const names = new UniqueNames();
  inputs.forEach((input, index) => {
    const label = `Certificate input ${index + 1}`;
    if (isCertificateFile(input)) {
      throw invalid(`${label} is a certificate file, which no rule can refer to.`, label);
    }
    for (const entry of entriesOf(parseGraph(input, label), label)) {
      const object = openObject(entry);
      if (object === undefined) throw invalid(`${label}: an entry at ${entry.pointer || '/'} is not an object.`, label);
      refuseCollisions(object, label);
      readEntry(object, label, certificates, names, diagnostics);
      if (certificates.size > LIMITS.certificates) {
        throw invalid(`${label}: there are more than ${LIMITS.certificates} certificates.`, label);
      }
    }
  });
  return certificates;
}

/** A file as it is, which has no id. */
function isCertificateFile(input: Uint8Array): boolean {
  if (input.length > LIMITS.certificate) return false;
  return 'sha256' in readCertificateText(Buffer.from(input).toString('base64'));
}

function entriesOf(root: Located, label: string): readonly Located[] {
  const list = elementsOf(root);
  if (list !== undefined) return list;
  const object = openObject(root);
  if (object === undefined) throw invalid(`${label} is neither a reusable setting nor a list of them.`, label);
  refuseCollisions(object, label);
  const value = object.one('value');
  return (value && elementsOf(value)) ?? [root];
}

function readEntry(
  object: GraphObject,
  label: string,
  certificates: Map<string, KnownCertificate | undefined>,
  names: UniqueNames,
  diagnostics: Diagnostics,
): void {
  const instance = openMember(object, 'settingInstance', label);
  const value = instance && openMember(instance, 'simpleSettingValue', label);
  const definitions = [object, instance].map((each) => each?.text('settingDefinitionId'));
  if (!definitions.some((id) => foldCase(id?.trim() ?? '') === foldCase(REUSABLE_CERTIFICATE_ID))) {
    diagnostics.add('unknownSetting', object, `${label}: this is not a reusable setting with a certificate.`);
    return;
  }
  const id = foldCase(object.text('id')?.trim() ?? '');
  if (id === '') {
    diagnostics.add('missing', object, `${label}: the reusable setting has no id, so that no rule can refer to it.`);
    return;
  }
  if (certificates.has(id)) {
    throw invalid(`${label}: reusable setting "${shownText(object.text('id') ?? '')}" is given twice.`, label);
  }
  const read = readCertificateText(value?.text('value') ?? '');
  if ('problem' in read || read.der === undefined) {
    certificates.set(id, undefined);
    diagnostics.add(
      'certificateUnreadable',
      object,
      `${label}: the reusable setting holds no certificate, or several.`,
    );
    return;
  }
  const displayName = object.text('displayName') ?? '';
  const name = names.take(isName(displayName) ? displayName : read.sha256);
  certificates.set(id, { name, sha256: read.sha256, der: read.der });
}

function openMember(object: GraphObject, name: string, label: string): GraphObject | undefined {
  const member = object.one(name);
  const opened = member && openObject(member);
  if (opened !== undefined) refuseCollisions(opened, label);
  return opened;
}

function refuseCollisions(object: GraphObject, label: string): void {
  const [name] = object.collisions;
  if (name === undefined) return;
  const message = `${label}, line ${object.node.line}: "${shownText(name)}" is given more than once; case does not count.`;
  throw invalid(message, label);
}

function invalid(message: string, label: string): EpmError {
  return new EpmError('EPM_POLICY_INVALID', message, {
    hint: 'Give the export of /deviceManagement/reusablePolicySettings. Nothing was imported.',
    data: { input: label },
  });
}
