import { parseObject } from './json.ts';

/** The longest element that is kept: one series or data frame. A day at 1 s is about 3 MB. */
const MAX_ELEMENT = 64 * 1024 * 1024;
/** The longest key or text outside elements that is kept. */
const MAX_STRING = 4096;

export interface ElementSink {
  /** One object of an array under a wanted key, or a whole document that holds none (key ''). `line` is where it begins. */
  element(key: string, text: string, line: number): void;
  /** An element longer than MAX_ELEMENT, which is skipped, or one that the text's end cut off. */
  lost(line: number, reason: string): void;
  /** A string value under a key that is asked for (`error`), outside elements. */
  text(key: string, value: string, line: number): void;
}

export interface ElementSplitter {
  /** Takes the next piece of text, cut anywhere. */
  feed(chunk: string): void;
  end(): void;
}

/** An object or array around the elements. */
interface Level {
  readonly array: boolean;
  /** The key under which it stands; '' at the top. */
  readonly key: string;
  /** In an object: the key whose value comes next, and whether a key comes next. */
  next: string;
  expectsKey: boolean;
}

/**
 * Cuts JSON that arrives in pieces into the elements of certain arrays (`result` of Prometheus' answers, `frames` of Grafana's), so
 * that a long answer never stands in memory whole and a truncated one keeps what came before. Several documents may follow one
 * another. What stands between the elements is not checked; JSON.parse checks each element.
 */
export function jsonElements(options: { arrays: ReadonlySet<string>; texts: ReadonlySet<string>; sink: ElementSink }): ElementSplitter {
  const { arrays, texts, sink } = options;
  const levels: Level[] = [];
  const held = holder(sink);
  let line = 1;
  let inString = false;
  let escaped = false;
  let inComment = false;
  let token = ''; // the string being read, outside elements

  const endString = () => {
    const level = levels.at(-1);
    if (level === undefined || level.array) return;
    if (level.expectsKey) level.next = token;
    else if (texts.has(level.next)) sink.text(level.next, decoded(token), line);
  };
  const open = (array: boolean, at: number) => {
    const level = levels.at(-1);
    const key = level === undefined ? '' : level.array ? level.key : level.next;
    if (!array && level?.array === true && arrays.has(level.key)) held.begin('element', level.key, at, line);
    else {
      if (!array && level === undefined) held.begin('document', '', at, line);
      levels.push({ array, key, next: '', expectsKey: !array });
    }
  };
  const close = (at: number, chunk: string) => {
    levels.pop();
    if (levels.length === 0) held.endDocument(chunk, at);
  };

  return {
    feed(chunk) {
      held.chunk();
      let stringStart = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const code = chunk.charCodeAt(at);
        if (code === 10) {
          line += 1;
          inComment = false;
        }
        if (inComment) continue;
        if (inString) {
          if (escaped) escaped = false;
          else if (code === 92) escaped = true;
          else if (code === 34) {
            inString = false;
            if (!held.inElement) {
              if (token.length < MAX_STRING) token += chunk.slice(stringStart, at);
              endString();
            }
          }
          continue;
        }
        if (code === 34) {
          inString = true;
          token = '';
          stringStart = at + 1;
        } else if (held.inElement) {
          if (code === 123 || code === 91) held.deeper();
          else if (code === 125 || code === 93) held.shallower(chunk, at);
        } else if (code === 123 || code === 91) open(code === 91, at);
        else if (code === 125 || code === 93) close(at, chunk);
        else if (code === 44 || code === 58) {
          const level = levels.at(-1);
          if (level !== undefined) level.expectsKey = code === 44 && !level.array;
        } else if (code === 47 && levels.length === 0) inComment = true; // `//` before a document, as in Grafana's .jsonc
      }
      held.keepRest(chunk);
      if (inString && !held.inElement && token.length < MAX_STRING) token += chunk.slice(stringStart, stringStart + MAX_STRING);
    },
    end() {
      held.end();
    },
  };
}

/** A string's content without JSON's escapes; as it stands where it was cut. */
function decoded(content: string): string {
  const object = parseObject(`{"text":"${content}"}`);
  return typeof object?.['text'] === 'string' ? object['text'] : content;
}

/** Keeps the text of the element, or of the document as long as it turns out to hold no element. */
function holder(sink: ElementSink) {
  let what: 'nothing' | 'element' | 'document' | 'long element' | 'long document' = 'nothing';
  let pieces: string[] = [];
  let length = 0;
  let start = 0; // where in the current chunk the rest of it begins
  let depth = 0;
  let key = '';
  let line = 1;

  const keep = (text: string) => {
    if (what !== 'element' && what !== 'document') return;
    length += text.length;
    if (length <= MAX_ELEMENT) {
      pieces.push(text);
      return;
    }
    pieces = [];
    what = what === 'element' ? 'long element' : 'long document';
  };
  const give = () => {
    if (what === 'element' || what === 'document') sink.element(key, pieces.join(''), line);
    else sink.lost(line, 'one series or frame is longer than 64 MiB: export fewer series or a shorter time at once');
    pieces = [];
    what = 'nothing';
  };

  return {
    get inElement() {
      return what === 'element' || what === 'long element';
    },
    chunk() {
      start = 0;
    },
    begin(kind: 'element' | 'document', under: string, at: number, from: number) {
      what = kind;
      pieces = [];
      length = 0;
      start = at;
      depth = 1;
      key = under;
      line = from;
    },
    deeper() {
      depth += 1;
    },
    shallower(chunk: string, at: number) {
      depth -= 1;
      if (depth > 0) return;
      keep(chunk.slice(start, at + 1));
      give();
    },
    endDocument(chunk: string, at: number) {
      if (what !== 'document' && what !== 'long document') return;
      keep(chunk.slice(start, at + 1));
      give();
    },
    keepRest(chunk: string) {
      keep(chunk.slice(start));
    },
    end() {
      if (what !== 'nothing') sink.lost(line, 'the text ends inside this element: it was cut off');
      what = 'nothing';
      pieces = [];
    },
  };
}
