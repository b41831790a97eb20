import { commonRows, busyOf, formatDuration, formatPercent } from '../../readings/index.ts';
import { INACTIVE, type JudgedGpu, type JudgedRun } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { finding, gpuName } from './finding.ts';
import { settled } from './stretches.ts';
import { idleStretches } from './idle.ts';
import { IMBALANCE, SUSTAINED_SECONDS, TURN, TURN_SAMPLES, TURN_SUM } from './limits.ts';

/** GPUs of one engine or trainer with their mean utilisation while any of them worked. */
interface Team {
  readonly gpus: readonly JudgedGpu[];
  readonly means: readonly number[];
  /** Part of the samples in which together they were no busier than GPUs that take turns can be. */
  readonly inTurn: number;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Uneven work (§7.2, §7.6.6): GPUs that take turns, and a node whose busiest GPU is more than 20 points above its mean. Idle
 * GPUs are findings of their own and enter no mean; GPUs of different engines are not compared.
 */
export function findUneven(judged: JudgedRun, working: readonly JudgedGpu[]): Finding[] {
  const teams = grouped(working, ({ engines }) => engines.join(','));
  const turns = teams
    .map((team) => teamOf(team, judged))
    .filter((team) => team !== null && takesTurns(team, judged))
    .filter((team) => team !== null);
  const inTurn = new Set(turns.flatMap(({ gpus }) => gpus));
  const nodes = teams.flatMap((team) =>
    grouped(
      team.filter((gpu) => !inTurn.has(gpu)),
      (gpu) => gpu.entity.node ?? `${gpu.host ?? ''}`,
    ),
  );
  const uneven = nodes
    .map((node) => teamOf(node, judged))
    .filter((team) => team !== null)
    .filter(isUneven);
  return [...turns.map((team) => turnFinding(judged, team)), ...uneven.map((team) => unevenFinding(judged, team))];
}

function grouped(gpus: readonly JudgedGpu[], key: (gpu: JudgedGpu) => string): JudgedGpu[][] {
  const groups = new Map<string, JudgedGpu[]>();
  for (const gpu of gpus) groups.set(key(gpu), [...(groups.get(key(gpu)) ?? []), gpu]);
  return [...groups.values()].filter((group) => group.length > 1);
}

function teamOf(gpus: readonly JudgedGpu[], judged: JudgedRun): Team | null {
  const {
    t,
    width,
    values: busy,
  } = commonRows(
    gpus.map(({ series }) => series),
    judged.period,
    busyOf,
  );
  const pauses = gpus.map((gpu) => [...idleStretches(gpu, judged.period), ...tails(gpu)]);
  const sums = gpus.map(() => 0);
  const counts = gpus.map(() => 0);
  let rows = 0;
  let inTurn = 0;
  let first = Number.NaN;
  let last = Number.NaN;
  for (let i = 0; i < t.length; i += 1) {
    if (!busy.some((one) => (one[i] ?? Number.NaN) >= INACTIVE)) continue;
    const at = t[i] ?? Number.NaN;
    rows += 1;
    if (sum(busy.map((one) => one[i] ?? Number.NaN).filter((value) => !Number.isNaN(value))) <= TURN.sum) inTurn += 1;
    first = Number.isNaN(first) ? at : first;
    last = at + width;
    busy.forEach((one, k) => {
      const value = one[i] ?? Number.NaN;
      const paused = pauses[k]?.some(({ from, to }) => at >= from && at < to) ?? false;
      if (Number.isNaN(value) || paused) return;
      sums[k] = (sums[k] ?? Number.NaN) + value;
      counts[k] = (counts[k] ?? Number.NaN) + 1;
    });
  }
  const present = gpus.map((gpu, k) => ({ gpu, mean: settled((sums[k] ?? Number.NaN) / (counts[k] ?? Number.NaN)) })).filter(({ mean }) => !Number.isNaN(mean));
  if (present.length <= 1 || rows * width < SUSTAINED_SECONDS) return null;
  return {
    gpus: present.map(({ gpu }) => gpu),
    means: present.map(({ mean }) => mean),
    inTurn: inTurn / rows,
    seconds: rows * width,
    from: Math.max(judged.from, first),
    to: Math.min(judged.to, last),
  };
}

/** Idle time before a GPU's first work and after its last: it began later or was done earlier, which is no uneven share. */
function tails({ phases }: JudgedGpu): { from: number; to: number }[] {
  const works = phases.map(({ verdict }) => verdict.bottleneck !== 'idle');
  const first = works.indexOf(true);
  const last = works.lastIndexOf(true);
  // The last row of a series may begin where the last phase ends.
  const after = phases[last]?.to ?? Number.NEGATIVE_INFINITY;
  return [
    { from: Number.NEGATIVE_INFINITY, to: phases[first]?.from ?? Number.POSITIVE_INFINITY },
    ...(last < phases.length - 1 ? [{ from: after, to: Number.POSITIVE_INFINITY }] : []),
  ];
}

const sum = (values: readonly number[]): number => settled(values.reduce((total, value) => total + value, 0));

/**
 * Layer split or naive pipeline: each GPU works part of the time, together they are one. Ranks of tensor or data parallelism
 * work at the same time, and empty time that the host's counters explain needs no other explanation. GPUs that merely have
 * little to do look alike in their means: so their samples must add up, too, and to nearly one GPU's whole time unless the
 * program is known to split by layers.
 */
function takesTurns({ gpus, means, inTurn }: Team, judged: JudgedRun): boolean {
  const { workload } = judged;
  const abreast = (workload.tensorParallel ?? 1) * (workload.dataParallel ?? 1) >= gpus.length;
  const explained = gpus.every(
    ({ verdict }) => ['storage', 'network', 'transfer'].includes(verdict.bottleneck) || (verdict.bottleneck === 'host' && verdict.evidence.includes('proc')),
  );
  const least = splitsByLayers(judged) ? TURN_SUM.known : TURN_SUM.unknown;
  return (
    !abreast &&
    !explained &&
    inTurn >= TURN_SAMPLES &&
    means.every((mean) => mean >= TURN.least && mean <= TURN.most) &&
    sum(means) <= TURN.sum &&
    sum(means) >= least
  );
}

/** Pipeline stages, llama.cpp's default split, or a device map in a command line. */
function splitsByLayers({ workload, processes }: JudgedRun): boolean {
  return (
    (workload.pipelineParallel ?? 1) > 1 ||
    workload.engine === 'llama.cpp' ||
    processes.some(({ facts }) => /device[-_]map|split[-_]mode[= ]layer/.test(facts.get('command') ?? ''))
  );
}

function isUneven({ means }: Team): boolean {
  return settled(Math.max(...means) - sum(means) / means.length) > IMBALANCE;
}

function utilisations({ gpus, means }: Team): string {
  return gpus.map((gpu, k) => `${gpuName(gpu)} ${formatPercent(means[k])}`).join(', ');
}

function turnFinding(judged: JudgedRun, team: Team): Finding {
  const { gpus, means, seconds, from, to } = team;
  return finding(
    judged,
    {
      id: 'take-turns',
      text:
        `${gpus.length} GPUs together were busy ${formatPercent(sum(means))} of one GPU's time, as if they took turns. A model split by layers (device_map="auto", llama.cpp --split-mode layer, a pipeline with one micro-batch) runs on one GPU at a time: ` +
        `tensor parallelism (--tensor-parallel-size ${gpus.length}, --split-mode row), more micro-batches or a replica per GPU make it up to ${gpus.length} × as fast. If they work independently, one GPU would nearly do.`,
      evidence: [`mean utilisation while any worked: ${utilisations(team)}`, `over ${formatDuration(seconds)}`],
    },
    { entity: null, from, to },
  );
}

function unevenFinding(judged: JudgedRun, team: Team): Finding {
  const { gpus, means, seconds, from, to } = team;
  const mean = sum(means) / means.length;
  const top = Math.max(...means);
  const busiest = gpus[means.indexOf(top)];
  const node = gpus[0]?.entity.node;
  return finding(
    judged,
    {
      id: 'imbalance',
      text:
        `The busiest GPU${node === undefined ? '' : ` of ${node}`} worked ${formatPercent(top)} of the time, the mean of its ${gpus.length} GPUs is ${formatPercent(mean)}: the others wait for it. ` +
        `Even work would let the job run up to ${(top / mean).toFixed(2)} × as fast: balance batches, sequence lengths, pipeline stages or experts over the ranks.`,
      evidence: [
        `mean utilisation while any worked: ${utilisations(team)}`,
        `over ${formatDuration(seconds)}`,
        ...(busiest === undefined ? [] : [`busiest: ${gpuName(busiest)}`]),
      ],
    },
    { entity: node ?? null, from, to },
  );
}
