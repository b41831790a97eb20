import type { Diagnosis, SourceReport } from '../../collectors/run/index.ts';
import type { SourceEvent, Statement } from '../../core/readings/index.ts';
import {
  ACTIVITY_LABELS,
  type Analysis,
  answerOf,
  type Bottleneck,
  BOTTLENECK_LABELS,
  type Finding,
  headline,
  type Phase,
  SHARE_LABELS,
  type Verdict,
} from '../../core/contract/index.ts';
import { progressLines } from './progress.ts';
import { formatFactor } from '../../core/readings/index.ts';
import { BAR, bar, LOOKS, type Painter, section } from './style.ts';
import { commonFolder, wrapped } from './wrap.ts';

/** Rejected lines quoted per file; `--json` has up to a hundred. */
const QUOTED = 3;
/** Characters of a ribbon: no more say more, and so many where the width is not known. */
const RIBBON = 100;
const RIBBON_UNTOLD = 80;
/** Events listed. */
const EVENTS = 10;

interface Look {
  /** Characters of a line; null where nobody says (a pipe, a file): then no line is cut. */
  readonly width: number | null;
  readonly paint: Painter;
}

interface Drawn {
  readonly width: number;
  readonly paint: Painter;
}

/** A diagnosis for people: the answer first, then its evidence, then what became of each file. Results alone are the answer themselves. */
export function report(diagnosis: Diagnosis, options: Look): string {
  const { paint, width } = options;
  const folder = commonFolder(diagnosis.sources.map(({ file }) => file));
  const { analysis, sources, notes } = inFolder(diagnosis, folder);
  const lines = [
    ...(analysis === null ? statementLines(sources, paint).slice(1) : verdictLines({ ...diagnosis, sources, analysis }, options)),
    ...section('Assumed', notes, paint),
    ...section(
      folder === '' ? 'Read' : `Read, in ${folder}`,
      sources.flatMap((source) => sourceLines(source, paint)),
      paint,
    ),
    '',
  ];
  return (width === null ? lines : lines.flatMap((line) => wrapped(line, width))).join('\n');
}

/** The same with its files named from their common folder. */
function inFolder({ analysis, sources, notes }: Diagnosis, folder: string): Pick<Diagnosis, 'analysis' | 'sources' | 'notes'> {
  if (folder === '') return { analysis, sources, notes };
  return {
    analysis,
    sources: sources.map((source) => ({ ...source, file: source.file.slice(folder.length) })),
    notes: notes.map((note) => note.replaceAll(folder, '')),
  };
}

function verdictLines(diagnosis: Diagnosis & { analysis: Analysis }, { width, paint }: Look): string[] {
  const { analysis, sources, beside } = diagnosis;
  const clock = clockOf(analysis);
  const { verdict } = answerOf(analysis, false);
  return [
    ...headLines(analysis, clock, paint),
    ...[...verdict.why, ...beside].map((text) => `  ${text}`),
    ...shareLines(verdict, paint),
    ...ribbonLines(analysis, clock, { width: Math.min(width ?? RIBBON_UNTOLD, RIBBON), paint }),
    ...section('Progress', progressLines(analysis), paint),
    ...section('Try next', adviceLines(verdict, paint), paint),
    ...section('Events', eventLines(diagnosis.run.events, clock), paint),
    ...section(
      'Findings',
      analysis.findings.map((finding) => findingLine(finding, paint)),
      paint,
    ),
    ...section('Not known', [...verdict.missing, ...optionLines(analysis)], paint),
    ...statementLines(sources, paint),
  ];
}

/** What the files say that hold no series, a section for each, named by its tool. */
function statementLines(sources: readonly SourceReport[], paint: Painter): string[] {
  return sources.flatMap(({ file, statements }) => statements.flatMap((one) => section(`This is ${one.tool} (${file})`, sentences(one), paint)));
}

function sentences({ says, instead }: Statement): string[] {
  return [...says, ...(instead === null ? [] : [`For a verdict: ${instead}`])];
}

function headLines(analysis: Analysis, clock: (at: number) => string, paint: Painter): string[] {
  const { hardware, workload } = analysis;
  const { verdict, headed } = answerOf(analysis, false);
  const label = paint.bold(paint.as(verdict.bottleneck, headline(headed, clock)));
  const second = verdict.second === null || headed.marked !== null ? '' : `, then ${BOTTLENECK_LABELS[verdict.second]}`;
  const room = verdict.headroom === null || headed.marked !== null ? '' : `   headroom ${verdict.headroom.toFixed(2)} ×`;
  const on = [hardware.gpu ?? 'GPU type not known', workload.engine, workload.model, workload.dtype].filter((part) => part !== null).join(' · ');
  return [
    `${label}${second}${room}`,
    paint.dim(`Evidence ${verdict.tier} · grade ${verdict.grade.toFixed(2)} (${verdict.gradeWhy})`),
    paint.dim(`${on}${verdict.modifiers.length > 0 ? ` · ${verdict.modifiers.join(', ')}` : ''}`),
  ];
}

function shareLines(verdict: Verdict, paint: Painter): string[] {
  const keys = Object.keys(SHARE_LABELS) as (keyof typeof SHARE_LABELS)[]; // keys of a const object
  if (keys.every((key) => verdict.shares[key] === null)) return [];
  return [
    '',
    ...keys.map((key) => {
      const share = verdict.shares[key];
      const name = SHARE_LABELS[key].padEnd(18);
      if (share === null) return `  ${name}${paint.dim('–'.padStart(BAR + 7))}`;
      return `  ${name}${bar(share, paint)} ${`${Math.round(share * 100)} %`.padStart(6)}`;
    }),
  ];
}

