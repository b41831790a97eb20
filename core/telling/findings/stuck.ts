import { HUNG_SECONDS, isNoProgress, type JudgedGpu, type JudgedPhase, type JudgedRun, type Stretch, stretchesAlike } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { formatDuration, formatGpuHours, formatPercent, type SourceEvent } from '../../readings/index.ts';
import { finding, gpuName, listed } from './finding.ts';
import { over } from './stretches.ts';
import { momentsOf, type Moment } from './states.ts';

const LOOK = 'Look at what the ranks wait for (py-spy dump --pid …, NCCL_DEBUG=INFO, TORCH_NCCL_TRACE_BUFFER_SIZE)';

/** Hung jobs, jobs of which one rank works while the others wait in a spinning kernel, and collectives that a log says timed out. */
export function findStuck(judged: JudgedRun): Finding[] {
  const moments = momentsOf(judged);
  const spinning = moments.filter(({ gpus }) => gpus.spin.length > 0);
  // Moments of another kind are left out, not in the way: a few samples of them do not end a hang.
  const stuck = stretchesAlike(
    spinning.filter(({ gpus }) => gpus.active.length === 0),
    judged.period,
    ({ gpus }) => names(gpus.spin),
  ).filter(({ from, to }) => isNoProgress(to - from));
  const alone = stretchesAlike(
    spinning.filter(({ gpus }) => gpus.active.length === 1),
    judged.period,
    ({ gpus }) => names(gpus.active),
  ).filter(({ from, to }) => isNoProgress(to - from));
  return [...stuck.flatMap((one) => hung(judged, one)), ...alone.map((one) => oneRank(judged, one)), ...timeouts(judged)];
}

function names(gpus: readonly JudgedGpu[]): string {
  return gpus.map(({ id }) => id).join(',');
}

function hung(judged: JudgedRun, { from, to, phases: moments }: Stretch<Moment>): Finding[] {
  const gpus = moments[0]?.gpus.spin ?? [];
  const whole = gpus.length === judged.gpus.length;
  return (whole ? [gpus] : gpus.map((gpu) => [gpu])).map((some) => {
    const phases = some.flatMap((gpu) => within(gpu, from, to));
    const who = some.length === 1 && some[0] !== undefined ? gpuName(some[0]) : `All ${some.length} GPUs`;
    return finding(
      judged,
      {
        id: 'hung',
        text: `${who} ran kernels for ${formatDuration(to - from)} that did no work: a hung collective, a deadlock or a spin wait (${formatGpuHours(some.length, to - from)}). ${LOOK}; cancel the job if nothing moves.`,
        evidence: [...spinEvidence(phases), ...logLines(judged, from, to)],
      },
      { entity: whole ? null : (some[0]?.id ?? null), from, to },
    );
  });
}

function oneRank(judged: JudgedRun, { from, to, phases: moments }: Stretch<Moment>): Finding {
  const worker = moments[0]?.gpus.active[0];
  const waiting = [...new Set(moments.flatMap(({ gpus }) => gpus.spin))];
  return finding(
    judged,
    {
      id: 'one-rank-working',
      text:
        `Only ${worker === undefined ? 'one GPU' : gpuName(worker)} worked for ${formatDuration(to - from)}; ${listed(waiting.map(gpuName))} ${waiting.length === 1 ? 'waits' : 'wait'} for it in a spinning kernel ` +
        `(${formatGpuHours(waiting.length, to - from)}). Let all ranks share that work (loading, evaluation, saving, tokenising), or do it before the job.`,
      evidence: [
        ...(worker === undefined ? [] : [`${gpuName(worker)}: ${sharesText(within(worker, from, to))}`]),
        ...spinEvidence(waiting.flatMap((gpu) => within(gpu, from, to).filter(({ states }) => states.isSpinning))),
        ...logLines(judged, from, to),
      ],
    },
    { entity: worker?.id ?? null, from, to },
  );
}

function within(gpu: JudgedGpu, from: number, to: number): JudgedPhase[] {
  return gpu.phases.filter((phase) => phase.from < to && phase.to > from);
}

function spinEvidence(phases: readonly JudgedPhase[]): string[] {
  const busy = over(phases, ({ figures }) => figures.busy);
  const measured = new Set(phases.flatMap(({ states }) => states.work.map(({ name }) => name)));
  const unseen = ['FP32', 'FP64', 'integer'].filter((name) => !measured.has(name));
  return [
    `busy ${formatPercent(busy)}, yet ${sharesText(phases)}`,
    ...(unseen.length === 0 ? [] : [`not measured: the ${listed(unseen)} pipes; work on them alone looks the same`]),
  ];
}

function sharesText(phases: readonly JudgedPhase[]): string {
  const names = [...new Set(phases.flatMap(({ states }) => states.work.map(({ name }) => name)))];
  return names.map((name) => `${name} ${formatPercent(over(phases, ({ states }) => states.work.find((share) => share.name === name)?.share))}`).join(', ');
}

function logLines(judged: JudgedRun, from: number, to: number): string[] {
  const said = timeoutEvents(judged).filter(({ at }) => at !== null && at >= from && at <= to + HUNG_SECONDS);
  return said.slice(0, 1).map(({ text }) => `log: ${text.slice(0, 200)}`);
}

function timeoutEvents({ events }: JudgedRun): SourceEvent[] {
  return events.filter(({ kind }) => kind === 'nccl-timeout');
}

/** NCCL's watchdog waits ten minutes by default before it says so: the collective hung, whatever the counters show. */
function timeouts(judged: JudgedRun): Finding[] {
  const said = timeoutEvents(judged);
  const [first] = said;
  if (first === undefined) return [];
  return [
    finding(
      judged,
      {
        id: 'hung',
        text: `The log says that a collective timed out${said.length > 1 ? ` (${said.length} lines)` : ''}: a rank died, hung or fell behind, and the others waited until NCCL's watchdog gave up. Look for the rank that is missing in it; ${LOOK.charAt(0).toLowerCase()}${LOOK.slice(1)}.`,
        evidence: [first.text.slice(0, 200)],
      },
      { entity: null, from: first.at, to: first.at },
    ),
  ];
}
