/** Abuse cases that the engine alone decides. */
import { describe, expect, it } from 'vitest';
import { compile, decide, decideChild } from '../../src/engine/index.ts';
import { MatchInput } from '../../src/engine/match-input.ts';
import type { FileFacts } from '../../src/model/file-facts.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { type EngineRowCase, caseOf } from '../compliance/row.ts';
import { MACHINE } from '../fuzz/engine-case.ts';
import { effort } from '../effort.ts';

const HASH = 'a'.repeat(64);

function policy(...rules: RuleInput[]): PolicyDocument {
  return { id: 'p', scope: { kind: 'device' }, settings: {}, rules, rejected: [] };
}

function ask(rules: RuleInput[], facts: EngineRowCase['facts'] = {}, request: EngineRowCase['request'] = {}) {
  const question = caseOf({ facts, request });
  return decide(compile([policy(...rules)], { machine: MACHINE }), question.request, question.facts, { trace: true });
}

function reasons(rule: RuleInput): readonly string[] {
  const [report] = compile([policy(rule)], { machine: MACHINE }).rules;
  return report?.reasons.map((reason) => reason.code) ?? [];
}

describe('AC-24 a path rule over a folder in which people can write', () => {
  it('AC-24 is never Automatic', () => {
    for (const filePath of ['C:\\Tools\\*', 'C:\\Tools\\**', 'C:\\T??ls']) {
      expect(reasons({ name: 'r', type: 'automatic', fileName: 'app.exe', fileHash: HASH, filePath })).toContain(
        'wildcardInAutomaticRule',
      );
    }
  });

  it('AC-24 does not stand on its path alone', () => {
    expect(ask([{ name: 'r', type: 'userConfirmed', filePath: 'C:\\Tools\\**' }]).outcome).toBe('denied');
  });

  it('AC-24 is flagged when a person may write where it matched', () => {
    const rule: RuleInput = { name: 'r', type: 'userConfirmed', fileHash: HASH, filePath: 'C:\\Tools\\**' };
    const facts = { folder: 'C:\\Tools\\Writable' };
    expect(ask([rule], { ...facts, writableByUsers: true }).notes).toEqual(['writableFolder']);
    expect(ask([rule], { ...facts, writableByUsers: false }).notes).toBeUndefined();
  });
});

describe('AC-47 arguments that change what a package installs', () => {
  const facts = { name: 'setup.msi', type: 'msi' } as const;
  const rule: RuleInput = { name: 'r', type: 'userConfirmed', fileName: 'setup.msi', fileHash: HASH };
  const vectors = [
    ['TRANSFORMS=evil.mst'],
    ['/quiet', 'transforms=:inner'],
    ['PATCH=evil.msp'],
    ['/p', 'evil.msp'],
    ['/i', 'evil.msi'],
    ['SOURCELIST=\\\\server\\share'],
    ['INSTALLDIR=C:\\Users\\ann'],
    ['REINSTALLMODE=vamus'],
    ['/l*v', 'C:\\Windows\\System32\\evil.log'],
  ];

  it.each(vectors)('AC-47 are not passed without a list: %s', (...vector) => {
    expect(ask([rule], facts, { arguments: vector }).outcome).toBe('denied');
    expect(ask([rule], facts, { arguments: [] }).outcome).toBe('needs');
  });

  it.each(vectors)('AC-47 are not passed beside what a list has: %s', (...vector) => {
    const listed = { ...rule, arguments: ['/quiet', 'INSTALLDIR=C:\\Tools'] };
    expect(ask([listed], facts, { arguments: vector }).outcome).toBe('denied');
    expect(ask([listed], facts, { arguments: ['/quiet', ...vector] }).outcome).toBe('denied');
    expect(ask([listed], facts, { arguments: ['/QUIET'] }).outcome).toBe('needs');
  });
});

