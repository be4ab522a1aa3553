export function clearAbandoned(): Promise<void>;
