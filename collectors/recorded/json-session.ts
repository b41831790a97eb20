import type { ParseContext, Session } from '../collector.ts';
import { output, type Output } from '../text/session.ts';
import { jsonElements } from './json-elements.ts';
import { openSeries, type RecordedSeries } from './series.ts';

/** Where the elements of a form stand, and what becomes of each. */
export interface JsonForm {
  /** Keys of the arrays whose objects are elements; without any each document is one. */
  readonly arrays: readonly string[];
  /** The key outside elements under which a server says what went wrong, where the form has one. */
  readonly error?: string;
  /** What an element says goes to `place.series`, and what cannot be used to `place.out`. */
  element(text: string, place: ElementPlace): void;
}

export interface ElementPlace {
  readonly series: RecordedSeries;
  readonly out: Output;
  /** The key under which the element stands; empty for a whole document. */
  readonly key: string;
  readonly line: number;
}

/** A session of series saved as JSON, element by element; a server's own error is told in its words. */
export function jsonSession(context: ParseContext, form: JsonForm): Session {
  const out = output('utc');
  const series = openSeries(out, context);
  let lastLine = 1;

  const elements = jsonElements({
    arrays: new Set(form.arrays),
    texts: new Set(form.error === undefined ? [] : [form.error]),
    sink: {
      element(key, text, line) {
        lastLine = line;
        form.element(text, { series, out, key, line });
      },
      lost: (line, reason) => out.reject(line, reason, ''),
      text: (_, value, line) => out.reject(line, `the server answered with an error: ${value}`, value),
    },
  });

  return {
    feed(text) {
      elements.feed(text);
      return out.take();
    },
    end() {
      elements.end();
      series.book.flush();
      series.end(lastLine);
      return out.last();
    },
  };
}
