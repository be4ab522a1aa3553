/**
 * Which disks are the machine's own. Windows calls the drives of USB disks and mounted images fixed too. Somebody who
 * brings such a disk decides what its file system says and when it changes, so nothing on it is elevated.
 */

/** STORAGE_BUS_TYPE of ntddstor.h: buses of disks that stay in the machine, and of disk arrays. */
const OWN_BUSES: ReadonlySet<number> = new Set([
  0x01, // SCSI, also of virtual machines
  0x02, // ATAPI
  0x03, // ATA
  0x05, // SSA
  0x06, // Fibre Channel
  0x08, // RAID
  0x0a, // SAS, also of virtual machines
  0x0b, // SATA
  0x10, // Storage Spaces
  0x11, // NVMe
  0x12, // storage class memory
  0x13, // UFS
]);

/** What the others are called, for people. */
const FOREIGN_BUSES: Readonly<Record<number, string>> = {
  0x04: 'is connected by FireWire',
  0x07: 'is connected by USB',
  0x09: 'lies on another computer (iSCSI)',
  0x0c: 'is an SD card',
  0x0d: 'is an MMC card',
  0x0e: 'is a virtual disk of another program',
  0x0f: 'is a mounted image',
  0x14: 'lies on another computer (NVMe over a network)',
};

/** STORAGE_DEVICE_DESCRIPTOR and STORAGE_HOTPLUG_INFO, as far as they are used. */
export interface DiskFacts {
  /** STORAGE_BUS_TYPE. */
  readonly bus: number;
  readonly removableMedia: boolean;
  /** Windows expects that it is pulled out without notice. */
  readonly hotplug: boolean;
}

/** What is asked of one volume. Undefined: Windows does not say. */
export interface VolumeDisks {
  /** Of the volume itself; those that span several disks do not answer. */
  readonly itself: DiskFacts | undefined;
  /** Of every disk that it lies on. */
  readonly disks: readonly (DiskFacts | undefined)[] | undefined;
}

/**
 * @returns why a volume is not on the machine's own disks, to be said of its drive; undefined: it is on them
 */
export function whyForeign({ itself, disks }: VolumeDisks): string | undefined {
  if (disks === undefined || disks.length === 0) return 'does not say on which disks it lies';
  for (const disk of itself === undefined ? disks : [itself, ...disks]) {
    if (disk === undefined) return 'does not say what kind of disk it is';
    if (!OWN_BUSES.has(disk.bus))
      return FOREIGN_BUSES[disk.bus] ?? `is connected in an unknown way (bus type ${disk.bus})`;
    if (disk.removableMedia) return 'has a medium that can be taken out';
    if (disk.hotplug) return 'can be pulled out while the machine runs';
  }
  return undefined;
}
