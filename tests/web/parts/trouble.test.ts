import { describe, expect, it } from 'vitest';
import Banners from '../../../web/parts/Banners.svelte';
import Findings from '../../../web/parts/Findings.svelte';
import TroublePanel from '../../../web/parts/TroublePanel.svelte';
import { render, textOf } from './render.ts';

describe('the trouble panel', () => {
  it('says what happened, what to do, and lets one try again', () => {
    let tries = 0;
    const panel = render(TroublePanel, {
      title: 'Job a/1 could not be loaded',
      trouble: { kind: 'missing', status: 404, what: 'job a/1 is not known here', where: 'path', remedy: 'check the id' },
      again: () => {
        tries += 1;
      },
    });
    expect(panel.querySelector('[role=alert]')).not.toBeNull();
    expect(textOf(panel)).toBe('Job a/1 could not be loaded Job a/1 is not known here Check the id Try again 404 · path');
    panel.querySelector('button')?.click();
    expect(tries).toBe(1);
  });

  it('offers no second try to somebody who is not signed in', () => {
    const panel = render(TroublePanel, {
      title: 'x',
      trouble: { kind: 'denied', status: 401, what: 'no', where: '', remedy: 'open the printed address' },
      again: () => undefined,
    });
    expect(panel.querySelector('button')).toBeNull();
  });
});

describe('what stands on every page', () => {
  it('is the demo’s banner, on a demo', () => {
    expect(textOf(render(Banners, { demo: true }))).toContain('This is a demo');
    expect(textOf(render(Banners, { demo: false }))).toBe('');
  });
});

describe('findings', () => {
  it('are told with their entity, time and evidence', () => {
    const list = render(Findings, {
      names: new Map([['GPU-3', 'GPU 3']]),
      clock: 'relative',
      span: 600,
      findings: [{ id: 'thermal', text: 'The clocks fell.', evidence: ['tviol 4 %'], entity: 'GPU-3', from: 60, to: null }],
    });
    expect(textOf(list.querySelector('article'))).toBe('! Thermal slowdown GPU 3 1:00 on The clocks fell. tviol 4 %');
  });

  it('say that there is none', () => {
    expect(textOf(render(Findings, { names: new Map(), clock: 'relative', span: 600, findings: [] }))).toContain('No problems found.');
  });
});
