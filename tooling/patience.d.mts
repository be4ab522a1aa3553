export const QUIET: number;
export function pieceOfWork(): number;
export function measurePatience(): void;
export function slowness(): number;
export function patient(milliseconds: number): number;
