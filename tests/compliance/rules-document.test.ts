import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderRulesDocument } from './render-rules.ts';

it('docs/rules.md says what the rows say; `npm run generate` renders it', () => {
  expect(readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8')).toBe(renderRulesDocument());
});
