import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  type ApproverKey,
  type ApproverLimits,
  type ApproverRights,
  PUBLIC_KEY_BYTES,
  type Revocation,
} from '../../../src/model/approver-key.ts';

it('has room for the public key that Node makes for Ed25519', () => {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  expect(publicKey).toHaveLength(PUBLIC_KEY_BYTES);
  const rights: ApproverRights = { anyUser: false, deviceGroups: [] };
  const limits: ApproverLimits = { maximumHours: 24 };
  const key: ApproverKey = {
    name: 'help desk',
    publicKey: publicKey.toString('base64'),
    approver: 'helpdesk@example.com',
    rights,
    limits,
  };
  const revocation: Revocation = { of: key.name, reason: 'lost' };
  expect(revocation.of).toBe('help desk');
});
