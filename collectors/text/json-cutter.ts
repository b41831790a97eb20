/** Told about the objects of a stream of JSON, and about the brackets around them. */
export interface JsonSink {
  /** A top-level object (or one in a top-level array), as text. `line` is where it starts. */
  object(text: string, line: number): void;
  /** The start of an object that was cut off: by the end of the text, or by a new array. */
  cut(text: string, line: number): void;
  /** `[` or `]` outside any object: an array of objects begins or ends. */
  bracket(open: boolean): void;
  problem(line: number, reason: string, text: string): void;
}

/** One object may be this long; a longer one is told as a problem and thrown away. */
const LONGEST = 1024 * 1024;

/**
 * Cuts text that comes in pieces, cut anywhere, into the objects of one or many arrays. Holds one object at a time.
 * A `[` at the start of a line begins a new array even inside an object: the one before was cut off when its program was stopped.
 */
export function jsonCutter(sink: JsonSink): { feed(text: string): void; end(): void } {
  let line = 1;
  let held = '';
  let depth = 0; // braces and brackets open inside the object
  let inString = false;
  let escaped = false;
  let startLine = 1;
  let overlong = false;
  let strayed = false; // one message per run of text that is no object
  let lineStart = true;

  const inside = (code: number): boolean => {
    if (inString) {
      if (escaped) escaped = false;
      else if (code === 92) escaped = true;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) depth -= 1;
    return depth > 0;
  };

  const outside = (code: number, text: string, at: number): void => {
    if (code === 91 || code === 93) {
      sink.bracket(code === 91);
      strayed = false;
    } else if (code !== 32 && code !== 9 && code !== 10 && code !== 13 && code !== 44 && code !== 0xfeff && !strayed) {
      strayed = true;
      sink.problem(line, 'expected an object of JSON', text.charAt(at)); // one character: how much text follows depends on where it was cut
    }
  };

  const open = (): void => {
    depth = 1;
    inString = false;
    escaped = false;
    overlong = false;
    strayed = false;
    startLine = line;
    held = '';
  };

  const finish = (text: string): void => {
    if (overlong) return;
    if (text.length > LONGEST) sink.problem(startLine, 'object is longer than 1 MiB', text.slice(0, 200));
    else sink.object(text, startLine);
  };

  return {
    feed(text) {
      let from = 0; // where the object's part in this piece begins
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (depth > 0 && lineStart && code === 91) {
          if (!overlong) sink.cut(held + text.slice(from, at), startLine);
          depth = 0;
        }
        lineStart = code === 10;
        if (depth > 0) {
          if (!inside(code)) finish(held + text.slice(from, at + 1));
        } else if (code === 123) {
          open();
          from = at;
        } else outside(code, text, at);
        if (code === 10) line += 1;
      }
      if (depth === 0) return;
      if (!overlong) held += text.slice(from);
      if (held.length <= LONGEST) return;
      overlong = true;
      sink.problem(startLine, 'object is longer than 1 MiB', held.slice(0, 200));
      held = '';
    },
    end() {
      if (depth > 0 && !overlong) sink.cut(held, startLine);
    },
  };
}
