export function unmountStale(chroot: string): Promise<void>;
