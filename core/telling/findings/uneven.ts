import { busyTogether, hasStraggler, type JudgedGpu, type JudgedRun, type Team, teamOf } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { formatDuration, formatPercent } from '../../readings/index.ts';
import { finding, gpuName } from './finding.ts';
import { SUSTAINED_SECONDS } from './limits.ts';

/**
 * Uneven work (§7.2.7, §7.6.6): GPUs that take turns, as the verdict has it, and a node whose busiest GPU is more than 20 points
 * above its mean. Idle GPUs are findings of their own and enter no mean; GPUs of different engines are not compared.
 */
export function findUneven(judged: JudgedRun, working: readonly JudgedGpu[]): Finding[] {
  const turns = judged.turns.filter(isSustained);
  const inTurn = new Set(turns.flatMap(({ gpus }) => gpus));
  const others = working.filter(({ id }) => !inTurn.has(id));
  const uneven = alike(others, ({ entity, engines, host }) => `${engines.join(',')} ${entity.node ?? host ?? ''}`)
    .flatMap((gpus) => teamOf(gpus, judged) ?? [])
    .filter((team) => isSustained(team) && hasStraggler(team.means));
  return [...turns.map((team) => turnFinding(judged, team)), ...uneven.map((team) => unevenFinding(judged, team))];
}

function alike(gpus: readonly JudgedGpu[], key: (gpu: JudgedGpu) => string): JudgedGpu[][] {
  const groups = new Map<string, JudgedGpu[]>();
  for (const gpu of gpus) groups.set(key(gpu), [...(groups.get(key(gpu)) ?? []), gpu]);
  return [...groups.values()];
}

function isSustained({ seconds }: Team): boolean {
  return seconds >= SUSTAINED_SECONDS;
}

/** The GPUs of a team, in its order. */
function gpusOf({ gpus }: JudgedRun, team: Team): JudgedGpu[] {
  return team.gpus.flatMap((id) => gpus.find((gpu) => gpu.id === id) ?? []);
}

function utilisations(judged: JudgedRun, team: Team): string {
  return gpusOf(judged, team)
    .map((gpu, k) => `${gpuName(gpu)} ${formatPercent(team.means[k])}`)
    .join(', ');
}

function turnFinding(judged: JudgedRun, team: Team): Finding {
  const { gpus, means, seconds, from, to } = team;
  return finding(
    judged,
    {
      id: 'take-turns',
      text:
        `${gpus.length} GPUs together were busy ${formatPercent(busyTogether(means))} of one GPU's time, as if they took turns. A model split by layers (device_map="auto", llama.cpp --split-mode layer, a pipeline with one micro-batch) runs on one GPU at a time: ` +
        `tensor parallelism (--tensor-parallel-size ${gpus.length}, --split-mode row), more micro-batches or a replica per GPU make it up to ${gpus.length} × as fast. If they work independently, one GPU would nearly do.`,
      evidence: [`mean utilisation while any worked: ${utilisations(judged, team)}`, `over ${formatDuration(seconds)}`],
    },
    { entity: null, from, to },
  );
}

function unevenFinding(judged: JudgedRun, team: Team): Finding {
  const { means, seconds, from, to } = team;
  const gpus = gpusOf(judged, team);
  const mean = busyTogether(means) / means.length;
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
        `mean utilisation while any worked: ${utilisations(judged, team)}`,
        `over ${formatDuration(seconds)}`,
        ...(busiest === undefined ? [] : [`busiest: ${gpuName(busiest)}`]),
      ],
    },
    { entity: node ?? null, from, to },
  );
}
