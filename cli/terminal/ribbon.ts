import { type Bottleneck, BOTTLENECK_LABELS, type Phase } from '../../core/contract/index.ts';
import { LOOKS, type Painter } from './style.ts';

/** The phase ribbon as one line of `width` characters: each cell shows the phase that holds most of its time, a blank is time without readings. */
export function ribbon(phases: readonly Phase[], span: { from: number; to: number }, width: number, paint: Painter): string {
  const cell = (span.to - span.from) / width;
  if (!(cell > 0)) return '';
  let line = '';
  for (let index = 0; index < width; index += 1) {
    const from = span.from + index * cell;
    const held = longest(phases, from, from + cell);
    line += held === null ? ' ' : paint.as(held, LOOKS[held].letter);
  }
  return line;
}

/** The legend of the letters that a ribbon uses, in order of appearance. */
export function legend(phases: readonly Phase[], paint: Painter): string {
  const seen = [...new Set(phases.map((phase) => phase.verdict.bottleneck))];
  return seen.map((bottleneck) => `${paint.as(bottleneck, LOOKS[bottleneck].letter)} ${BOTTLENECK_LABELS[bottleneck]}`).join('   ');
}

function longest(phases: readonly Phase[], from: number, to: number): Bottleneck | null {
  let best: Bottleneck | null = null;
  let most = 0;
  for (const phase of phases) {
    const overlap = Math.min(phase.to, to) - Math.max(phase.from, from);
    if (overlap > most) {
      most = overlap;
      best = phase.verdict.bottleneck;
    }
  }
  return best;
}
