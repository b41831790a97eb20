import { cleanName } from '../../core/readings/index.ts';
import { CONNECTION_BOUNDS } from '../settings/index.ts';
import type { App } from './app.ts';
import { textOf } from './body-text.ts';
import { Problem } from './problem.ts';

/** JSON bodies are looked at before they are parsed; for routes that are added afterwards. */
export function limitNesting(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = textOf(Buffer.from(body));
      const deep = tooDeep(text);
      if (deep !== null) throw deep;
      void parse(request, text, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** Why a JSON text is nested too deep to be read, and where in it; null where it is not. The reader of batches, which parses for itself, asks too. */
export function tooDeep(text: string): Problem | null {
  const at = deepAt(text);
  if (at === null) return null;
  return new Problem(400, {
    error: `more than ${CONNECTION_BOUNDS.depth.value} lists and objects inside each other, at character ${at + 1}: nothing of this body was taken`,
    where: placeOf(text, at),
    remedy: 'compare with the schema at /api/docs: nothing there is so deep',
  });
}

/** Where one list or object more is opened than may be; null where none is. Texts in quotes are passed over; what is no JSON is the parser’s to tell. */
function deepAt(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a quote
        at = endOfText(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > CONNECTION_BOUNDS.depth.value) return at;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
    }
  }
  return null;
}

/** Parts of a place that are told: what is deeper is more of the same. */
const PARTS = 5;
/** Characters of a key that are told. */
const KEY = 40;

/** What stands at a character, as the other refusals say it: `body/blocks/0/columns/…`. Read once more, since no good body needs it. */
function placeOf(text: string, end: number): string {
  const open: (string | number)[] = [];
  let word = '';
  for (let at = 0; at < end; at += 1) {
    const top = open.at(-1);
    switch (text.charAt(at)) {
      case '"': {
        const close = endOfText(text, at);
        word = text.slice(at + 1, Math.min(close, at + 1 + KEY));
        at = close;
        break;
      }
      case ':':
        if (typeof top === 'string') open[open.length - 1] = cleanName(word);
        break;
      case ',':
        if (typeof top === 'number') open[open.length - 1] = top + 1;
        break;
      case '[':
        open.push(0);
        break;
      case '{':
        open.push('');
        break;
      case ']':
      case '}':
        open.pop();
    }
  }
  return ['body', ...open.slice(0, PARTS), ...(open.length > PARTS ? ['…'] : [])].join('/');
}

/** Where the text that begins at `from` ends. */
function endOfText(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
