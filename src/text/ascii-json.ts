/** JSON for places that do not know UTF-8: consoles with a code page, viewers of logs. */

/**
 * JSON text of ASCII characters alone; every other UTF-16 unit is written as `\uXXXX`. Without `indent` it is one line.
 * @param value as for `JSON.stringify`, and not undefined
 */
export function asciiJson(value: unknown, indent: 0 | 2 = 0): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
