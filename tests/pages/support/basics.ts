import type { Page } from 'playwright-core';

/** What a page did wrong while it was open: messages of the console and errors that nobody caught. Expected ones are named by a part of their text. */
export function watchErrors(page: Page, expected: readonly string[] = []): string[] {
  const errors: string[] = [];
  const note = (text: string): void => {
    if (!expected.some((part) => text.includes(part))) errors.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(message.text());
  });
  page.on('pageerror', (error) => note(error.message));
  return errors;
}

/** Resolves when two frames in a row look the same: every box in its place, the same text, the same pixels on every canvas. */
export async function still(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const look = (): string =>
      [...document.body.querySelectorAll('*')]
        .map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [x, y, width, height, element instanceof HTMLCanvasElement ? element.toDataURL() : ''].join(' ');
        })
        .join('\n') + document.body.innerText;
    const frame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
    await frame();
    const before = look();
    await frame();
    return look() === before;
  });
}

/** Resolves when a page that was just opened has fetched all that it asks for by itself, and has drawn it. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await still(page);
}

/** Sentences on what is wrong with the page as it stands: names, landmarks, overflow, contrast. Empty when all is well. */
export async function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const shown = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    const path = (element: Element): string =>
      `${element.tagName.toLowerCase()}${element.className !== '' && typeof element.className === 'string' ? `.${element.className.split(' ')[0] ?? ''}` : ''} “${(element.textContent ?? '').trim().slice(0, 30)}”`;
    const nameOf = (element: Element): string =>
      (
        element.getAttribute('aria-label') ??
        (element instanceof HTMLInputElement || element instanceof HTMLSelectElement
          ? [...(element.labels ?? [])].map((label) => label.textContent).join('')
          : (element.textContent ?? ''))
      ).trim();

    if (document.documentElement.lang === '') faults.push('the page has no language');
    if (document.title === '' || document.title === 'Headroom') faults.push('the page has no title of its own');
    if (document.querySelectorAll('main').length !== 1) faults.push('there is not exactly one main');
    if (document.querySelectorAll('h1').length < 1) faults.push('there is no h1');
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over > 0) faults.push(`the page is ${over} px wider than the screen`);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) faults.push(`two elements have the id ${id}`);
    for (const element of document.querySelectorAll('a, button, input, select, [role=img], [role=meter]')) {
      if (shown(element) && nameOf(element) === '') faults.push(`${path(element)} has no name`);
    }
    for (const element of document.querySelectorAll('[tabindex]'))
      if (Number(element.getAttribute('tabindex')) > 0) faults.push(`${path(element)} changes the order of the tab key`);

    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour: string): [number, number, number, number] => {
      if (canvas === null) return [0, 0, 0, 1];
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over2 = (top: [number, number, number, number], under: readonly number[]): number[] =>
      [0, 1, 2].map((index) => (top[index] ?? 0) * top[3] + (under[index] ?? 0) * (1 - top[3]));
    const groundOf = (element: Element | null): number[] | null => {
      if (element === null) return rgba(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3);
      const style = getComputedStyle(element);
      const own = rgba(style.backgroundColor);
      // A pattern has no one colour: what stands on it must bring its own ground.
      if (style.backgroundImage !== 'none') return null;
      if (own[3] === 1) return own.slice(0, 3);
      const under = groundOf(element.parentElement);
      return under === null ? null : over2(own, under);
    };
    const luminance = (colour: readonly number[]): number =>
      [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
        const channel = (colour[index] ?? 0) / 255;
        return sum + weight * (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
      }, 0);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const element = node.parentElement;
      if (
        element === null ||
        (node.textContent ?? '').trim() === '' ||
        !shown(element) ||
        element.closest('.hidden-text, option, noscript, .skip, [aria-hidden=true], :disabled') !== null
      )
        continue;
      const ground = groundOf(element);
      const style = getComputedStyle(element);
      if (ground === null) {
        faults.push(`${path(element)} stands on a pattern`);
        continue;
      }
      const ink = over2(rgba(style.color), ground);
      const [low = 0, high = 0] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
      const ratio = (high + 0.05) / (low + 0.05);
      const large = Number.parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 600;
      if (ratio < (large ? 3 : 4.5)) faults.push(`${path(element)} has a contrast of ${ratio.toFixed(2)}`);
    }
    return [...new Set(faults)];
  });
}