function ribbonLines(analysis: Analysis, clock: (at: number) => string, { width, paint }: Drawn): string[] {
  if (analysis.phases.length === 0) return [];
  return [
    '',
    ribbon(analysis, { width, paint }),
    paint.dim(spread(clock(analysis.from), clock(analysis.to), width)),
    legend(analysis.phases, paint),
    ...phaseLines(analysis, clock, paint),
  ];
}

/** `memory bandwidth, decode`; the limit alone where the activity says no more: it is not known, or idle as well. */
function phaseWords({ bottleneck, activity }: Verdict): string {
  const tellsMore = activity !== 'unknown' && activity !== 'idle' && bottleneck !== 'idle';
  return tellsMore ? `${BOTTLENECK_LABELS[bottleneck]}, ${ACTIVITY_LABELS[activity]}` : BOTTLENECK_LABELS[bottleneck];
}

function phaseLines(analysis: Analysis, clock: (at: number) => string, paint: Painter): string[] {
  const shown = analysis.phases.slice(0, 40);
  const lines = shown.map(
    ({ from, to, verdict }) =>
      `  ${clock(from)} – ${clock(to)}  ${paint.as(verdict.bottleneck, LOOKS[verdict.bottleneck].letter)} ${phaseWords(verdict)} ${paint.dim(`(${verdict.tier} ${verdict.grade.toFixed(2)})`)}`,
  );
  if (analysis.phases.length > shown.length) lines.push(`  … ${analysis.phases.length - shown.length} more phases (--json has all)`);
  return lines;
}

function eventLines(events: readonly SourceEvent[], clock: (at: number) => string): string[] {
  const lines = events.slice(0, EVENTS).map((event) => `${event.at === null ? '' : `${clock(event.at)}  `}${event.kind}: ${event.text}`);
  return events.length > EVENTS ? [...lines, `… and ${events.length - EVENTS} more`] : lines;
}

function adviceLines({ advice, tries }: Verdict, paint: Painter): string[] {
  const gains = new Map(tries.map(({ text, gain }) => [text, gain]));
  return advice.map((text, index) => {
    const gain = gains.get(text) ?? null;
    return `${index + 1}. ${text}${gain === null ? '' : ` ${paint.bold(`up to ${formatFactor(gain)}`)}`}`;
  });
}

/** How what is missing is given on a terminal. */
function optionLines({ hardware, workload, verdict }: Analysis): string[] {
  if (verdict.missing.length === 0) return [];
  const options = [
    ...(hardware.gpu === null ? ['--gpu ID'] : []),
    ...(workload.engine !== null && workload.model === null ? ['--model NAME or --config FILE'] : []),
    ...(workload.model !== null && workload.dtype === null ? ['--dtype NAME'] : []),
  ];
  return options.length === 0 ? [] : [`to say it: ${options.join(', ')}`];
}

function findingLine(finding: Finding, paint: Painter): string {
  return `${paint.bold(finding.id)}: ${finding.text}${finding.evidence.length > 0 ? paint.dim(` (${finding.evidence.join('; ')})`) : ''}`;
}

function sourceLines(source: SourceReport, paint: Painter): string[] {
  const what =
    source.collector === null
      ? 'not read'
      : source.readings === 0 && source.statements.length > 0
        ? `${source.collector}, told above`
        : `${source.collector}, ${source.readings} readings of ${source.entities.length} ${source.entities.length === 1 ? 'thing' : 'things'}`;
  const quoted = source.rejected
    .slice(0, QUOTED)
    .map((one) =>
      paint.dim(`    line ${one.line}${one.column === undefined ? '' : `, column ${one.column}`}: ${one.reason}${one.text === '' ? '' : ` “${one.text}”`}`),
    );
  const more = source.rejectedCount - quoted.length;
  if (more > 0) quoted.push(paint.dim(`    … and ${more} more`));
  return [`${source.file}: ${what}`, ...quoted];
}

function spread(left: string, right: string, width: number): string {
  return `${left}${' '.repeat(Math.max(1, width - left.length - right.length))}${right}`;
}

/** Dated runs show UTC times of day, with the date where the run spans more than one; others seconds from the start. */
function clockOf(analysis: Analysis): (at: number) => string {
  if (analysis.clock === 'relative') return (at) => `${at.toFixed(at < 100 ? 1 : 0)} s`;
  const oneDay = analysis.to - analysis.from < 86_400;
  return (at) => {
    const text = new Date(at * 1000).toISOString();
    return oneDay ? `${text.slice(11, 19)}Z` : `${text.slice(0, 10)} ${text.slice(11, 16)}Z`;
  };
}

/** The phase ribbon as one line of `width` characters: each cell shows the phase that holds most of its time, a blank is time without readings. */
function ribbon({ phases, from: start, to: end }: Analysis, { width, paint }: Drawn): string {
  const cell = (end - start) / width;
  if (!(cell > 0)) return '';
  let line = '';
  for (let index = 0; index < width; index += 1) {
    const from = start + index * cell;
    const held = longest(phases, from, from + cell);
    line += held === null ? ' ' : paint.as(held, LOOKS[held].letter);
  }
  return line;
}

/** The legend of the letters that a ribbon uses, in order of appearance. */
function legend(phases: readonly Phase[], paint: Painter): string {
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
