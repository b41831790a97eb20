import type { Analysis, Finding, Shares, Verdict, Workload } from '../../core/contract/index.ts';
import type { JobSummary } from '../../server/store/index.ts';

/** Shares of which none is known, but those that a test says. */
export function someShares(changes: Partial<Shares> = {}): Shares {
  return {
    compute: null,
    memory: null,
    network: null,
    storage: null,
    host: null,
    transfer: null,
    nvlink: null,
    busy: null,
    empty: null,
    tensor: null,
    fp32: null,
    fp64: null,
    ...changes,
  };
}

/** A verdict with everything at its emptiest, and what a test says of it. */
export function aVerdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    bottleneck: 'unknown',
    second: null,
    lean: null,
    activity: 'unknown',
    activityGrade: 0,
    tier: 'C',
    evidence: ['nvidia-smi'],
    grade: 0.4,
    gradeWhy: 'ceiling 0.60 × coverage 1.00 × margin 0.67',
    headroom: null,
    relief: null,
    shares: someShares(),
    tree: { empty: {}, busy: {}, unexplained: null, unexplainedAtLeast: null },
    split: null,
    modifiers: [],
    figures: [],
    candidates: [],
    missing: [],
    why: [],
    advice: [],
    tries: [],
    ...changes,
  };
}

/** A verdict that says something in most fields, for tests of what keeps and shows verdicts, not of what makes them. */
const someVerdict = aVerdict({
  bottleneck: 'memory',
  second: 'host',
  activity: 'decode',
  activityGrade: 0.8,
  tier: 'A',
  evidence: ['dcgm'],
  grade: 0.7,
  gradeWhy: 'made up',
  headroom: 1.1,
  relief: 4.5,
  shares: someShares({ compute: 0.2, memory: 0.9, host: 0.1, busy: 0.95, empty: 0.05 }),
  tree: { empty: { host: 0.05 }, busy: { memory: 0.9 }, unexplained: 0.05, unexplainedAtLeast: 0 },
  candidates: ['memory'],
  why: ['it reads as fast as it can'],
});

/** A workload of which nothing is known, but what a test says. */
export function aWorkload(changes: Partial<Workload> = {}): Workload {
  return {
    engine: null,
    model: null,
    dtype: null,
    quantization: null,
    tensorParallel: null,
    pipelineParallel: null,
    dataParallel: null,
    from: [],
    ...changes,
  };
}

/** An analysis with every field. */
export function someAnalysis(more: Partial<Analysis> = {}): Analysis {
  return {
    clock: 'utc',
    from: 100,
    to: 200,
    hardware: { gpu: 'A100-40', from: 'detected' },
    workload: aWorkload({ engine: 'vllm' }),
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
