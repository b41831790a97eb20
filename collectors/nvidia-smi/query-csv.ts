import type { Collector } from '../collector/index.ts';
import { lineSession, output, rowClock, splitCsv } from '../text/index.ts';
import { looksHeaderless } from './query-guess.ts';
import { headerOf, ownColumns } from './query-header.ts';
import { queryReader } from './query-reader.ts';
import { gpuScope } from './scope.ts';

/** `nvidia-smi --query-gpu=… --format=csv[,noheader][,nounits]`, with or without `--loop`, any columns; `--query-compute-apps` too. */
export const nvidiaSmiQuery: Collector = {
  id: 'nvidia-smi-query',
  title: 'nvidia-smi --query-gpu (CSV)',
  entities: ['gpu', 'process'],
  sniff(head) {
    const lines = head
      .split('\n', 50)
      .map((line) => line.replace(/\r$/, ''))
      .filter((line) => line.trim() !== '');
    const first = lines[0];
    if (first === undefined) return 0;
    const own = ownColumns(first);
    if (own >= 2) return 0.95;
    if (own === 1) return (headerOf(first)?.time ?? -1) >= 0 ? 0.8 : 0.6;
    const rows = lines.slice(0, 5);
    return rows.every((line) => looksHeaderless(splitCsv(line))) ? 0.7 : 0;
  },
  open(context) {
    const out = output('ordinal');
    const clock = rowClock(out, context.tz ?? 'UTC');
    const reader = queryReader({ out, clock, scope: gpuScope(context) }, context);
    return lineSession(out, reader);
  },
};
