import { formatValue } from '../../core/readings/index.ts';
import { splitBlanks } from '../text/index.ts';
import { figure, numberOf, resultCollector, type ResultReader, sentence } from './kit/index.ts';

/** Message sizes of one run; beyond it nothing is added. */
const MOST = 500;

/** `all_reduce_perf` and its kin (nccl-tests): what the links between GPUs carry at their best. */
export const ncclTests = resultCollector({
  id: 'nccl-tests',
  title: 'nccl-tests (all_reduce_perf …)',
  sniff: (head) => (/^#\s+size\s+count\s+type\s+redop\s/m.test(head) || /^# Avg bus bandwidth\s*: /m.test(head) ? 0.95 : 0),
  open: openNcclTests,
});

function openNcclTests(): ResultReader {
  const rows: { size: number; bus: number }[] = [];
  let busAt: number | null = null;
  let average: number | null = null;
  let ranks = 0;
  return {
    line(text) {
      const words = splitBlanks(text);
      if (words[0] === '#') {
        // In place and out of place stand side by side: the first busbw is taken.
        if (words[1] === 'size' && words.includes('busbw')) busAt = words.indexOf('busbw') - 1;
        else if (words[1] === 'Rank') ranks += 1;
        else if (text.startsWith('# Avg bus bandwidth')) average = numberOf(words.at(-1) ?? '');
        return;
      }
      const size = numberOf(words[0] ?? '');
      const bus = busAt === null ? null : numberOf(words[busAt] ?? '');
      if (size !== null && bus !== null && /^\d+$/.test(words[0] ?? '') && rows.length < MOST) rows.push({ size, bus: bus * 1e9 });
    },
    statements() {
      const [best] = [...rows].sort((a, b) => b.bus - a.bus);
      const largest = rows.at(-1);
      if (best === undefined && average === null) return [];
      return [
        {
          tool: 'the result of nccl-tests: what the links between GPUs carry',
          says: [
            ...sentence([
              ranks === 0 ? null : `${ranks} ranks`,
              best === undefined ? null : `bus bandwidth at most ${formatValue(best.bus, 'bytes/s')} (messages of ${formatValue(best.size, 'bytes')})`,
              largest === undefined || largest === best ? null : `${formatValue(largest.bus, 'bytes/s')} at ${formatValue(largest.size, 'bytes')}`,
              average === null ? null : `${formatValue(average * 1e9, 'bytes/s')} on average over all sizes`,
            ]),
            'It is the ceiling of the job’s collectives, not what they did.',
          ],
          figures: [
            ...figure('busBandwidth.best', best?.bus, 'bytes/s'),
            ...figure('busBandwidth.largest', largest?.bus, 'bytes/s'),
            ...figure('busBandwidth.average', average === null ? null : average * 1e9, 'bytes/s'),
            ...figure('ranks', ranks === 0 ? null : ranks, 'count'),
          ],
          instead:
            'profile the job itself (“nsys profile”, “nsys stats”) for its share of NCCL, and record DCGM’s NVLink counters and the network card beside it.',
        },
      ];
    },
  };
}
