import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { compile, decide, renderTrace } from '../../../src/engine/index.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { type EngineRowCase, caseOf } from '../../compliance/row.ts';
import { MACHINE, randomCase } from '../../fuzz/engine-case.ts';
import { Choices } from '../../fuzz/random.ts';

const HASH = 'a'.repeat(64);
const schema = JSON.parse(
  readFileSync(new URL('../../../src/engine/trace.schema.json', import.meta.url), 'utf8'),
) as object;

function ask(rules: readonly RuleInput[], row: Pick<EngineRowCase, 'facts' | 'request'> = {}) {
  const { request, facts } = caseOf(row);
  const policy = { id: 'p', scope: { kind: 'device' }, settings: {}, rules, rejected: [] } as const;
  const decision = decide(compile([policy], { machine: MACHINE }), request, facts, { trace: true });
  return { decision, text: renderTrace(decision, facts, request) };
}

describe('the trace', () => {
  it('names the setting by which an expired, timestamped signature does not count', () => {
    const certificate = { type: 'publisher', sha256: '1'.repeat(64) } as const;
    const signature = {
      leaf: '1'.repeat(64),
      issuers: [],
      trusted: true,
      validNow: false,
      revocation: 'good',
    } as const;
    const rule: RuleInput = {
      name: 'r',
      type: 'automatic',
      fileName: 'app.exe',
      certificate,
      acceptTimestamped: false,
    };
    const text = (validAtTimestamp: boolean): string =>
      ask([rule], { facts: { signatures: [{ ...signature, validAtTimestamp }] } }).text;
    expect(text(true)).toContain('"acceptTimestamped" is off');
    expect(text(false)).not.toContain('acceptTimestamped');
  });

  it('says what is wrong with the best signature by the certificate, wherever it stands', () => {
    const certificate = { type: 'publisher', sha256: '1'.repeat(64) } as const;
    const rule: RuleInput = {
      name: 'r',
      type: 'automatic',
      fileName: 'app.exe',
      certificate,
      acceptTimestamped: false,
    };
    const by = (trusted: boolean, validNow: boolean, validAtTimestamp: boolean, revocation: 'good' | 'revoked') =>
      ({ leaf: '1'.repeat(64), issuers: [], trusted, validNow, validAtTimestamp, revocation }) as const;
    const timestamped = by(true, false, true, 'good');
    const worse = [by(false, true, true, 'good'), by(true, true, true, 'revoked'), by(true, false, false, 'good')];
    for (const other of worse) {
      for (const signatures of [
        [other, timestamped],
        [timestamped, other],
      ]) {
        expect(ask([rule], { facts: { signatures } }).text).toContain('"acceptTimestamped" is off');
      }
    }
  });

  it('never offers the certificate that the file has, nor what an interpreter cannot be given', () => {
    const certificate = { type: 'publisher', sha256: '1'.repeat(64) } as const;
    const bad = { leaf: '1'.repeat(64), issuers: [], trusted: false, validNow: true, revocation: 'good' } as const;
    const signed: RuleInput = { name: 'signed', type: 'automatic', fileName: 'app.exe', certificate };
    const untrusted = { facts: { signatures: [{ ...bad, validAtTimestamp: false }] } };
    expect(ask([signed], untrusted).decision.trace?.wouldChange).toContain(
      'With a good signature by the certificate of the rule "signed" of policy "p", and not a signature that this machine does not trust, it would win: the file is elevated.',
    );
    const role: RuleInput = { ...signed, certificate: { ...certificate, type: 'issuingAuthority' } };
    const wrongRole = { facts: { signatures: [{ ...bad, trusted: true, validAtTimestamp: false }] } };
    const changes = [ask([signed], untrusted), ask([role], wrongRole)].map(
      ({ decision }) => decision.trace?.wouldChange,
    );
    expect(changes.flat().join(' ')).not.toContain('the certificate that the rule "signed" of policy "p" expects');
    expect(changes.flat().join(' ')).toContain('took its certificate as the signer');

    const shell: RuleInput = { name: 'shell', type: 'automatic', fileName: 'cmd.exe', fileHash: HASH };
    const launched = ask([shell], { facts: { name: 'cmd.exe' }, request: { trigger: 'launch' } });
    expect(launched.decision.trace?.wouldChange).toEqual([]);
    const called = ask([shell], { facts: { name: 'cmd.exe' }, request: { trigger: 'launch', arguments: ['/c', 'x'] } });
    expect(called.decision.trace?.wouldChange).toEqual([
      'With an Automatic rule for the file by its hash that lists these arguments: the file is elevated.',
      'If the rule "shell" of policy "p" listed these arguments, it would win: the file is elevated.',
    ]);
  });

  it('says when a rule does not match, and from when on it does', () => {
    const rule: RuleInput = {
      name: 'r',
      type: 'automatic',
      fileName: 'app.exe',
      fileHash: HASH,
      activeHours: ['Mon 08:00-18:00'],
    };
    const monday = Date.UTC(2026, 10, 30, 7);
    const early = ask([rule], { request: { time: monday - 30 * 60_000, zoneOffset: 60 } });
    expect(early.decision.trace?.nearMisses).toMatchObject([
      {
        failed: [
          { attribute: 'hours', expected: 'Mon 08:00-18:00', found: 'Mon 2026-11-30 07:30', reason: 'outsideHours' },
        ],
      },
    ]);
    expect(early.text).toContain(
      'From Mon 2026-11-30 08:00 on, the rule "r" of policy "p" would win: the file is elevated.',
    );
    const { decision } = ask([rule], { request: { time: monday, zoneOffset: 60 } });
    expect(decision.outcome).toBe('elevate');
    expect(decision.trace?.wouldChange[0]).toBe(
      'From Mon 2026-11-30 18:00 on, when the rule "r" of policy "p" does not match: the elevation is denied.',
    );
  });

  it('has the form of its schema and repeats as JSON', () => {
    const validate = new Ajv({ strict: true }).compile(schema);
    for (let index = 0; index < 3000; index += 1) {
      const { policies, machine, request, facts, grants } = randomCase(new Choices(index));
      const { trace } = decide(compile(policies, { machine }), request, facts, {
        grants,
        trace: true,
      });
      if (!validate(JSON.parse(JSON.stringify(trace)))) expect(validate.errors).toBeNull();
    }
  });

  it('has no heading above nothing', () => {
    const { text } = ask([{ name: 'tool', type: 'automatic', fileName: 'app.exe', fileHash: HASH }]);
    expect(text).not.toMatch(/:\n(?! {2})|:$/);
    expect(text).not.toMatch(/come near|Rejected/);
  });

  it('speaks of the profile folder only where a rule does', () => {
    const near = (filePath: string, folder: string): string =>
      ask([{ name: 'tool', type: 'automatic', fileName: 'app.exe', fileHash: HASH, filePath }], { facts: { folder } })
        .text;
    expect(near('%UserProfile%\\App', 'C:\\Tools')).toContain('(not in the profile folder of the requester)');
    expect(near('C:\\App', 'C:\\Tools')).not.toContain('profile folder');
    expect(near('%UserProfile%\\App', 'C:\\Users\\ann\\Other')).not.toContain('profile folder');
  });

  it('names the winner, the step each other rule lost on, and what would change the outcome', () => {
    const { decision, text } = ask([
      { name: 'no games', type: 'deny', filePath: 'C:\\Tools' },
      { name: 'tool', type: 'automatic', fileName: 'app.exe', fileHash: HASH },
      { name: 'old', type: 'automatic', fileName: 'app.exe', fileHash: HASH, minimumVersion: '9.0' },
      { name: 'broken', type: 'userConfirmed', fileName: 'app.exe', fileHash: 'xyz' },
    ]);
    expect(decision).toMatchObject({ outcome: 'denied', reason: 'denyRule', basis: { rule: { name: 'no games' } } });
    expect(text).toMatchInlineSnapshot(`
      "app.exe: the elevation is denied (denyRule)
        File: C:\\Tools\\app.exe
        SHA-256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        Request: asked for by a person, no arguments
        Decided by: the rule "no games" (Deny, device policy "p")
      Rules that match, the first one wins:
        1. "no games" (Deny, device policy "p"): It wins.
        2. "tool" (Automatic, device policy "p"): It lost because the winner is a Deny. [deny]
      Rules that come near:
        - "old" (Automatic, device policy "p")
          a version: expected 9.0.0.0 or later; found no version
      Rejected rules:
        - "broken" (policy "p"): /fileHash: A file hash has 64 (SHA-256), 96 (SHA-384) or 128 (SHA-512) hexadecimal digits.
      What would change it:
        - Without the rule "no games" of policy "p", the rule "tool" of policy "p" would win: the file is elevated."
    `);
  });

  it('says by how much a rule missed', () => {
    const rule: RuleInput = { name: 'r', type: 'automatic', fileName: 'app.exe', fileHash: HASH, productName: 'Alpha' };
    const { decision } = ask([rule], { facts: { productName: 'Beta' } });
    expect(decision.trace?.nearMisses).toEqual([
      {
        rule: expect.objectContaining({ name: 'r' }) as object,
        failed: [{ attribute: 'productName', expected: 'ALPHA', found: 'Beta' }],
      },
    ]);
    expect(decision.trace?.wouldChange.join(' ')).toContain(
      'With the product name that the rule "r" of policy "p" expects',
    );
  });

  it('never shows arguments, which may hold secrets', () => {
    const rule: RuleInput = {
      name: 'r',
      type: 'automatic',
      fileName: 'app.exe',
      fileHash: HASH,
      arguments: ['/key listed-secret'],
    };
    const { decision, text } = ask([rule], { request: { arguments: ['/key', 'given-secret'] } });
    expect(text).toContain('2 arguments');
    expect(text + JSON.stringify(decision)).not.toMatch(/secret/);
  });

  it('writes out characters that would mislead a reader or break a log', () => {
    const name = 'app\r\n\u202efdp.exe';
    const { text } = ask([{ name: 'r\u001b[31m', type: 'deny', fileHash: HASH }], { facts: { name } });
    expect(text).toContain('app<U+000D><U+000A><U+202E>fdp.exe');
    expect(text).toContain('"r<U+001B>[31m"');
    expect(text).not.toMatch(/[\r\u202e\u001b]/);
  });
});
