export function removeTree(tree: string): Promise<void>;
export function unmountStale(chroot: string): Promise<void>;
export function mountPlaces(chroot: string, places: readonly string[]): Promise<void>;
