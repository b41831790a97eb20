import type { Page } from 'playwright-core';

/** Two numbers that a page sets against each other, in one unit: `0.59 of 1.24 TB/s`. */
interface Pair {
  readonly value: number;
  readonly ceiling: number;
  readonly unit: string;
}

/** What a page with a verdict says, as text and numbers. Percentages are 0–100; null or absent where the page tells none. */
export interface Told {
  /** Everything in main, folded parts too. */
  readonly text: string;
  readonly heading: string;
  /** The sentences of the verdict. */
  readonly why: readonly string[];
  readonly pairs: readonly Pair[];
  /** Every percentage of the verdict's figures, shares and time bar. */
  readonly percentages: readonly number[];
  readonly figures: ReadonlyMap<string, string>;
  /** The rows of the table of figures: label to value, ceiling and source. */
  readonly table: ReadonlyMap<string, readonly [value: string, ceiling: string, source: string]>;
  readonly shares: ReadonlyMap<string, number>;
  /** The pieces of the time bar, in the order drawn. */
  readonly time: ReadonlyMap<string, number>;
  /** The headroom of the verdict. */
  readonly headroom: number | null;
  /** All headrooms of the page, and its reliefs and gains. */
  readonly headrooms: readonly number[];
  readonly gains: readonly number[];
  readonly advice: string;
}

/** Reads the page of a job or a diagnosis at one moment. The page shows a verdict. */
export async function readPage(page: Page): Promise<Told> {
  const raw = await page.evaluate(() => {
    for (const folded of document.querySelectorAll('main details')) if (folded instanceof HTMLDetailsElement) folded.open = true;
    const text = (element: Element | null | undefined): string => (element instanceof HTMLElement ? element.innerText : '').replace(/\s+/g, ' ').trim();
    const within = (selector: string): string[] => [...document.querySelectorAll(`.verdict ${selector}`)].map(text);
    const pairs = (selector: string): [string, string][] =>
      [...document.querySelectorAll(`.verdict ${selector}`)].map((term) => {
        let value = term.nextElementSibling;
        while (value?.getAttribute('aria-hidden') === 'true') value = value.nextElementSibling;
        return [text(term), text(value)];
      });
    const [, , last] = document.querySelectorAll('.verdict > div');
    return {
      text: document.querySelector('main')?.innerText ?? '',
      heading: within('.big')[0] ?? '',
      why: within('p'),
      room: within('.numbers')[0] ?? '',
      figures: pairs('.figures dt'),
      shares: pairs('dl:not(.figures) > dt'),
      table: [...document.querySelectorAll('.verdict tbody tr')].map((row) => [...row.children].map(text)),
      time: document.querySelector('.verdict .bar[role=img]')?.getAttribute('aria-label') ?? '',
      advice: text(last),
    };
  });
  const time = [...raw.time.replace(/^[^:]*: /, '').matchAll(/([a-z].*?) <?([\d.]+) %(?:, |$)/g)];
  const figures = [...raw.figures.map(([, value]) => value), ...raw.table.flatMap((row) => row.slice(1, 3))];
  const percentages = [...figures, ...raw.shares.map(([, value]) => value), raw.time].flatMap((one) => numbers(one, /([\d.]+) %/g));
  return {
    text: raw.text,
    heading: raw.heading,
    why: raw.why,
    pairs: [...raw.text.matchAll(/([\d.]+) of ([\d.]+) ([kMGTP]?(?:B\/s|B|FLOP\/s|W|Hz))(?![\w/])/g)].map(([, value, ceiling, unit = '']) => ({
      value: Number(value),
      ceiling: Number(ceiling),
      unit,
    })),
    percentages,
    figures: new Map(raw.figures),
    table: new Map(raw.table.map(([label = '', value = '', ceiling = '', source = '']) => [label, [value, ceiling, source]])),
    shares: new Map(raw.shares.flatMap(([label, value]) => numbers(value, /([\d.]+) %/g).map((share) => [label, share] as const))),
    time: new Map(time.map(([, label = '', share]) => [label, Number(share)])),
    headroom: numbers(raw.room, /headroom\s+([\d.]+) ×/gi)[0] ?? null,
    headrooms: numbers(raw.text, /headroom\s+([\d.]+) ×/gi),
    gains: [...numbers(raw.text, /up to ([\d.]+) ×/g), ...numbers(raw.text, /relief\s+([\d.]+) ×/gi)],
    advice: raw.advice,
  };
}

function numbers(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map(([, number]) => Number(number));
}
