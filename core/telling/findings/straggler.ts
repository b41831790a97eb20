import { DOMINANT, type JudgedGpu, type JudgedRun } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { busyOf, formatPercent, formatValue, lastOf, medianOf, type MetricId } from '../../readings/index.ts';
import { finding, gpuName } from './finding.ts';
import { LOADED_SAMPLES } from './limits.ts';

/** A clock under so much of the median of the others costs them a fifth of their time where they wait for each other (§7.8.8). */
const LAGS = 0.8;
/** Of two GPUs nothing says which is the ordinary one. */
const FEWEST = 3;

/**
 * One late GPU of a job whose GPUs work together (§7.8.8): its clock under load is far below the others', and every step waits for it.
 * Replicas that serve requests by themselves wait for nobody.
 */
export function findStraggler(judged: JudgedRun, working: readonly JudgedGpu[]): Finding[] {
  const kinds = new Map<string, JudgedGpu[]>();
  for (const gpu of working) {
    const kind = `${gpu.name ?? gpu.type ?? ''} ${gpu.engines.join(',')}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), gpu]);
  }
  return [...kinds.values()].flatMap((gpus) => (servesAlone(judged, gpus) ? [] : lateOf(judged, gpus)));
}

/** A server that is not spread over these GPUs. */
function servesAlone({ workload, engines }: JudgedRun, gpus: readonly JudgedGpu[]): boolean {
  const serving = gpus.some(({ engines: own }) => own.some((index) => engines[index]?.columns.has('engine.running') ?? false));
  return serving && (workload.tensorParallel ?? 1) * (workload.pipelineParallel ?? 1) === 1;
}

function lateOf(judged: JudgedRun, gpus: readonly JudgedGpu[]): Finding[] {
  const clocks = gpus.flatMap((gpu) => {
    const clock = clockUnderLoad(gpu);
    return clock === null ? [] : [{ gpu, clock }];
  });
  const median = medianOf(clocks.map(({ clock }) => clock));
  if (median === null || clocks.length < FEWEST) return [];
  return clocks
    .filter(({ clock }) => clock < LAGS * median)
    .map(({ gpu, clock }) =>
      finding(
        judged,
        {
          id: 'straggler',
          text:
            `${gpuName(gpu)} works at ${formatValue(clock, 'hertz')} where the others' median is ${formatValue(median, 'hertz')}: in every step ${clocks.length - 1} GPUs wait for it. ` +
            `At their clock the job runs up to ${(median / clock).toFixed(2)} × as fast. Tell support the node and the GPU, or leave it out.`,
          evidence: [`clock under load ${formatPercent(clock / median)} of the median of ${clocks.length} GPUs`, ...reasons(gpu)],
        },
        { entity: gpu.id, from: judged.from, to: judged.to },
      ),
    );
}

/** What the card itself says of its slowness. */
function reasons(gpu: JudgedGpu): string[] {
  const temperature = lastOf(gpu.series.columns.get('gpu.temp'));
  const seen = (id: MetricId): boolean => gpu.series.columns.get(id)?.some((value) => value > 0) ?? false;
  const flags = (
    [
      ['gpu.capHwThermal', 'hardware thermal slowdown'],
      ['gpu.capSwThermal', 'thermal slowdown by the driver'],
      ['gpu.capBrake', 'power brake'],
      ['gpu.capPower', 'power cap'],
      ['gpu.capApp', 'clocks locked by a setting'],
    ] as const
  ).filter(([id]) => seen(id));
  return [...flags.map(([, text]) => `flag: ${text}`), ...(temperature === null ? [] : [`${formatValue(temperature, 'celsius')} at last`])];
}

/** Mean SM clock of the samples under load, hertz; null where there are too few. */
function clockUnderLoad({ series }: JudgedGpu): number | null {
  const column = series.columns.get('gpu.smClock');
  if (column === undefined) return null;
  const busy = busyOf(series);
  const values = [...column].filter((value, row) => value > 0 && busy(row) >= DOMINANT);
  return values.length < LOADED_SAMPLES ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
