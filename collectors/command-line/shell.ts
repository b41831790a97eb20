/** A word and where each of its characters stands in the line that it was taken from. */
export interface Word {
  readonly text: string;
  readonly at: (index: number) => number;
}

const SEPARATORS = ';|&()`\n';

/** True for a word that ends one command and begins another. */
export function isSeparator(text: string): boolean {
  return text !== '' && text.length <= 2 && [...text].every((sign) => SEPARATORS.includes(sign));
}

/** The words of a script as a shell takes them apart: quotes and backslashes removed, `;`, `|`, `&` and brackets as words of their own. */
export function shellWords({ text, at }: Word): Word[] {
  const words: Word[] = [];
  let signs: string[] = [];
  let places: number[] = [];
  let begun = false;
  const end = (): void => {
    if (begun) {
      const own = places;
      words.push({ text: signs.join(''), at: (index) => at(own[index] ?? 0) });
    }
    signs = [];
    places = [];
    begun = false;
  };
  const put = (index: number): void => {
    signs.push(text[index] ?? '');
    places.push(index);
    begun = true;
  };
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index] ?? '';
    if (quote !== '') {
      if (sign === quote) quote = '';
      else if (sign === '\\' && quote === '"' && index + 1 < text.length) put((index += 1));
      else put(index);
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      begun = true;
    } else if (sign === '\\' && index + 1 < text.length) put((index += 1));
    else if (SEPARATORS.includes(sign)) {
      end();
      put(index);
      end();
    } else if (/\s/.test(sign)) end();
    else put(index);
  }
  end();
  return words;
}
