// eslint-disable-next-line no-control-regex -- colours are control characters
const COLOUR = /\u001b\[[0-9;]*m/g;
/** What a wrapped line goes on under: the text behind a list mark, else a little further in than it began. */
const BEGINNING = /^( *)(\d+\. )?/;
const FURTHER = 2;

/** Characters that a text takes on a terminal: colours take none. */
export function shownLength(text: string): number {
  return [...text.replace(COLOUR, '')].length;
}

/** A line as lines of at most `width` characters, cut at spaces and indented as it is itself. A word longer than that stays whole: it may be a path to copy. */
export function wrapped(line: string, width: number): string[] {
  if (shownLength(line) <= width) return [line];
  const [start = '', spaces = '', mark = ''] = BEGINNING.exec(line.replace(COLOUR, '')) ?? [];
  const indent = mark !== '' || spaces === '' ? start.length : start.length + FURTHER;
  const margin = ' '.repeat(indent < width / 2 ? indent : 0);
  const lines: string[] = [];
  let current = '';
  for (const part of line.split(/(?<=\S)(?= )/)) {
    if (current.trim() === '' || shownLength(current + part) <= width) {
      current += part;
      continue;
    }
    lines.push(current);
    current = margin + part.trimStart();
  }
  return [...lines, current];
}

/** A path as at most `width` characters: its end says more than its beginning. */
export function shortened(path: string, width: number): string {
  const letters = [...path];
  return letters.length <= width ? path : width < 2 ? '' : `…${letters.slice(letters.length - width + 1).join('')}`;
}

/** The folder that all paths are in, with its slash; empty where there is none, or it would say nothing: one file, or folders of one letter. */
export function commonFolder(paths: readonly string[]): string {
  const [first, ...others] = paths;
  if (first === undefined || others.length === 0) return '';
  let shared = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of others) while (!path.startsWith(shared)) shared = shared.slice(0, shared.lastIndexOf('/', shared.length - 2) + 1);
  return shared === '/' ? '' : shared;
}
