import type { Analysis, Finding, Verdict } from '../../core/contract/index.ts';
import type { JobSummary } from '../../server/store/index.ts';

const shares = {
  compute: 0.2,
  memory: 0.9,
  network: null,
  storage: null,
  host: 0.1,
  transfer: null,
  nvlink: null,
  busy: 0.95,
  empty: 0.05,
  tensor: null,
  fp32: null,
  fp64: null,
};

/** A verdict with every field, for tests of what keeps and shows verdicts, not of what makes them. */
const someVerdict: Verdict = {
  bottleneck: 'memory',
  second: 'host',
  lean: null,
  activity: 'decode',
  activityGrade: 0.8,
  tier: 'A',
  evidence: ['dcgm'],
  grade: 0.7,
  gradeWhy: 'made up',
  headroom: 1.1,
  relief: 4.5,
  shares,
  tree: { empty: { host: 0.05 }, busy: { memory: 0.9 }, unexplained: 0.05, unexplainedAtLeast: 0 },
  split: null,
  modifiers: [],
  figures: [],
  candidates: ['memory'],
  missing: [],
  why: ['it reads as fast as it can'],
  advice: [],
  tries: [],
};

/** An analysis with every field. */
export function someAnalysis(more: Partial<Analysis> = {}): Analysis {
  return {
    clock: 'utc',
    from: 100,
    to: 200,
    hardware: { gpu: 'A100-40', from: 'detected' },
    workload: { engine: 'vllm', model: null, dtype: null, quantization: null, tensorParallel: null, pipelineParallel: null, dataParallel: null, from: [] },
    verdict: someVerdict,
    mix: { bottleneck: { memory: 100 }, activity: { decode: 100 } },
    gpus: [],
    phases: [{ from: 100, to: 200, verdict: someVerdict }],
    findings: [],
    roofline: null,
    timeline: { t: [], series: {} },
    progress: null,
    ...more,
  };
}

export function someFinding(more: Partial<Finding> = {}): Finding {
  return { id: 'idle', text: 'GPU 0 has been idle for an hour', evidence: ['gpu.util was 0'], entity: 'GPU-1', from: 100, to: null, ...more };
}

export function someSummary(more: Partial<JobSummary> = {}): JobSummary {
  return {
    bottleneck: 'memory',
    activity: 'decode',
    grade: 0.7,
    headroom: 1.1,
    sparkline: [0, null, 0.5],
    findings: ['idle'],
    lastReadingAt: 199,
    ribbon: [{ from: 100, to: 200, bottleneck: 'memory', activity: 'decode' }],
    ...more,
  };
}
