/** @param milliseconds since 1970 @returns `2026-12-24 18:00 UTC`; what is no date is shown as the number */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime())
    ? String(milliseconds)
    : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
