import type { Phase, Verdict } from '../contract/index.ts';
import { type JudgedGpu, type JudgedRun, MOSTLY_SLOWED, NOTHING_KNOWN, SLOW_CAUSES, SLOWED_SECONDS, slowTimeOf } from '../judging/index.ts';
import { busyOf, formatDuration, formatFactor, formatPercent, formatValue, rowWidth } from '../readings/index.ts';
import { gpuName } from './findings/index.ts';

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

/**
 * The phases of a run with each slow-down by heat or power brake as a phase of its own, whose verdict says so first; what comes after
 * one is warned of it.
 */
export function withSlowedPhases(phases: readonly Phase[], judged: JudgedRun): Phase[] {
  const all = judged.gpus.flatMap((gpu) => stretchesOf(gpu, judged));
  return all
    .reduce<Phase[]>((cut, slowed) => cut.flatMap((phase) => pieces(phase, slowed)), [...phases])
    .map((phase) => (phase.verdict.modifiers.some((text) => text.startsWith(OWN)) ? phase : warned(phase, all, judged)));
}

/** Cooling that failed once may fail again: what comes after is not healthy because it runs at its clock just now. */
function warned(phase: Phase, all: readonly Slowed[], { from }: JudgedRun): Phase {
  const before = all.filter(({ to }) => to <= phase.from + SLOWED_SECONDS);
  const worst = [...before].sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  if (worst === undefined) return phase;
  const seconds = before.filter(({ gpu }) => gpu === worst.gpu).reduce((sum, slowed) => sum + slowed.to - slowed.from, 0);
  const gpus = new Set(before.map(({ gpu }) => gpu)).size;
  const who = gpus > 1 ? `${gpus} GPUs` : gpuName(worst.gpu);
  const first = {
    text: `${who}${nodeOf(worst.gpu)} ran slowed down before, for ${formatDuration(seconds)}, for heat or by the power brake: tell support the node, and move the job from a checkpoint if it comes back.`,
    gain: null,
    arithmetic: `${formatDuration(seconds)} of the ${formatDuration(phase.from - from)} before`,
  };
  const tries = [first, ...phase.verdict.tries.map((one) => ({ ...one, text: one.text.replace(/: that is healthy/, '') }))];
  return { ...phase, verdict: { ...phase.verdict, tries, advice: tries.map(({ text }) => text) } };
}

function nodeOf({ entity }: JudgedGpu): string {
  return entity.node === null ? '' : ` of ${entity.node}`;
}

function stretchesOf(gpu: JudgedGpu, judged: JudgedRun): Slowed[] {
  const { series } = gpu;
  const width = rowWidth(series.t, judged.period);
  const busy = busyOf(series);
  const clocks = series.columns.get('gpu.smClock');
  const out: Slowed[] = [];
  let open: { from: number; to: number; busy: number; slow: number; clock: number } | null = null;
  const close = (): void => {
    if (open !== null && open.to - open.from >= SLOWED_SECONDS && open.slow >= MOSTLY_SLOWED * open.busy) {
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
    if (open !== null && at - open.to > SLOWED_SECONDS) close();
    const slow = Math.max(...times.map((time) => (time.counted > 0 ? time.counter : time.flagged)));
    if (slow < MOSTLY_SLOWED) {
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
  const from = slowed.from - phase.from < SLOWED_SECONDS ? phase.from : slowed.from;
  const to = phase.to - slowed.to < SLOWED_SECONDS ? phase.to : slowed.to;
  if (Math.min(slowed.to, phase.to) - Math.max(slowed.from, phase.from) < SLOWED_SECONDS) return [phase];
  if (from === phase.from && to === phase.to) return [{ ...phase, verdict: told(phase.verdict, slowed) }];
  return [
    ...(from > phase.from ? [ordinary({ from: phase.from, to: from, verdict: phase.verdict }, slowed.gpu)] : []),
    { from, to, verdict: told(withOwn({ from, to, verdict: phase.verdict }, slowed.gpu), slowed) },
    ...(to < phase.to ? [ordinary({ from: to, to: phase.to, verdict: phase.verdict }, slowed.gpu)] : []),
  ];
}

/** What is left of a phase beside a slow-down. Figures of a GPU that was not slowed down in it hold there, too. */
function ordinary(piece: Phase, gpu: JudgedGpu): Phase {
  if (!piece.verdict.modifiers.some((text) => SAID.test(text))) return piece;
  const own = withOwn(piece, gpu);
  return { ...piece, verdict: { ...own, modifiers: own.modifiers.filter((text) => !SAID.test(text)) } };
}

/** A piece that covers so much of a phase, and a phase of a piece, are the same time. */
const SAME_TIME = 0.8;

/**
 * The verdict of a piece cut out of a longer phase, with the figures that the GPU's own phase of that time has; with none where it
 * has no such phase: those of the longer one are not the piece's.
 */
function withOwn({ from, to, verdict }: Phase, gpu: JudgedGpu): Verdict {
  const own = gpu.phases.find((phase) => {
    const both = Math.min(to, phase.to) - Math.max(from, phase.from);
    return phase.verdict.bottleneck === verdict.bottleneck && both >= SAME_TIME * Math.max(to - from, phase.to - phase.from);
  });
  const { shares, tree, split, figures, headroom, relief, modifiers } = own?.verdict ?? {
    shares: NOTHING_KNOWN.shares,
    tree: NOTHING_KNOWN.tree,
    split: null,
    figures: [],
    headroom: null,
    relief: null,
    modifiers: [],
  };
  return { ...verdict, shares, tree, split, figures, headroom, relief, modifiers };
}

const SAID = /slowdown [\d.]+ % of the busy time$/;
/** What is right to say of a job whose GPUs run at their pace; and what the phase itself says of its slow-down, with less. */
const NOT_HERE = /that is healthy|^The GPU runs slowed down/;

function told(verdict: Verdict, { gpu, part, clock }: Slowed): Verdict {
  const top = gpu.ceilings?.boostClock ?? Number.NaN;
  const clocks = clock < top ? ` at ${formatValue(clock, 'hertz')} of ${formatValue(top, 'hertz')}` : '';
  const first = {
    text: `${gpuName(gpu)}${nodeOf(gpu)} runs slowed down${clocks}, for heat or by the power brake: tell support the node and the GPU, and move the job from its next checkpoint. Nothing in the job is at fault.`,
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
