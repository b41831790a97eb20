import { formatDuration, type StatementFigure } from '../../core/readings/index.ts';
import { splitBlanks } from '../text/index.ts';
import { figure, percent, RECORD, resultCollector, type ResultReader, sentence, shareOf } from './kit/index.ts';
import { slurmSeconds } from './slurm-time.ts';

/** Columns in words. */
const LABELS: readonly (readonly [column: string, label: string, name: string])[] = [
  ['GPUEff', 'GPU', 'gpuEfficiency'],
  ['GPUMem', 'GPU memory', 'gpuMemory'],
  ['CPUEff', 'CPU', 'cpuEfficiency'],
  ['MemEff', 'memory', 'memoryEfficiency'],
  ['TimeEff', 'of the time limit', 'timeEfficiency'],
];
/** A job shorter than this has not shown what it does: modules, weights and data are still being loaded. Seconds. */
const SHORT = 120;
/** Below this share of the time a job's GPUs did next to nothing. */
const UNUSED = 0.05;
const MOST = 60;

const isHeader = (cells: readonly string[]): boolean =>
  (cells[0] === 'JobID' || cells[0] === 'Name') && cells.includes('State') && cells.includes('CPUEff') && cells.includes('MemEff');
const cellsOf = (text: string): string[] => (text.includes('|') ? text.split('|').map((cell) => cell.trim()) : splitBlanks(text));

/** `reportseff`, also with -g (a row for each node and GPU) and -p (cells between bars). `---` is not known. */
export const reportseff = resultCollector({
  id: 'reportseff',
  title: 'reportseff (Slurm)',
  sniff: (head) => (head.split('\n', 200).some((line) => isHeader(cellsOf(line.slice(0, 400)))) ? 0.95 : 0),
  open: openReportseff,
});

function openReportseff(): ResultReader {
  let columns: readonly string[] = [];
  let job: { id: string; short: boolean } | null = null;
  let node = '';
  let left = 0;
  let jobs = 0;
  const says: string[] = [];
  const figures: StatementFigure[] = [];
  const say = (text: readonly string[]): void => {
    if (says.length + text.length > MOST) left += text.length;
    else says.push(...text);
  };

  return {
    line(text) {
      const cells = cellsOf(text);
      if (isHeader(cells)) columns = cells;
      else if (columns.length > 0 && cells.length > 0) row(text, cells);
    },
    statements: () =>
      columns.length === 0
        ? []
        : [
            {
              tool: 'reportseff’s output (Slurm’s accounting of jobs)',
              says: [
                ...says,
                ...(left > 0 ? [`${left} more rows.`] : []),
                ...(columns.includes('GPUEff') ? [] : ['There is no GPU in it: “reportseff -g” prints GPUEff where the site collects it.']),
                `It says how much was used of what ${jobs === 1 ? 'the job' : 'each job'} held, and not what limited it.`,
              ],
              figures,
              instead: RECORD,
            },
          ],
  };

  function row(text: string, cells: readonly string[]): void {
    const first = cells[0] ?? '';
    const values = (rest: readonly string[]): ReadonlyMap<string, number> => valuesOf(columns, rest);
    const state = cells[columns.indexOf('State')] ?? '';
    if (!/^\s/.test(text) && cells.length >= columns.length - 1 && /^[A-Z_]{2,20}$/.test(state)) {
      const elapsed = slurmSeconds(cells[columns.indexOf('Elapsed')] ?? '');
      jobs += 1;
      job = { id: first, short: elapsed !== null && elapsed < SHORT };
      node = '';
      const shares = values(cells.slice(1));
      say(sentence([`Job ${first}: ${state}${elapsed === null ? '' : ` after ${formatDuration(elapsed)}`}`, ...wordsOf(shares)]));
      say(opinion(shares.get('GPUEff'), elapsed));
      keep(`job.${first}`, shares, elapsed);
    } else if (job !== null && /^\s/.test(text)) {
      // Rows of nodes and GPUs are filled from the right.
      const shares = values(cells.slice(1));
      if (shares.size === 0) return;
      const isGpu = /^\d{1,3}$/.test(first) && node !== '';
      if (!isGpu) node = first;
      say(sentence([`  ${isGpu ? `GPU ${first} of ${node}` : `Node ${first}`}: ${wordsOf(shares).join(', ')}`]));
      keep(`job.${job.id}.${node}${isGpu ? `.gpu${first}` : ''}`, shares, null);
    }
  }

  function keep(prefix: string, shares: ReadonlyMap<string, number>, elapsed: number | null): void {
    for (const [column, , name] of LABELS) figures.push(...figure(`${prefix}.${name}`, shares.get(column), 'ratio'));
    figures.push(...figure(`${prefix}.wallTime`, elapsed, 'seconds'));
    if (figures.length > 2_000) figures.length = 2_000;
  }
}

/** The shares of a row by its column, assigned from the right; what is not known is left out. */
function valuesOf(columns: readonly string[], cells: readonly string[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (let back = 1; back <= Math.min(cells.length, columns.length - 1); back += 1) {
    const share = shareOf(cells[cells.length - back] ?? '');
    const column = columns[columns.length - back];
    if (share !== null && column !== undefined) shares.set(column, share);
  }
  return shares;
}

function wordsOf(shares: ReadonlyMap<string, number>): string[] {
  return LABELS.flatMap(([column, label]) => {
    const share = shares.get(column);
    return share === undefined ? [] : [label.startsWith('of ') ? `${percent(share)} ${label}` : `${label} ${percent(share)}`];
  });
}

function opinion(gpu: number | undefined, elapsed: number | null): string[] {
  if (gpu === undefined || gpu >= UNUSED || elapsed === null) return [];
  if (elapsed < SHORT) return [`  It ran for only ${formatDuration(elapsed)}: too short to call its idle GPU waste.`];
  return [`  Its GPUs did next to nothing for ${formatDuration(elapsed)}.`];
}
