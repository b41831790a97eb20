import { describe, expect, it } from 'vitest';
import VerdictCard from '../../../web/parts/VerdictCard.svelte';
import { decodeVerdict } from '../../pages/support/fixtures.ts';
import { aVerdict, someShares } from '../../support/analysis.ts';
import { render, textOf } from './render.ts';

describe('the verdict card', () => {
  it('says the answer, its evidence, its numbers and what to try', () => {
    const card = render(VerdictCard, { verdict: decodeVerdict(), title: 'What limits it now', since: '10:42', over: 'now' });
    expect(textOf(card.querySelector('.big'))).toBe('Memory bandwidth: decode');
    expect(textOf(card.querySelector('.evidence'))).toBe('Evidence A · grade 0.93 — vllm, dcgm. Since 10:42.');
    expect(textOf(card.querySelector('.numbers'))).toBe('headroom 1.08 × relief 3.2 × next compute');
    expect(textOf(card.querySelector('ol li'))).toContain('Raise concurrency: 14 requests run, the KV cache is 21 % full. up to 3.5 ×');
    expect(textOf(card.querySelector('ol li'))).toContain('50 requests ÷ 14 requests at the same weight reads');
    expect(textOf(card.querySelector('.missing'))).toContain('WEKA client counters');
  });

  it('says over which time its figures are means, and how much of the job they cover where much is missing', () => {
    const card = render(VerdictCard, { verdict: decodeVerdict(), title: 'x', over: 'since 10:42', coverage: 'Telemetry covers 10 min of the job’s 25 min.' });
    expect(textOf(card.querySelector('.means'))).toBe('Means, since 10:42');
    expect(textOf(card.querySelector('.coverage'))).toBe('Telemetry covers 10 min of the job’s 25 min.');
    expect(textOf(card)).toContain('Share of each ceiling, since 10:42');
  });

  it('leads with what is known where it cannot tell', () => {
    const figures = [
      { label: 'GPU busy', value: 0.82, unit: 'ratio', ceiling: 1, source: 'nvidia-smi' },
      { label: 'Power', value: 153, unit: 'watts', ceiling: 300, source: 'nvidia-smi' },
      { label: 'GPU memory', value: 28.8e9, unit: 'bytes', ceiling: 48e9, source: 'nvidia-smi' },
    ];
    const verdict = aVerdict({ figures, shares: someShares({ busy: 0.82 }), why: ['busy, cause unknown'] });
    const card = render(VerdictCard, { verdict, title: 'x', over: 'since 10:42' });
    expect([...card.querySelectorAll('.verdict > div:first-child > p')].slice(0, 3).map(textOf)).toEqual([
      'Cannot tell',
      'Known, since 10:42: GPU 82 % busy, 153 of 300 W, 28.8 of 48.0 GB of memory.',
      'Busy, cause unknown',
    ]);
    expect(card.querySelector('.figures')).toBeNull();
  });

  it('denies no gain that it offers: at its ceiling is no headroom of 1.00 ×', () => {
    const card = render(VerdictCard, { verdict: { ...decodeVerdict(), headroom: 1.004 }, title: 'x', over: 'now' });
    expect(textOf(card.querySelector('.numbers'))).toContain('at its ceiling');
    expect(textOf(card.querySelector('.numbers'))).not.toContain('headroom');
  });

  it('tells the unexplained as a range', () => {
    const tree = { busy: { memory: 0.6 }, unexplained: 0.09, unexplainedAtLeast: 0, empty: { host: 0.31 } };
    const card = render(VerdictCard, { verdict: aVerdict({ tree }), title: 'x', over: 'now' });
    expect(textOf(card)).toContain('busy, not explained 0–9 %');
  });

  it('carries its numbers, each against its ceiling where it has one', () => {
    const card = render(VerdictCard, { verdict: decodeVerdict(), title: 'x', over: 'now' });
    expect([...card.querySelectorAll('.figures div')].map((figure) => [...figure.children].map(textOf))).toEqual([
      ['Memory bandwidth', '1.16 of 1.24 TB/s'],
      ['Tensor active', '9 %'],
    ]);
  });

  it('shows how it was made: the grade’s arithmetic and every figure against its ceiling', () => {
    const card = render(VerdictCard, { verdict: decodeVerdict(), title: 'x', over: 'now' });
    expect(textOf(card.querySelector('.grade'))).toBe(
      'Grade 0.93: ceiling 0.95 × coverage 0.98 × margin 1.00. It rates the evidence; it is not a probability.',
    );
    expect([...card.querySelectorAll('tbody tr')].map((row) => [...row.children].map(textOf))).toEqual([
      ['Memory bandwidth', '1.16 TB/s', '1.24 TB/s', 'dcgm'],
      ['Tensor active', '9 %', '87 %', 'dcgm'],
    ]);
  });

  it('draws a share that is not measured as a dash, and one above the ceiling with its true number', () => {
    const shares = { ...decodeVerdict().shares, compute: 1.07, storage: null };
    const card = render(VerdictCard, { verdict: aVerdict({ shares }), title: 'x', over: 'now' });
    const rows = [...card.querySelectorAll('dl dt')].map((dt) => [
      textOf(dt),
      textOf(dt.nextElementSibling?.nextElementSibling ?? null),
      dt.nextElementSibling?.querySelector('i')?.style.width ?? null,
    ]);
    expect(rows).toContainEqual(['Compute', '107 %', '100%']);
    expect(rows).toContainEqual(['Storage', '–not measured', null]);
  });

  it('draws the time tree as pieces that sum to one', () => {
    const card = render(VerdictCard, { verdict: decodeVerdict(), title: 'x', over: 'now' });
    const pieces = [...card.querySelectorAll<HTMLElement>('.bar i')].map((piece) => Number(piece.style.flexGrow));
    expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBeCloseTo(1, 10);
  });

  it('says “cannot tell” plainly, with what would tell', () => {
    const card = render(VerdictCard, {
      verdict: aVerdict({ missing: ['tokens/s or dram_active'], candidates: ['memory', 'overhead'] }),
      title: 'x',
      over: 'now',
    });
    expect(textOf(card.querySelector('.big'))).toBe('Cannot tell');
    expect(textOf(card)).toContain('What was measured does not decide it.');
    expect(textOf(card)).toContain('Not excluded: memory bandwidth, overhead.');
    expect(textOf(card)).toContain('Nothing to suggest from these numbers.');
  });
});
