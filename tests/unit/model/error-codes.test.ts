import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/model/error-codes.ts';

it('gives each error code an event id of its own', () => {
  const ids = Object.values(ERROR_CODES).map(({ eventId }) => eventId);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
