import type { Bench } from './bench.ts';
import { INGEST_NOTES, ingestFigures } from './peer/ingest.ts';
import { PAGE_NOTES, pageFigures } from './peer/page.ts';

/**
 * Headroom beside Debian's VictoriaMetrics on this machine: the same readings over HTTP, both servers whole and fresh, in turns.
 * Needs root on Debian where the package is missing. Ratios count: a shared machine is never as fast twice.
 */
export const peerBench: Bench = {
  name: 'peer',
  run: async ({ quick, profile }) => {
    const ingest = await ingestFigures({ quick, profile });
    const page = await pageFigures({ quick, profile });
    console.log([...INGEST_NOTES, ...PAGE_NOTES].map((note) => `  ${note}`).join('\n'));
    return [...page, ...ingest];
  },
};