describe('AC-91 rules that contradict each other', () => {
  const allow: RuleInput = { name: 'allow', type: 'automatic', fileName: 'app.exe', fileHash: HASH };

  it('AC-91 a Deny wins, however weak it is and wherever it comes from', () => {
    const denials: RuleInput[] = [
      { name: 'deny', type: 'deny', filePath: 'C:\\Tools' },
      { name: 'deny', type: 'deny', fileName: 'a*.exe' },
      { name: 'deny', type: 'deny', fileName: '*.exe', filePath: 'C:\\**' },
      { name: 'deny', type: 'deny', fileHash: HASH, minimumVersion: 'broken' },
    ];
    for (const deny of denials) {
      for (const rules of [
        [allow, deny],
        [deny, allow],
      ]) {
        expect(ask(rules)).toMatchObject({ outcome: 'denied', reason: 'denyRule' });
      }
    }
  });

  it('AC-91 a Deny of the device beats a rule of the user', () => {
    const question = caseOf();
    const own: PolicyDocument = { ...policy(allow), scope: { kind: 'user', sid: question.request.requester.sid } };
    const device = policy({ name: 'deny', type: 'deny', fileName: 'app.exe' });
    for (const policies of [
      [own, device],
      [device, own],
    ]) {
      expect(decide(compile(policies, { machine: MACHINE }), question.request, question.facts).outcome).toBe('denied');
    }
  });

  it('AC-91 a Deny reaches the children of a tree that allows all', () => {
    const { request, facts } = caseOf();
    const compiled = compile([policy(allow, { name: 'deny', type: 'deny', fileName: 'app.exe' })], {
      machine: MACHINE,
    });
    expect(decideChild(compiled, { ...request, childProcesses: 'allow' }, facts)).toMatchObject({
      outcome: 'end',
      reason: 'denyRule',
    });
  });
});

describe('AC-92 a rule without a strong attribute', () => {
  it('AC-92 is rejected and elevates nothing', () => {
    const weak: Omit<RuleInput, 'name' | 'type'>[] = [
      { fileName: 'app.exe' },
      { productName: 'Alpha' },
      { fileName: 'app.exe', productName: 'Alpha', filePath: 'C:\\Tools' },
      { fileDescription: 'x', internalName: 'y', minimumVersion: '1' },
      {},
    ];
    for (const type of ['automatic', 'userConfirmed', 'currentUser', 'supportApproved'] as const) {
      for (const attributes of weak) {
        const rule: RuleInput = { name: 'weak', type, ...attributes };
        expect(reasons(rule)).toContain('noStrongAttribute');
        expect(ask([rule], { productName: 'Alpha' }).outcome).toBe('denied');
      }
    }
  });

  it('AC-92 is rejected when its name is only wildcards', () => {
    for (const fileName of ['*', '*.exe', '????.exe', '**.msi']) {
      expect(reasons({ name: 'r', type: 'userConfirmed', fileName, fileHash: HASH })).not.toEqual([]);
    }
  });

  it('AC-92 an Automatic rule also needs a literal file name', () => {
    expect(reasons({ name: 'r', type: 'automatic', fileHash: HASH })).toEqual(['automaticNeedsFileName']);
  });

  it('AC-59 a rule for the own account has no desktop of its own, which others of the account could open', () => {
    const rule = { name: 'r', type: 'currentUser', fileHash: HASH, ownDesktop: true } as const;
    expect(reasons(rule)).toEqual(['ownDesktopAsUser']);
    expect(reasons({ ...rule, type: 'userConfirmed' })).toEqual([]);
  });
});

