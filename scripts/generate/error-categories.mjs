/** The module's table of error categories, from the codes every part of EPM shares. */
import { ERROR_CODES } from '../../src/model/error-codes.ts';

/** @returns {string} text of module/Private/ErrorCategory.ps1 */
export function renderErrorCategories() {
  const rows = Object.entries(ERROR_CODES).map(([code, { category }]) => `    ${code} = '${category}'`);
  return [
    '# Generated from src/model/error-codes.ts by `npm run generate`. Do not edit.',
    '$script:ErrorCategory = @{',
    ...rows,
    '}',
    '',
  ].join('\n');
}
