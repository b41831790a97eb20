import type { Split } from '../contract/index.ts';
import type { Sight } from './sight.ts';
import { known } from './stats.ts';

/**
 * Prefill and decode share their steps under continuous batching, so one label misleads: three splits (§7.7), each a part
 * of what was measured. Null without an engine's work.
 */
export function splitOf(sight: Sight): Split | null {
  const { work } = sight;
  if (work === null || work.training) return null;
  const flops = work.prefillFlops + work.decodeFlops;
  const bytes = work.weightBytes + work.kvBytes + work.otherBytes;
  const time = work.prefillTime + work.decodeTime;
  const split: Split = {
    flops: flops > 0 ? { prefill: work.prefillFlops / flops, decode: work.decodeFlops / flops } : null,
    bytes: bytes > 0 ? { weights: work.weightBytes / bytes, kv: work.kvBytes / bytes, other: work.otherBytes / bytes } : null,
    time: known(time) ? { prefill: work.prefillTime, decode: work.decodeTime, other: Math.max(0, 1 - time) } : null,
    estimated: !work.timed,
  };
  return split.flops === null && split.bytes === null && split.time === null ? null : split;
}
