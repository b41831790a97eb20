import type { Phase, Verdict } from '../contract/index.ts';
import { type JudgedGpu, type JudgedRun, SLOW_CAUSES, slowTimeOf } from '../judging/index.ts';
import { busyOf, formatFactor, formatPercent, formatValue, rowWidth } from '../readings/index.ts';
import { gpuName } from './findings/index.ts';

/** A shorter slow-down is a finding, not a phase, seconds; and a pause of so long in it does not end it. */
const LEAST_SECONDS = 60;
/** Slowed down in this part of its busy rows (0–1) a stretch is one; core/contract/headline.ts heads a phase from as much on. */
const MOSTLY = 0.5;

/** A stretch in which a GPU was slowed down most of its busy time, seconds on the run's clock. */
interface Slowed {
  readonly gpu: JudgedGpu;
  readonly from: number;
  readonly to: number;
  /** Of its busy time, 0–1. */
  readonly part: number;
  /** Mean SM clock in it, Hz; NaN where it is not known. */
  readonly clock: number;
}

/** The phases of a run with each slow-down by heat or power brake as a phase of its own, whose verdict says so first. */
export function withSlowedPhases(phases: readonly Phase[], judged: JudgedRun): Phase[] {
  return judged.gpus.flatMap((gpu) => stretchesOf(gpu, judged)).reduce<Phase[]>((cut, slowed) => cut.flatMap((phase) => pieces(phase, slowed)), [...phases]);
}

function stretchesOf(gpu: JudgedGpu, judged: JudgedRun): Slowed[] {
  const { series } = gpu;
  const width = rowWidth(series.t, judged.period);
  const busy = busyOf(series);
  const clocks = series.columns.get('gpu.smClock');
  const out: Slowed[] = [];
  let open: { from: number; to: number; busy: number; slow: number; clock: number } | null = null;
  const close = (): void => {
    if (open !== null && open.to - open.from >= LEAST_SECONDS && open.slow >= MOSTLY * open.busy) {
      out.push({ gpu, from: Math.max(judged.from, open.from), to: Math.min(judged.to, open.to), part: open.slow / open.busy, clock: open.clock / open.slow });
    }
    open = null;
  };
  const parts = SLOW_CAUSES.map((cause) => ({ cause, any: slowTimeOf(cause, { ...whole(series.t.length), busy, column: (id) => series.columns.get(id) }) }));
  const shown = parts.filter(({ any }) => any.counter > 0 || any.flagged > 0).map(({ cause }) => cause);
  if (shown.length === 0) return [];
  series.t.forEach((at, row) => {
    const times = shown.map((cause) => slowTimeOf(cause, { from: row, to: row + 1, samples: 1, busy, column: (id) => series.columns.get(id) }));
    if (times.every((time) => time.busy === 0)) return;
    if (open !== null && at - open.to > LEAST_SECONDS) close();
    const slow = Math.max(...times.map((time) => (time.counted > 0 ? time.counter : time.flagged)));
    if (slow < MOSTLY) {
      if (open !== null) open.busy += 1;
      return;
    }
    open ??= { from: at, to: at, busy: 0, slow: 0, clock: 0 };
    open.to = at + width;
    open.busy += 1;
    open.slow += slow;
    open.clock += (clocks?.[row] ?? Number.NaN) * slow;
  });
  close();
  return out;
}

function whole(length: number): { from: number; to: number; samples: number } {
  return { from: 0, to: length, samples: 1 };
}

/** A phase cut where a slow-down begins and ends; an end closer to the phase's own than a slow-down is long is the phase's. */
function pieces(phase: Phase, slowed: Slowed): Phase[] {
  const from = slowed.from - phase.from < LEAST_SECONDS ? phase.from : slowed.from;
  const to = phase.to - slowed.to < LEAST_SECONDS ? phase.to : slowed.to;
  if (Math.min(slowed.to, phase.to) - Math.max(slowed.from, phase.from) < LEAST_SECONDS) return [phase];
  const ordinary = { ...phase.verdict, modifiers: phase.verdict.modifiers.filter((text) => !SAID.test(text)) };
  return [
    ...(from > phase.from ? [{ from: phase.from, to: from, verdict: ordinary }] : []),
    { from, to, verdict: told(phase.verdict, slowed) },
    ...(to < phase.to ? [{ from: to, to: phase.to, verdict: ordinary }] : []),
  ];
}

const SAID = /slowdown [\d.]+ % of the busy time$/;
/** What is right to say of a job whose GPUs run at their pace; and what the phase itself says of its slow-down, with less. */
const NOT_HERE = /that is healthy|^The GPU runs slowed down/;

function told(verdict: Verdict, { gpu, part, clock }: Slowed): Verdict {
  const top = gpu.ceilings?.boostClock ?? Number.NaN;
  const clocks = clock < top ? ` at ${formatValue(clock, 'hertz')} of ${formatValue(top, 'hertz')}` : '';
  const where = gpu.entity.node === null ? '' : ` of ${gpu.entity.node}`;
  const first = {
    text: `${gpuName(gpu)}${where} runs slowed down${clocks}, for heat or by the power brake: tell support the node and the GPU, and move the job from its next checkpoint. Nothing in the job is at fault.`,
    gain: clock < top && verdict.bottleneck === 'compute' ? top / clock : null,
    arithmetic: clocks === '' ? `slowed down in ${formatPercent(part)} of its busy time` : `the clock alone: ${formatFactor(top / clock)}`,
  };
  if (verdict.modifiers.some((text) => text.startsWith(OWN))) return verdict;
  const tries = [first, ...verdict.tries.filter(({ text }) => !NOT_HERE.test(text))];
  return {
    ...verdict,
    modifiers: [`${OWN} ${formatPercent(part)} of the busy time`, ...verdict.modifiers.filter((text) => !SAID.test(text))],
    why: [`${gpuName(gpu)} is slowed down${clocks}, for heat or by the power brake`, ...verdict.why],
    tries,
    advice: tries.map(({ text }) => text),
  };
}

const OWN = 'heat or power-brake slowdown';
