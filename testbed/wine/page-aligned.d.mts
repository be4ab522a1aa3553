export function alignedToPages(image: Buffer): Buffer;
