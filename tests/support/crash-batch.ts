import type { IngestBatch } from '../../core/contract/index.ts';

/** Batch number `seq` of the crash test: ten rows of one of five GPUs, with values that tell where they belong. */
export function crashBatch(seq: number): IngestBatch {
  const t = Array.from({ length: 10 }, (_, row) => 1_000_000 + seq * 10 + row);
  return {
    source: 'crash',
    seq,
    blocks: [
      {
        entity: { kind: 'gpu', id: `GPU-${seq % 5}`, node: 'n1' },
        t,
        columns: { 'gpu.power': t.map((at) => at / 4), 'gpu.util': t.map((at) => (at % 100) / 100) },
      },
    ],
  };
}
