import { describe, expect, it } from 'vitest';
import { MAX_PACKET, PacketWatch } from '../../../src/network/packet-watch.ts';

const PINGRESP = Buffer.from('d000', 'hex');
const at = (now = 0) => new PacketWatch(() => now);

describe('what a broker sends', () => {
  it('passes while packets are as long as they may be', () => {
    const length = Buffer.of(0x80 | (MAX_PACKET & 0x7f), 0x80 | ((MAX_PACKET >> 7) & 0x7f), MAX_PACKET >> 14);
    const packet = Buffer.concat([Buffer.of(0x32), length, Buffer.alloc(MAX_PACKET)]);
    expect(at().see(Buffer.concat([packet, packet, PINGRESP]))).toBeUndefined();
  });

  it('is refused by its first bytes when it announces more', () => {
    expect(at().see(Buffer.from('32ffff7f', 'hex'))).toBe('packetTooLong');
    expect(at().see(Buffer.from('3280808080', 'hex'))).toBe('lengthInvalid');
    expect(at().see(Buffer.from('3400', 'hex'))).toBe('qualityTwo');
  });

  it('is refused when packets that are no messages come without end, and not when they come slowly', () => {
    let now = 0;
    const watch = new PacketWatch(() => now);
    expect(watch.see(Buffer.concat(Array.from({ length: 5000 }, () => PINGRESP)))).toBeUndefined();
    expect(watch.see(PINGRESP)).toBe('tooManyPackets');
    const slow = new PacketWatch(() => (now += 1000));
    expect(slow.see(Buffer.concat(Array.from({ length: 20_000 }, () => PINGRESP)))).toBeUndefined();
  });
});
