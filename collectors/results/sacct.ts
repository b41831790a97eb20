import { formatDuration, formatValue, type StatementFigure } from '../../core/readings/index.ts';
import { figure, numberOf, percent, RECORD, resultCollector, type ResultReader, sentence } from './kit/index.ts';
import { slurmSeconds } from './slurm-time.ts';

const MOST = 40;
/** Columns by which a table is sacct's, beside JobID. */
const SIGNS = [
  'JobName',
  'Partition',
  'Account',
  'AllocCPUS',
  'State',
  'ExitCode',
  'Elapsed',
  'TotalCPU',
  'MaxRSS',
  'ReqMem',
  'AllocTRES',
  'NCPUS',
  'NodeList',
  'Start',
  'End',
];

type Cut = (line: string) => string[];

/** `sacct` as a table for people, or with -p and -P between bars: jobs that ended, their steps told with them. */
export const sacct = resultCollector({
  id: 'sacct',
  title: 'sacct (Slurm)',
  sniff(head) {
    const lines = head.split('\n', 200).map((line) => line.slice(0, 2_000));
    return lines.some((line, at) => barsOf(line) !== null || dashedAt(line, lines[at + 1] ?? '') !== null) ? 0.9 : 0;
  },
  open: openSacct,
});

interface Job {
  readonly id: string;
  readonly row: ReadonlyMap<string, string>;
  maxRss: number | null;
  gpuUtil: number | null;
}

function openSacct(): ResultReader {
  let before = '';
  let columns: readonly string[] = [];
  let cut: Cut | null = null;
  let left = 0;
  const jobs: Job[] = [];

  return {
    line(text) {
      const line = text.trimEnd();
      const table = barsOf(line) ?? dashedAt(before, line);
      before = line;
      if (table !== null) ({ columns, cut } = table);
      else if (cut !== null && line.trim() !== '' && !/^[- ]+$/.test(line)) take(new Map(cut(line).map((cell, at) => [columns[at] ?? '', cell])));
    },
    statements() {
      if (jobs.length === 0) return [];
      const gpus = jobs.some((job) => job.gpuUtil !== null);
      return [
        {
          tool: 'sacct’s output (Slurm’s accounting of jobs)',
          says: [
            ...jobs.flatMap(told),
            ...(left > 0 ? [`${left} more jobs.`] : []),
            ...(gpus ? [] : ['Nothing in it says what a GPU did: Slurm’s accounting knows the allocation, not the work.']),
          ],
          figures: jobs.flatMap(figuresOf),
          instead: RECORD,
        },
      ];
    },
  };

  function take(row: ReadonlyMap<string, string>): void {
    const id = row.get('JobID') ?? row.get('JobIDRaw') ?? '';
    if (!/^\d[\d_.+[\]\-,%a-z]*$/.test(id)) return;
    const base = id.split('.')[0] ?? id;
    let job = jobs.find((one) => one.id === base);
    if (job === undefined) {
      if (jobs.length >= MOST) {
        if (!id.includes('.')) left += 1;
        return;
      }
      jobs.push((job = { id: base, row, maxRss: null, gpuUtil: null }));
    }
    const rss = bytesOf(row.get('MaxRSS'));
    if (rss !== null) job.maxRss = Math.max(rss, job.maxRss ?? rss);
    for (const [column, cell] of row) {
      const util = column.startsWith('TRESUsageIn') ? /(?:^|,)gres\/gpuutil=(\d{1,6})/.exec(cell)?.[1] : undefined;
      const value = util === undefined ? null : numberOf(util);
      if (value !== null) job.gpuUtil = Math.max(value / 100, job.gpuUtil ?? 0);
    }
  }
}

/** The table whose header is `line` and whose second line is `next`: spans of dashes tell the columns. */
function dashedAt(line: string, next: string): { columns: string[]; cut: Cut } | null {
  const dashes = next.trimEnd();
  if (!/^-+(?: -+)+$/.test(dashes)) return null;
  const spans: [number, number][] = [];
  for (let from = 0; from < dashes.length;) {
    const blank = dashes.indexOf(' ', from);
    const to = blank < 0 ? dashes.length : blank;
    spans.push([from, to]);
    from = to + 1;
  }
  const cut: Cut = (text) => spans.map(([from, to]) => text.slice(from, to).trim());
  const columns = cut(line);
  return isSacct(columns) ? { columns, cut } : null;
}

function barsOf(line: string): { columns: string[]; cut: Cut } | null {
  if (!/^JobID(?:Raw)?\|/.test(line)) return null;
  const cut: Cut = (text) => text.split('|').map((cell) => cell.trim());
  const columns = cut(line);
  return isSacct(columns) ? { columns, cut } : null;
}

function isSacct(columns: readonly string[]): boolean {
  return (columns.includes('JobID') || columns.includes('JobIDRaw')) && columns.filter((column) => SIGNS.includes(column)).length >= 2;
}

function efficiencyOf({ row }: Job): number | null {
  const used = slurmSeconds(row.get('TotalCPU') ?? '');
  const elapsed = slurmSeconds(row.get('Elapsed') ?? '');
  const cpus = numberOf(row.get('AllocCPUS') ?? row.get('NCPUS') ?? '');
  return used === null || elapsed === null || cpus === null || elapsed * cpus === 0 ? null : used / (elapsed * cpus);
}

function told(job: Job): string[] {
  const { row } = job;
  const elapsed = slurmSeconds(row.get('Elapsed') ?? '');
  const cpus = numberOf(row.get('AllocCPUS') ?? row.get('NCPUS') ?? '');
  const efficiency = efficiencyOf(job);
  const state = (row.get('State') ?? '').split(' ')[0] ?? '';
  const gpus = /(?:^|,)gres\/gpu=(\d{1,6})/.exec(row.get('AllocTRES') ?? row.get('ReqTRES') ?? '')?.[1];
  return [
    ...sentence([
      `Job ${job.id}: ${state === '' ? 'state not printed' : state}${elapsed === null ? '' : ` after ${formatDuration(elapsed)}`}`,
      cpus === null ? null : `${cpus} CPUs`,
      gpus === undefined ? null : `${gpus} ${gpus === '1' ? 'GPU' : 'GPUs'} held`,
      efficiency === null ? null : `CPU efficiency ${percent(efficiency)}`,
      job.maxRss === null ? null : `at most ${formatValue(job.maxRss, 'bytes')} of memory in a task`,
      job.gpuUtil === null ? null : `GPU utilisation ${percent(job.gpuUtil)}`,
    ]),
    ...(state.startsWith('OUT_OF_ME') ? ['  It was killed for memory: ask for more than it used with --mem.'] : []),
  ];
}

function figuresOf(job: Job): StatementFigure[] {
  return [
    ...figure(`job.${job.id}.cpuEfficiency`, efficiencyOf(job), 'ratio'),
    ...figure(`job.${job.id}.wallTime`, slurmSeconds(job.row.get('Elapsed') ?? ''), 'seconds'),
    ...figure(`job.${job.id}.maxRss`, job.maxRss, 'bytes'),
    ...figure(`job.${job.id}.gpuUtil`, job.gpuUtil, 'ratio'),
  ];
}

const STEPS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `1234K`, `1.5G` in bytes; Slurm counts in steps of 1024. */
function bytesOf(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text ?? '');
  const value = numberOf(match?.[1] ?? '');
  const step = STEPS[match?.[2] ?? ''];
  return value === null || step === undefined ? null : value * step;
}
