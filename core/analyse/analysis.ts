import type { Analysis, GpuVerdict, Phase } from '../contract/index.ts';
import type { JudgedRun } from '../judging/index.ts';
import { advised, findFindings, littleSeen, progressOf, rooflineOf, withSlowedPhases } from '../telling/index.ts';
import { timelineOf } from './timeline.ts';

/** A judged run as the contract has it: what page, terminal and server show. */
export function analysisOf(judged: JudgedRun): Analysis {
  const types = new Set(judged.gpus.map((gpu) => gpu.type));
  const [type] = types;
  const told = advised(judged);
  const gpus: GpuVerdict[] = judged.gpus.map(({ id, name, verdict }, index) => ({ id, name, verdict: told.gpus[index] ?? verdict }));
  const phases = withSlowedPhases(told.phases, judged);
  return littleSeen(judged, {
    clock: judged.clock,
    from: judged.from,
    to: judged.to,
    hardware: {
      gpu: judged.options.gpu ?? (types.size === 1 ? (type ?? null) : null),
      from: judged.options.gpu !== undefined ? 'given' : types.size > 0 && [...types].every((one) => one !== null) ? 'detected' : 'unknown',
    },
    workload: judged.workload,
    verdict: told.verdict,
    mix: { bottleneck: { ...judged.mix.bottleneck }, activity: { ...judged.mix.activity } },
    gpus,
    phases,
    findings: findFindings(judged),
    roofline: inPhases(rooflineOf(judged), phases),
    timeline: timelineOf(judged.gpus, judged.engines),
    progress: progressOf(judged),
  });
}

/** A roofline whose points name the phases that are shown, which may be cut finer than those that were judged. */
function inPhases(roofline: Analysis['roofline'], phases: readonly Phase[]): Analysis['roofline'] {
  if (roofline === null) return null;
  const points = roofline.points.map((point) => {
    const phase = phases.findIndex(({ from, to }) => point.at >= from && point.at < to);
    return phase < 0 ? point : { ...point, phase };
  });
  return { ...roofline, points };
}
