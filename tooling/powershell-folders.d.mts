export function powerShellFolders(): Readonly<Record<string, string>>;
