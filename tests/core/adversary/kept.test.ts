import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import { outcomeOf, physicsWindow } from '../../support/physics/window.ts';

/** Seeds of windows that were kept: two decidable ones of each kind and truth, and the worst that were once answered wrong, with the answer (`was`). */
const KEPT = JSON.parse(readFileSync(new URL('kept.json', import.meta.url), 'utf8')) as readonly { seed: number; kind: string; is: string; was?: string }[]; // a parse boundary: our own file

describe('windows of the adversary that were kept', () => {
  it.each(KEPT)('$seed, $kind: $is', ({ seed, kind, is, was }) => {
    const window = physicsWindow(seed);
    // Another card in the table draws other windows: then the seeds are chosen anew.
    expect({ kind: window.kind, is: window.truth }).toEqual({ kind, is });
    const { verdict } = analyse({ clock: 'relative', tables: window.tables, events: [] }, window.options);
    const told = `${verdict.bottleneck} ${verdict.grade}: ${verdict.why.join('; ')}`;
    if (was === undefined) expect(outcomeOf(window, verdict), told).toBe('agrees');
    else expect(outcomeOf(window, verdict), `${told}; was ${was}`).not.toBe('confident and wrong');
  });
  it('hold what physics allows: no part of the time is more than all of it, and a truth has the largest share', () => {
    for (const { seed } of KEPT) {
      const { shares, truth } = physicsWindow(seed);
      for (const [label, share] of Object.entries(shares)) expect(share, `${seed} ${label}`).toBeLessThanOrEqual(1.0001);
      if (truth !== 'idle') expect(Math.max(...Object.entries(shares).map(([label, share]) => (label === 'idle' ? 0 : share)))).toBe(shares[truth]);
    }
  });
  it('are told from wrong answers', () => {
    const window = { shares: { memory: 0.9, compute: 0.3, host: 0.8 }, truth: 'memory' } as const;
    const answer = { second: null, candidates: [], grade: 0.85 };
    expect(outcomeOf(window, { ...answer, bottleneck: 'compute' })).toBe('confident and wrong');
    expect(outcomeOf(window, { ...answer, bottleneck: 'compute', grade: 0.5 })).toBe('low grade');
    expect(outcomeOf(window, { ...answer, bottleneck: 'host' })).toBe('within the error');
    expect(outcomeOf(window, { ...answer, bottleneck: 'unknown', grade: 0, candidates: ['memory'] })).toBe('vague');
  });
});
