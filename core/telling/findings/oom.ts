import { formatValue, rowWidth, type Table } from '../../readings/index.ts';
import type { Finding } from '../../contract/index.ts';
import { GPUS, type NodeType } from '../../knowledge/index.ts';
import type { JudgedRun } from '../../judging/index.ts';
import { finding, siteOf } from './finding.ts';

/** Memory that ran out: said by a log or the kernel, on the GPU or on the host. */
export function findOom(judged: JudgedRun): Finding[] {
  return [...fromLog(judged), ...judged.hosts.flatMap((host) => kills(judged, host))];
}

/** Cards of one kind report up to a tenth less or more than their nominal size. */
const AS_MUCH = 0.9;

const ON_HOST = /oom[-_ ]kill|killed process|out of memory: killed/i;

function fromLog(judged: JudgedRun): Finding[] {
  const events = judged.events.filter(({ kind }) => kind === 'oom');
  const groups = [events.filter(({ text }) => ON_HOST.test(text)), events.filter(({ text }) => !ON_HOST.test(text))];
  return groups.flatMap((group, k) => {
    const [first] = group;
    if (first === undefined) return [];
    const times = group.flatMap(({ at }) => (at === null ? [] : [at]));
    const entities = new Set(group.map(({ entity }) => entity?.id ?? null));
    const [only] = entities;
    return [
      finding(
        judged,
        {
          id: 'oom',
          text:
            k === 0
              ? `The host's memory ran out and the kernel killed a process${timesTold(group.length)}. Ask for more memory, or for fewer data loader workers and copies of the data.`
              : `GPU memory ran out${timesTold(group.length)}${asked(first.text)}. Training: a smaller micro-batch with accumulation, activation checkpointing, 8-bit Adam, ZeRO/FSDP or LoRA. Serving: lower --gpu-memory-utilization or --max-num-seqs. ${largerGpu(judged)}headroom plan says what fits.`,
          evidence: [first.text.slice(0, 300)],
        },
        {
          entity: entities.size === 1 ? (only ?? null) : null,
          from: times.length === 0 ? null : Math.min(...times),
          to: times.length === 0 ? null : Math.max(...times),
        },
      ),
    ];
  });
}

/** The site's node with the largest GPU, where the job's own are smaller. */
function largerGpu(judged: JudgedRun): string {
  const { nodeTypes } = siteOf(judged);
  if (nodeTypes.length === 0) return 'A larger GPU is the last resort: ';
  const size = ({ gpu }: NodeType) => GPUS[gpu].memoryBytes;
  const largest = nodeTypes.reduce((top, node) => (size(node) > size(top) ? node : top));
  const own = judged.gpus.map(({ ceilings }) => ceilings?.memoryBytes).filter((bytes) => bytes !== undefined);
  return own.some((bytes) => bytes >= AS_MUCH * size(largest)) ? 'The job’s GPUs are the largest here: ' : `A larger GPU (${largest.id}) is the last resort: `;
}

function timesTold(count: number): string {
  return count === 1 ? '' : ` (${count} lines say so)`;
}

/** PyTorch says what it wanted and what was left: `Tried to allocate 2.00 GiB`. */
function asked(text: string): string {
  const match = /[Tt]ried to allocate ([\d.]+ [KMG]i?B)/.exec(text)?.[1];
  return match === undefined ? '' : `: ${match} more were wanted`;
}

/** The kernel's own count: any growth of it in the run. */
function kills(judged: JudgedRun, host: Table): Finding[] {
  const rate = host.columns.get('host.oomKills');
  if (rate === undefined) return [];
  const width = rowWidth(host.t, judged.period);
  const rows = [...rate.keys()].filter((row) => (rate[row] ?? Number.NaN) > 0);
  const [firstRow] = rows;
  const lastRow = rows[rows.length - 1];
  if (firstRow === undefined || lastRow === undefined) return [];
  const from = host.t[firstRow] ?? judged.from;
  const to = (host.t[lastRow] ?? judged.to) + width;
  const peak = Math.max(...(host.columns.get('host.memUsed') ?? []), Number.NEGATIVE_INFINITY);
  return [
    finding(
      judged,
      {
        id: 'oom',
        text: `The kernel of ${host.entity.id === '?' ? 'the host' : host.entity.id} killed processes for lack of memory. If they were this job's: ask for more memory, or for fewer data loader workers and copies of the data.`,
        evidence: [
          `the count of OOM kills rose between these times`,
          ...(Number.isFinite(peak) ? [`host memory used: up to ${formatValue(peak, 'bytes')}`] : []),
        ],
      },
      { entity: host.entity.id, from: Math.max(judged.from, from), to: Math.min(judged.to, to) },
    ),
  ];
}
