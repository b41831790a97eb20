import { describe, expect, it } from 'vitest';
import JobRowView from '../../../web/parts/JobRowView.svelte';
import { row } from '../../pages/support/fixtures.ts';
import { render, textOf } from './render.ts';

describe('a job in a list', () => {
  const hung = { from: 1000, to: 2000, bottleneck: 'overhead', activity: 'training', mark: 'hung' } as const;

  it('that hangs is headed so, as its page is', () => {
    const of = { ...row(1, { state: 'running', end: null }), bottleneck: 'overhead', activity: 'training', ribbon: [hung] } as const;
    const shown = render(JobRowView, { row: { ...of, ribbon: [...of.ribbon] } });
    expect(textOf(shown.querySelector('.limit'))).toMatch(/^Hung: no progress since \d\d:\d\d$/);
  });

  it('that went on is headed by its label', () => {
    const ribbon = [hung, { from: 2000, to: 3000, bottleneck: 'overhead', activity: 'training' } as const];
    const shown = render(JobRowView, { row: { ...row(1, { state: 'running', end: null }), bottleneck: 'overhead', activity: 'training', ribbon } });
    expect(textOf(shown.querySelector('.limit'))).toBe('Overhead: training');
  });
});
