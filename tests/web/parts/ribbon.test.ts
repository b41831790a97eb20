import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import MiniRibbon from '../../../web/parts/MiniRibbon.svelte';
import Ribbon from '../../../web/parts/Ribbon.svelte';
import { render } from './render.ts';

const parts = [
  { from: 0, to: 60, bottleneck: 'storage', activity: 'loading' },
  { from: 60, to: 240, bottleneck: 'memory', activity: 'decode' },
] as const;

describe('the phase ribbon', () => {
  it('gives every phase its place, its pattern and its words', () => {
    const ribbon = render(Ribbon, { parts, from: 0, to: 240, clock: 'relative', zoom: null, at: null, onzoom: () => undefined });
    expect(
      [...ribbon.querySelectorAll<HTMLElement>('button')].map((button) => [
        button.dataset['b'],
        button.style.left,
        button.style.width,
        button.getAttribute('aria-label'),
      ]),
    ).toEqual([
      ['storage', '0%', '25%', 'loading, storage, 1 min from 0:00: zoom'],
      ['memory', '25%', '75%', 'decode, memory bandwidth, 3 min from 1:00: zoom'],
    ]);
  });

  it('zooms to a phase, and back when it is chosen again', () => {
    const asked: unknown[] = [];
    const onzoom = (zoom: unknown): void => void asked.push(zoom);
    const whole = render(Ribbon, { parts, from: 0, to: 240, clock: 'relative', zoom: null, at: null, onzoom });
    whole.querySelectorAll('button')[1]?.click();
    const zoomed = render(Ribbon, { parts, from: 0, to: 240, clock: 'relative', zoom: { from: 60, to: 240 }, at: null, onzoom });
    const pressed = zoomed.querySelector<HTMLElement>('button[aria-pressed=true]');
    pressed?.click();
    flushSync();
    expect(asked).toEqual([{ from: 60, to: 240 }, null]);
    expect(pressed?.dataset['b']).toBe('memory');
  });

  it('says in a list how the time was shared', () => {
    const mini = render(MiniRibbon, { parts });
    expect(mini.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('Phases: loading, storage 25 %, decode, memory bandwidth 75 %');
  });
});
