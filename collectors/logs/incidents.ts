import type { SourceEvent } from '../../core/readings/index.ts';
import { anyOf, inOrder, type Sign } from '../text/index.ts';
import type { LogReader } from './reader.ts';

interface Incident {
  readonly kind: SourceEvent['kind'];
  readonly pattern: Sign;
  /** A wider expression, where the pattern is none. */
  readonly hint?: RegExp;
}

/** What a line of any program may tell, in order: the first that fits. */
const INCIDENTS: readonly Incident[] = [
  {
    kind: 'oom',
    pattern:
      /CUDA out of memory|OutOfMemoryError|CUDA error: out of memory|cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY|RESOURCE_EXHAUSTED: Out of memory|\boom[-_ ]kill|Out of memory: Killed process|larger than the maximum number of tokens that can be stored in KV cache|No available memory for the cache blocks/,
  },
  { kind: 'xid', pattern: /NVRM: Xid \(/ },
  {
    kind: 'nccl-timeout',
    pattern: anyOf(
      /Watchdog caught collective operation timeout|NCCL operations have failed or timed out|NCCL watchdog thread terminated/,
      inOrder(/NCCL/g, /[Tt]imeout/g, 300),
    ),
    hint: /NCCL|Watchdog caught collective operation timeout/,
  },
  {
    kind: 'gpu-error',
    pattern:
      /CUDA error: (?!out of memory)|GPU is lost|fallen off the bus|uncorrectable (?:NVLink|ECC)|CUBLAS_STATUS_(?:EXECUTION|INTERNAL)|device-side assert/,
  },
  {
    kind: 'restart',
    pattern: anyOf(/will restart worker group|Restarting worker group|EngineDeadError/, inOrder(/Watchdog timeout/g, /shutting down/g, 300)),
    hint: /will restart worker group|Restarting worker group|EngineDeadError|Watchdog timeout/,
  },
  { kind: 'checkpoint', pattern: /[Ss]aving (?:the |model )?checkpoint|[Ss]aved (?:the )?checkpoint|\[Torch\] Sav(?:ing|ed) |Model weights saved in/ },
  {
    kind: 'loading',
    pattern: /Loading checkpoint shards|Loading safetensors checkpoint shards|loading checkpoint from|Loading model from|[Ll]oading weights file/,
  },
];

/** Lines that any program may print when something happens: memory runs out, a collective hangs, a checkpoint is written. */
export const incidentLog: LogReader = {
  id: 'incidents',
  hint: new RegExp(INCIDENTS.map(({ pattern, hint }) => `(?:${hint?.source ?? (pattern instanceof RegExp ? pattern.source : '')})`).join('|')),
  sign: /torch\.(?:cuda\.)?OutOfMemoryError|CUDA out of memory|Watchdog caught collective operation timeout|NVRM: Xid \(|Loading checkpoint shards/,
  open: (sink) => {
    let before = '';
    return (line) => {
      const incident = INCIDENTS.find(({ pattern }) => pattern.test(line));
      if (incident === undefined) return false;
      // A bar, or eight ranks, say the same again with other digits.
      const same = `${incident.kind} ${line.replace(/[\d:.%|<>█▏▎▍▌▋▊▉ ]+/g, '')}`;
      if (same !== before) sink.event(incident.kind, line.trim());
      before = same;
      return true;
    };
  },
};
