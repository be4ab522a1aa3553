import { describe, expect, it } from 'vitest';
import { sortInTurns, STEPS_PER_TURN, Turns } from '../../../src/facts/turns.ts';

/** A source that counts how often somebody looks at its limits. */
class Looks {
  count = 0;
  check(): void {
    this.count += 1;
  }
}

describe('work in turns', () => {
  it('waits and looks at the limits once for each turn, and not before', async () => {
    const looks = new Looks();
    const turns = new Turns(looks);
    for (let step = 1; step < STEPS_PER_TURN; step += 1) expect(turns.take(1)).toBeUndefined();
    expect(looks.count).toBe(0);
    await turns.take(1);
    expect(looks.count).toBe(1);
    await turns.take(5 * STEPS_PER_TURN);
    expect(looks.count).toBe(2);
    expect(turns.take(1)).toBeUndefined();
  });

  it('lets other work of the process go on before it looks', async () => {
    const order: string[] = [];
    const turns = new Turns({ check: () => void order.push('look') });
    setImmediate(() => order.push('other work'));
    await turns.take(STEPS_PER_TURN);
    expect(order).toEqual(['other work', 'look']);
  });

  it('ends with what the source says', async () => {
    const over = new Error('It is over.');
    const turns = new Turns({
      check() {
        throw over;
      },
    });
    await expect(turns.take(STEPS_PER_TURN)).rejects.toBe(over);
  });

  it('goes on without limits where a source has none', async () => {
    await expect(new Turns({}).take(STEPS_PER_TURN)).resolves.toBeUndefined();
  });
});

describe('sorting in turns', () => {
  it.each([0, 1, 2, 1023, 1024, 1025, 3000, 10_000])('sorts %i items', async (count) => {
    const looks = new Looks();
    // A step that has no divisor in common with any count here visits every number once.
    const items = Array.from({ length: count }, (_, index) => String((index * 7919) % count).padStart(6, '0'));
    const sorted = await sortInTurns(items, (item) => item, new Turns(looks));
    expect(sorted).toEqual([...items].sort());
    expect(looks.count).toBeGreaterThanOrEqual(Math.floor((count * 64) / STEPS_PER_TURN));
  });
});
