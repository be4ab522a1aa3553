/**
 * Watches what a broker sends, packet by packet, before anything is made of it. Written by hand, because the parser of the
 * MQTT library takes a packet of up to 256 MB into memory before it says anything, and what is not a message is handled as
 * fast as it comes.
 *
 * MQTT 5.0, 2.1: one byte with the type and flags, then the length of the rest in one to four bytes of seven bits.
 */
const PUBLISH = 3;
const SECOND = 1000;

/** Bytes of the longest packet; the broker is told it, and the longest text and topic fit. */
export const MAX_PACKET = 16 * 1024;
/** Packets that are no messages: as many at once as a device has things to publish, then so many a second. */
const BURST = 5000;
const PER_SECOND = 50;

type PacketFault = 'packetTooLong' | 'lengthInvalid' | 'qualityTwo' | 'tooManyPackets';

export class PacketWatch {
  readonly #monotonic: () => number;
  /** Bytes of the packet that are still to come. */
  #rest = 0;
  #inLength = false;
  #length = 0;
  #shift = 0;
  #left = BURST;
  #at: number;

  /** @param monotonic milliseconds */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#at = monotonic();
  }

  /** @returns undefined while everything is as it should be; then no more may be read */
  see(bytes: Uint8Array): PacketFault | undefined {
    for (let at = 0; at < bytes.length;) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, bytes.length - at);
        this.#rest -= skipped;
        at += skipped;
        continue;
      }
      const fault = this.#header(bytes[at] ?? 0);
      if (fault !== undefined) return fault;
      at += 1;
    }
    return undefined;
  }

  #header(byte: number): PacketFault | undefined {
    if (!this.#inLength) {
      this.#inLength = true;
      this.#length = 0;
      this.#shift = 0;
      if (byte >> 4 !== PUBLISH) return this.#take() ? undefined : 'tooManyPackets';
      // Nothing is subscribed to with quality 2, so no message may have it (MQTT 5.0, 3.8.4).
      return (byte & 0b110) > 0b010 ? 'qualityTwo' : undefined;
    }
    this.#length += (byte & 0x7f) << this.#shift;
    if (this.#length > MAX_PACKET) return 'packetTooLong';
    if ((byte & 0x80) === 0) {
      this.#inLength = false;
      this.#rest = this.#length;
      return undefined;
    }
    this.#shift += 7;
    return this.#shift > 21 ? 'lengthInvalid' : undefined;
  }

  #take(): boolean {
    const now = this.#monotonic();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / SECOND) * PER_SECOND) - 1;
    this.#at = now;
    return this.#left >= 0;
  }
}