describe('AC-93 an interpreter without fixed arguments', () => {
  const interpreters = [
    'cmd.exe',
    'PowerShell.exe',
    'pwsh.exe',
    'wscript.exe',
    'mshta.exe',
    'rundll32.exe',
    'msiexec.exe',
    'python.exe',
  ];

  it('AC-93 is not started by an Automatic rule, whatever the arguments', () => {
    for (const name of interpreters) {
      const rule: RuleInput = { name: 'r', type: 'automatic', fileName: name, fileHash: HASH };
      expect(ask([rule], { name }, { arguments: ['/c', 'evil'] }).outcome).toBe('denied');
      expect(ask([rule], { name }).outcome).toBe('denied');
    }
  });

  it('AC-93 is not started by a rule that does not name it, or by the default response', () => {
    for (const name of interpreters) {
      expect(ask([{ name: 'r', type: 'userConfirmed', fileHash: HASH }], { name }).outcome).toBe('denied');
    }
    const question = caseOf({ facts: { name: 'cmd.exe' } });
    const settings = { defaultElevationResponse: 'requireUserConfirmation' } as const;
    const compiled = compile([{ ...policy(), settings }], { machine: MACHINE });
    expect(decide(compiled, question.request, question.facts)).toMatchObject({ reason: 'hostNeedsArguments' });
  });

  it('AC-93 is still an interpreter under another file name', () => {
    const rule: RuleInput = { name: 'r', type: 'automatic', fileName: 'app.exe', fileHash: HASH };
    expect(ask([rule], { originalName: 'Cmd.Exe' }).outcome).toBe('denied');
    expect(ask([rule], { internalName: 'POWERSHELL' }).outcome).toBe('denied');
  });

  it('AC-93 is still an interpreter when its name stands in another language, or is added by policy', () => {
    const rule: RuleInput = { name: 'r', type: 'automatic', fileName: 'app.exe', fileHash: HASH };
    const named = (texts: Readonly<Record<string, string>>): NonNullable<EngineRowCase['facts']> => ({
      originalName: 'app.exe',
      executable: {
        machine: 'x64',
        subsystem: 'windows',
        versionTexts: [
          { language: '040904b0', texts: { OriginalFilename: 'app.exe' } },
          { language: '040704b0', texts },
        ],
      },
    });
    expect(ask([rule], named({ OriginalFilename: 'bun.exe' })).outcome).toBe('denied');
    expect(ask([rule], named({ internalname: 'conhost.exe.mui' })).outcome).toBe('denied');
    expect(ask([rule], named({ ProductName: 'cmd' })).outcome).toBe('elevate');
    const settings = { additionalInterpreters: ['Tool.exe'] };
    for (const facts of [named({ OriginalFilename: 'TOOL.EXE' }), { internalName: 'tool' }, { name: 'tool.EXE' }]) {
      const question = caseOf({ facts });
      const rules = [{ ...rule, fileName: question.facts.name }];
      const compiled = compile([{ ...policy(...rules), settings }], { machine: MACHINE });
      expect(decide(compiled, question.request, question.facts).outcome).toBe('denied');
    }
  });

  it('AC-93 starts with exactly the arguments that a list fixes, and never without any', () => {
    const rule: RuleInput = {
      name: 'r',
      type: 'automatic',
      fileName: 'cmd.exe',
      fileHash: HASH,
      arguments: ['/c "C:\\x.cmd"'],
    };
    const facts = { name: 'cmd.exe' };
    expect(ask([rule], facts, { arguments: ['/c', 'C:\\x.cmd'] }).outcome).toBe('elevate');
    for (const vector of [
      [],
      ['/c'],
      ['/c', 'C:\\x.cmd', '&', 'evil'],
      ['/C', 'C:\\x.cmd'],
      ['/c', 'C:\\x.cmd & evil'],
    ]) {
      expect(ask([rule], facts, { arguments: vector }).outcome).toBe('denied');
    }
  });
});

