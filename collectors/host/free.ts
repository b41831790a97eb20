import { type Collector, hostOf, type ParseContext, type Session, UNNAMED } from '../collector/index.ts';
import { lineSession, output, put, splitBlanks, type Values } from '../text/index.ts';
import { parseSize } from './sizes.ts';
import { wholeLines } from './whole-lines.ts';

/**
 * `free`, `free -h`, `free -w`, `free -s SECONDS`. It prints no time and, without -h, no unit: KiB is its default. A total that would be
 * under half a GiB in KiB (free -m, -g) or over 8 TB (free -b) is refused: the unit cannot be told.
 */
export const free: Collector = {
  id: 'free',
  title: 'free',
  entities: ['host'],
  sniff: (head) => (/^[ \t]+total[ \t]+used[ \t]+free[ \t]+shared\s/m.test(head.slice(0, 2000)) && /^Mem:\s/m.test(head.slice(0, 2000)) ? 0.95 : 0),
  open: (context) => wholeLines(openFree(context)),
};

function openFree(context: ParseContext): Session {
  const out = output('ordinal');
  const node = context.node ?? UNNAMED;
  let columns: readonly string[] = [];
  let values: Values = {};
  let count = 0;

  const close = (): void => {
    if (Object.keys(values).length === 0) return;
    out.reading({ entity: hostOf(node), at: count, values });
    values = {};
    count += 1;
  };

  return lineSession(out, {
    line(text, number) {
      if (text.trim() === '') return;
      const cells = splitBlanks(text);
      if (cells[0] === 'total') {
        close();
        columns = cells;
      } else if (cells[0] === 'Mem:' && cells.length === columns.length + 1) {
        memory(cells.slice(1), text, number);
      } else if (cells[0] === 'Swap:' && cells.length === 4) {
        if (values['host.memTotal'] !== undefined) put(values, 'host.swapUsed', parseSize(cells[2] ?? ''));
      } else if (cells[0] !== '-/+') {
        // the buffers/cache row of procps before 3.3.10
        out.reject(number, 'expected the header "total used free …", "Mem:" or "Swap:" with a number in every column', text);
      }
    },
    end: close,
  });

  function memory(cells: readonly string[], text: string, number: number): void {
    const size = (name: string): number | null => parseSize(cells[columns.indexOf(name)] ?? '');
    const total = size('total');
    const available = size('available');
    const plain = /^\d+$/.test(cells[0] ?? '');
    if (total === null || (plain && (total < 512 * 1024 ** 2 || total > 8e12))) {
      out.reject(number, 'the unit cannot be told: run free without -m, -g or -b, or with -h', text);
      return;
    }
    put(values, 'host.memTotal', total);
    if (available !== null && available <= total) put(values, 'host.memUsed', total - available);
  }
}
