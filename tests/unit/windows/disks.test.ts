import { describe, expect, it } from 'vitest';
import { type DiskFacts, whyForeign } from '../../../src/windows/files/disks.ts';

const disk = (bus: number, more: Partial<DiskFacts> = {}): DiskFacts => ({
  bus,
  removableMedia: false,
  hotplug: false,
  ...more,
});
const SATA = disk(0x0b);

describe('disks of the machine itself', () => {
  it.each([
    ['SCSI or a virtual machine', 0x01],
    ['ATA', 0x03],
    ['Fibre Channel', 0x06],
    ['RAID', 0x08],
    ['SAS', 0x0a],
    ['SATA', 0x0b],
    ['Storage Spaces', 0x10],
    ['NVMe', 0x11],
    ['storage class memory', 0x12],
    ['UFS', 0x13],
  ])('are those on %s', (_name, bus) => {
    expect(whyForeign({ itself: disk(bus), disks: [disk(bus)] })).toBeUndefined();
  });

  it('may be several, and then the volume does not answer for itself', () => {
    expect(whyForeign({ itself: undefined, disks: [SATA, disk(0x11)] })).toBeUndefined();
  });
});

describe('AC-22 disks that somebody brings', () => {
  it.each([
    ['USB', 0x07, 'USB'],
    ['FireWire', 0x04, 'FireWire'],
    ['iSCSI', 0x09, 'another computer'],
    ['SD', 0x0c, 'SD card'],
    ['MMC', 0x0d, 'MMC card'],
    ['a program that shows an image', 0x0e, 'virtual'],
    ['a mounted VHD', 0x0f, 'mounted image'],
    ['NVMe over a network', 0x14, 'another computer'],
    ['an unknown bus', 0x00, 'bus type 0'],
    ['a bus of a later Windows', 0x77, 'bus type 119'],
  ])('are foreign on %s', (_name, bus, why) => {
    expect(whyForeign({ itself: disk(bus), disks: [disk(bus)] })).toContain(why);
  });

  it.each<[string, Partial<DiskFacts>, string]>([
    ['whose medium can be taken out', { removableMedia: true }, 'taken out'],
    ['that can be pulled out, as a Thunderbolt case is', { hotplug: true }, 'pulled out'],
  ])('are foreign %s', (_name, facts, why) => {
    expect(whyForeign({ itself: undefined, disks: [disk(0x11, facts)] })).toContain(why);
  });

  it('are foreign as soon as one of several is, or the volume itself', () => {
    expect(whyForeign({ itself: undefined, disks: [SATA, disk(0x07)] })).toContain('USB');
    expect(whyForeign({ itself: disk(0x0f), disks: [SATA] })).toContain('mounted image');
  });

  it('are foreign when Windows does not say what they are', () => {
    expect(whyForeign({ itself: undefined, disks: undefined })).toBeDefined();
    expect(whyForeign({ itself: SATA, disks: [] })).toBeDefined();
    expect(whyForeign({ itself: SATA, disks: [undefined] })).toBeDefined();
    expect(whyForeign({ itself: SATA, disks: [SATA, undefined] })).toBeDefined();
  });
});
