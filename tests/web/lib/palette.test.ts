// Past the door of core/contract: colours are compared for each bottleneck that the contract names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOTTLENECKS } from '../../../core/contract/verdict.ts';
import { applyPalette, BOTTLENECK_COLOURS, contrast, inkOn, NEUTRAL_COLOURS } from '../../../web/lib/palette.ts';

const THEMES = ['light', 'dark'] as const;

/** A style sheet with all white space as one blank. */
const styles = (name: string): string => readFileSync(join(import.meta.dirname, `../../../web/style/${name}.css`), 'utf8').replace(/\s+/g, ' ');

describe('the palette', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it.each(THEMES)('has every bottleneck at 3:1 or more against a card, %s', (theme) => {
    const weak = BOTTLENECKS.filter((name) => contrast(BOTTLENECK_COLOURS[name][theme], NEUTRAL_COLOURS.card[theme]) < 3);
    expect(weak).toEqual([]);
  });

  it.each(THEMES)('has text at 4.5:1 or more on card and ground, %s', (theme) => {
    const texts = ['ink', 'dim', 'accent', 'good', 'warn', 'bad'] as const;
    const weak = texts.filter((name) =>
      (['card', 'bg'] as const).some((ground) => contrast(NEUTRAL_COLOURS[name][theme], NEUTRAL_COLOURS[ground][theme]) < 4.5),
    );
    expect(weak).toEqual([]);
  });

  it.each(THEMES)('puts ink on every fill at 4.5:1 or more, %s', (theme) => {
    const weak = BOTTLENECKS.filter(
      (name) => name !== 'idle' && name !== 'unknown' && contrast(inkOn(BOTTLENECK_COLOURS[name][theme]), BOTTLENECK_COLOURS[name][theme]) < 4.5,
    );
    expect(weak).toEqual([]);
  });

  it('gives no colour and no pattern to two bottlenecks', () => {
    for (const key of ['light', 'dark', 'pattern'] as const) {
      expect(new Set(BOTTLENECKS.map((name) => BOTTLENECK_COLOURS[name][key])).size).toBe(11);
    }
  });

  it('has a pattern in the style sheet for every bottleneck but the solid one', () => {
    const css = styles('patterns');
    expect(BOTTLENECKS.filter((name) => !css.includes(`.fill[data-b='${name}'] { background`))).toEqual(['memory']);
    expect(BOTTLENECKS.filter((name) => !css.includes(`[data-b='${name}'] { --c: var(--b-${name});`))).toEqual([]);
  });

  it('paints the ground before the program runs in the palette’s own colour', () => {
    expect(styles('base')).toContain(`html { background: light-dark(${NEUTRAL_COLOURS.bg.light}, ${NEUTRAL_COLOURS.bg.dark}); }`);
  });

  it('is written on an element as custom properties', () => {
    const element = document.createElement('div');
    applyPalette(element);
    expect(element.style.getPropertyValue('--b-memory')).toBe('light-dark(#0072b2, #4aa8e0)');
    expect(element.style.getPropertyValue('--ink')).toBe('light-dark(#16191d, #e8ebee)');
  });
});
