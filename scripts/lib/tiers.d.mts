export function tierOf(file: string): 'pure' | 'module' | 'windows';
