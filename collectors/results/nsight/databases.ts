import { resultCollector } from '../kit/index.ts';

/**
 * Nsight's own files, which are no text: told what to do with. The terminal opens nsys's SQLite export itself, before it asks any
 * collector; whoever comes here has it as text.
 */
export const nsightFile = resultCollector({
  id: 'nsight-file',
  title: 'A file of Nsight Systems or Nsight Compute',
  sniff: (head, file) => (kindOf(head, file) === null ? 0 : 0.99),
  open(context) {
    let kind: Kind | null = null;
    let first = true;
    return {
      line(text) {
        if (first) kind = kindOf(text, context.file);
        first = false;
      },
      statements: () => (kind === null ? [] : [{ tool: kind.tool, says: [kind.says], figures: [], instead: kind.instead }]),
    };
  },
});

interface Kind {
  readonly tool: string;
  readonly says: string;
  readonly instead: string;
}

const CLOSED = 'It is no text and cannot be opened here.';
const SQLITE: Kind = {
  tool: 'an SQLite database, as “nsys export --type sqlite” writes it',
  says: 'The page opens no database; the terminal opens this one.',
  instead:
    'give it to “headroom diagnose FILE” on a terminal, which reads nsys’ kernels, gaps and calls from it, or drop what “nsys stats --format csv FILE” prints.',
};
const NSYS: Kind = {
  tool: 'a recording of Nsight Systems',
  says: CLOSED,
  instead: 'export it with “nsys export --type sqlite FILE” for the terminal, or give what “nsys stats --format csv FILE” prints.',
};
const NCU: Kind = { tool: 'a report of Nsight Compute', says: CLOSED, instead: 'give what “ncu --import FILE --csv --page details” prints.' };

/** SQLite is known by its first bytes, Nsight's own formats by their file names. */
function kindOf(head: string, file: string | undefined): Kind | null {
  if (head.startsWith('SQLite format 3\u0000')) return SQLITE;
  if (file === undefined) return null;
  if (/\.(?:nsys-rep|qdrep|qdstrm)$/.test(file)) return NSYS;
  return /\.(?:ncu-rep|nsight-cuprof-report)$/.test(file) ? NCU : null;
}