describe('AC-97 rules made to be slow', () => {
  const long = `${'a'.repeat(250)}.exe`;
  const repeated = Array.from({ length: 5000 }, (_, index): RuleInput => {
    return { name: `r${index}`, type: 'deny', fileName: `${'a*'.repeat(60)}${index}b?${'*a'.repeat(20)}c.exe` };
  });

  it('AC-97 a name that almost fits thousands of patterns is decided quickly', () => {
    const question = caseOf({ facts: { name: long } });
    const compiled = compile([policy(...repeated)], { machine: MACHINE });
    const steps = Array.from({ length: 20 }, () =>
      effort(() => expect(decide(compiled, question.request, question.facts).outcome).toBe('denied')),
    );
    // Backtracking would take ages of the universe; the bound only keeps the order of magnitude.
    expect(Math.min(...steps)).toBeLessThan(50);
  });

  it('AC-97 a path pattern with many stars and a deep folder are decided quickly', () => {
    const filePath = `C:\\${'*a*a*a*b\\'.repeat(30)}**`;
    const folder = `C:\\${`${'a'.repeat(120)}\\`.repeat(200)}end`;
    const rules = Array.from({ length: 500 }, (_, index): RuleInput => ({ name: `r${index}`, type: 'deny', filePath }));
    const question = caseOf({ facts: { folder } });
    const compiled = compile([policy(...rules)], { machine: MACHINE });
    const spent = effort(() => expect(decide(compiled, question.request, question.facts).outcome).toBe('denied'));
    expect(spent).toBeLessThan(1000);
  });

  it('AC-97 patterns of thousands of stars or units cost neither time nor memory', () => {
    const rules = Array.from({ length: 400 }, (_, index): RuleInput => {
      const filler = index % 2 === 0 ? '*'.repeat(30_000) : 'x'.repeat(30_000);
      return { name: `r${index}`, type: 'deny', fileName: `a${filler}${index}.exe` };
    });
    const question = caseOf({ facts: { name: 'a398.exe' } });
    const compiled = compile([policy(...rules)], { machine: MACHINE });
    const times = Array.from({ length: 20 }, () =>
      effort(() =>
        expect(decide(compiled, question.request, question.facts)).toMatchObject({ basis: { rule: { name: 'r398' } } }),
      ),
    );
    expect(Math.min(...times)).toBeLessThan(5);
  });

  it('AC-97 the number of rules that a file leads to does not grow with the number of rules', () => {
    type Attributes = Omit<RuleInput, 'name' | 'type'>;
    const considered = (size: number, make: (index: number) => Attributes, facts: EngineRowCase['facts']): number => {
      const rules = Array.from({ length: size }, (_, index): RuleInput => ({
        name: `r${index}`,
        type: 'deny',
        ...make(index),
      }));
      const compiled = compile([policy(...rules)], { machine: MACHINE });
      const question = caseOf({ facts: facts ?? {} });
      const { requester } = question.request;
      const mine = compiled.forUser(requester.sid);
      const file = new MatchInput(question.facts, requester, [], { time: 0, zoneOffset: 0 }, mine);
      return mine.indexes.reduce((sum, index) => sum + index.related(file, Infinity).size, 0);
    };
    const shapes: readonly { make: (index: number) => Attributes; facts: EngineRowCase['facts'] }[] = [
      { make: (index) => ({ fileName: `tool${index}*.exe` }), facts: { name: 'tool77.exe' } },
      { make: (index) => ({ fileName: `*tool${index}.exe` }), facts: { name: 'tool77.exe' } },
      { make: (index) => ({ fileName: `t*l${index}.exe` }), facts: { name: 'tool77.exe' } },
      { make: (index) => ({ filePath: `C:\\Users\\*\\tool${index}` }), facts: { folder: 'C:\\Users\\ann\\tool77' } },
      { make: (index) => ({ filePath: `C:\\Vendor\\tool${index}\\**` }), facts: { folder: 'C:\\Vendor\\tool77\\x' } },
      { make: (index) => ({ filePath: `C:\\Tools${index}` }), facts: { folder: 'C:\\Tools77' } },
      { make: (index) => ({ fileHash: index.toString(16).padStart(64, '0') }), facts: {} },
    ];
    for (const { make, facts } of shapes) {
      expect(considered(10_000, make, facts)).toBeLessThanOrEqual(considered(100, make, facts) + 5);
    }
  });

  it('AC-97 a file with thousands of version texts that rules name is decided quickly', () => {
    const rules = Array.from({ length: 2000 }, (_, index): RuleInput => {
      const text = `Text ${index}`;
      return { name: `r${index}`, type: 'deny', productName: text, fileDescription: text, internalName: `Not ${text}` };
    });
    const compiled = compile([policy(...rules)], { machine: MACHINE });
    const versionTexts = Array.from({ length: 2000 }, (_, index) => {
      const text = `Text ${index}`;
      return { language: '040904b0', texts: { ProductName: text, FileDescription: text, InternalName: text } };
    });
    const question = caseOf({ facts: { executable: { machine: 'x64', subsystem: 'windows', versionTexts } } });
    const times = Array.from({ length: 5 }, () =>
      effort(() => expect(decide(compiled, question.request, question.facts).outcome).toBe('denied')),
    );
    expect(Math.min(...times)).toBeLessThan(400);
  });

  it('AC-97 rules that share a name or a certificate are told apart by what else they set', () => {
    const shared = { type: 'publisher', sha256: HASH } as const;
    const rules = Array.from({ length: 10_000 }, (_, index): RuleInput => {
      return {
        name: `r${index}`,
        type: 'automatic',
        fileName: 'setup.exe',
        certificate: shared,
        productName: `Product ${index}`,
      };
    });
    const compiled = compile([policy(...rules)], { machine: MACHINE });
    const facts = { name: 'setup.exe', productName: 'product 9876' };
    const question = caseOf({ facts });
    const signature = {
      leaf: { sha256: HASH, subject: '' },
      issuers: [],
      trusted: true,
      validNow: true,
      validAtTimestamp: true,
    };
    const signed = { ...question.facts, signatures: [{ ...signature, revocation: 'good' }] } as unknown as FileFacts;
    const times = Array.from({ length: 20 }, () =>
      effort(() =>
        expect(decide(compiled, question.request, signed)).toMatchObject({
          outcome: 'elevate',
          basis: { rule: { name: 'r9876' } },
        }),
      ),
    );
    expect(Math.min(...times)).toBeLessThan(2);
  });
});
