import { type Bottleneck, BOTTLENECK_LABELS, type Verdict } from '../contract/index.ts';
import { formatPercent, type Statement } from '../readings/index.ts';

/**
 * What one figure of a profile or a look says of where the time goes. From `most` on it stands for `supports` and against `against`;
 * up to `least` it stands against `denied`.
 */
interface Rule {
  readonly figure: string;
  readonly most: number;
  /** Null where little of it says nothing: a profile of one kernel says nothing of the others. */
  readonly least: number | null;
  readonly supports: readonly Bottleneck[];
  readonly against: readonly Bottleneck[];
  readonly denied: readonly Bottleneck[];
  /** True where it is a measurement, and says something where nothing else could tell. */
  readonly measured: boolean;
  /** A figure without which the profile is too small to speak for the run, and its least value. */
  readonly enough?: readonly [figure: string, least: number];
  readonly words: (value: number) => string;
}

/** Less than this is a part of one step, and speaks for none of the others. Seconds of kernels, seconds of the GPU. */
const LEAST_WORK = 0.1;
const LEAST_SPAN = 0.5;
/** A layer alone has more kernels. */
const LEAST_KERNELS = 5;

// A quarter of the time is what a reader of a profile looks at first, and is more than the overlap of a healthy job leaves visible; a
// twentieth is no limit of anything. Of peaks: from 60 % on ncu itself calls a unit the bottleneck, and below 30 % it is far from one.
const RULES: readonly Rule[] = [
  {
    figure: 'kernelShare.collective',
    most: 0.25,
    least: 0.05,
    supports: ['network'],
    against: ['compute', 'memory', 'host', 'storage', 'overhead', 'idle'],
    denied: ['network'],
    measured: true,
    enough: ['kernelTime', LEAST_WORK],
    words: (value) => `${formatPercent(value)} of kernel time is collective communication (NCCL)`,
  },
  {
    figure: 'gpuIdle',
    most: 0.3,
    least: 0.1,
    supports: ['host', 'overhead', 'storage', 'idle'],
    against: ['compute', 'memory'],
    denied: ['host', 'storage', 'idle'],
    measured: true,
    enough: ['gpuSpan', LEAST_SPAN],
    words: (value) => `nothing ran on the GPU for ${formatPercent(value)} of the time`,
  },
  {
    figure: 'copyShare.hostToDevice',
    most: 0.25,
    least: 0.05,
    supports: ['transfer'],
    against: ['compute', 'memory'],
    denied: ['transfer'],
    measured: true,
    enough: ['kernelTime', LEAST_WORK],
    words: (value) => `copies from host to GPU take ${formatPercent(value)} of the GPU’s time`,
  },
  {
    figure: 'ncu.dram',
    most: 0.6,
    least: 0.3,
    supports: ['memory'],
    against: [],
    denied: ['memory'],
    measured: true,
    enough: ['ncu.kernels', LEAST_KERNELS],
    words: (value) => `the profiled kernels reach ${formatPercent(value)} of the peak DRAM throughput, weighted by time`,
  },
  {
    figure: 'ncu.sm',
    most: 0.6,
    least: 0.3,
    supports: ['compute'],
    against: [],
    denied: ['compute'],
    measured: true,
    enough: ['ncu.kernels', LEAST_KERNELS],
    words: (value) => `the profiled kernels reach ${formatPercent(value)} of the peak compute throughput, weighted by time`,
  },
  {
    figure: 'gpuPairs.withoutNvlink',
    most: 0.001,
    least: null,
    supports: ['network'],
    against: [],
    denied: [],
    measured: false,
    words: (value) => `${formatPercent(value)} of the pairs of GPUs are joined by PCIe alone, without NVLink`,
  },
];

/** What results given beside the readings say for or against a verdict: a sentence for each figure that says either. */
export function besideVerdict(verdict: Pick<Verdict, 'bottleneck'>, statements: readonly Statement[]): string[] {
  return statements.flatMap(({ tool, figures }) =>
    RULES.flatMap((rule) => {
      const valueOf = (name: string): number | undefined => figures.find((figure) => figure.name === name)?.value;
      const enough = rule.enough === undefined || (valueOf(rule.enough[0]) ?? Number.NaN) >= rule.enough[1];
      const value = enough ? valueOf(rule.figure) : undefined;
      const stance = value === undefined ? null : stanceOf(rule, value, verdict.bottleneck);
      return value === undefined || stance === null ? [] : [`${tool}: ${rule.words(value)}: ${stance}.`];
    }),
  );
}

function stanceOf({ most, least, supports, against, denied, measured }: Rule, value: number, verdict: Bottleneck): string | null {
  const label = BOTTLENECK_LABELS[verdict];
  if (value >= most) {
    if (supports.includes(verdict)) return `supports ${label}`;
    if (measured && verdict === 'unknown' && supports.length === 1) return `points to ${supports.map((one) => BOTTLENECK_LABELS[one]).join('')}`;
    return against.includes(verdict) ? `speaks against ${label}` : null;
  }
  return least !== null && value <= least && denied.includes(verdict) ? `speaks against ${label}` : null;
}
