/** The roots that a machine trusts. It may have hundreds: only those that a chain asks for are parsed. */
import type { Certificate } from '../certificate/certificate.ts';
import { certificateOrNone } from '../certificate/known.ts';
import type { DerElement } from '../der/reader.ts';

export class Roots {
  readonly #ders: readonly Uint8Array[];
  readonly #read = new Map<Uint8Array, Certificate | undefined>();

  /** @param ders one certificate in DER each; what cannot be read is no root */
  constructor(ders: readonly Uint8Array[]) {
    this.#ders = ders;
  }

  has(certificate: Certificate): boolean {
    return this.#ders.some((der) => Buffer.compare(der, certificate.der) === 0);
  }

  withSubject(name: DerElement): readonly Certificate[] {
    return this.#ders
      .filter((der) => view(der).includes(view(name.raw)))
      .flatMap((der) => this.#parse(der) ?? [])
      .filter((root) => Buffer.compare(root.subject.raw, name.raw) === 0);
  }

  #parse(der: Uint8Array): Certificate | undefined {
    if (!this.#read.has(der)) this.#read.set(der, machineCertificate(der));
    return this.#read.get(der);
  }
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A certificate of the machine; undefined when it cannot be read. */
export function machineCertificate(der: Uint8Array): Certificate | undefined {
  return certificateOrNone(der, 'certificate of the machine');
}
