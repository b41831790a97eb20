import { CONNECTION_BOUNDS } from '../settings/index.ts';
import type { App } from './app.ts';
import { Problem } from './problem.ts';

/** JSON bodies are looked at before they are parsed; for routes that are added afterwards. */
export function limitNesting(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (isTooDeep(text)) return done(tooDeep());
    void parse(request, text, done);
  });
}

/** For the reader of batches, which parses for itself. */
export function tooDeep(): Problem {
  return new Problem(400, {
    error: `more than ${CONNECTION_BOUNDS.depth.value} lists and objects inside each other`,
    where: 'body',
    remedy: 'compare with the schema at /api/docs: nothing there is so deep',
  });
}

/** True where more lists and objects are open at a time than may be. Texts in quotes are passed over; what is no JSON is the parser’s to tell. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a quote
        at = endOfText(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > CONNECTION_BOUNDS.depth.value) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
    }
  }
  return false;
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
