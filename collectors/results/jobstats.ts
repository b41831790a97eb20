import { formatDuration } from '../../core/readings/index.ts';
import { figure, percent, RECORD, resultCollector, type ResultReader, sentence, shareOf } from './kit/index.ts';
import { slurmSeconds } from './slurm-time.ts';

/** Bars of the overall part, with the name of their figure. */
const BARS: readonly (readonly [label: string, name: string])[] = [
  ['GPU utilization', 'gpuEfficiency'],
  ['GPU memory usage', 'gpuMemory'],
  ['CPU utilization', 'cpuEfficiency'],
  ['CPU memory usage', 'memoryEfficiency'],
];
const BAR = /^ *((?:CPU|GPU) (?:utilization|memory usage)) +\[\|* *(\d{1,3}%)\]/;

/** `jobstats` (Princeton's): what a job used of its CPUs and GPUs, on average. */
export const jobstats = resultCollector({
  id: 'jobstats',
  title: 'jobstats (Slurm)',
  sniff: (head) => (/^ *Slurm Job Statistics *$/m.test(head) && /^ *Job ID: /m.test(head) ? 0.95 : 0),
  open: openJobstats,
});

function openJobstats(): ResultReader {
  const fields = new Map<string, string>();
  const shares = new Map<string, number>();
  return {
    line(text) {
      const bar = BAR.exec(text);
      if (bar !== null) {
        const share = shareOf(bar[2] ?? '');
        if (share !== null && bar[1] !== undefined && !shares.has(bar[1])) shares.set(bar[1], share);
        return;
      }
      const colon = text.indexOf(': ');
      const name = text.slice(0, colon).trim();
      if (['Job ID', 'State', 'GPUs', 'CPU Cores', 'Run Time'].includes(name) && !fields.has(name)) fields.set(name, text.slice(colon + 2).trim());
    },
    statements() {
      if (shares.size === 0 && !fields.has('Job ID')) return [];
      const wall = slurmSeconds(fields.get('Run Time') ?? '');
      return [
        {
          tool: 'jobstats’ output (Slurm’s accounting of a job)',
          says: [
            ...sentence([
              `Job ${fields.get('Job ID') ?? 'without a number'}: ${fields.get('State') ?? 'state not printed'}`,
              fields.has('GPUs') ? `${fields.get('GPUs') ?? ''} GPUs` : null,
              fields.has('CPU Cores') ? `${fields.get('CPU Cores') ?? ''} CPU cores` : null,
              wall === null ? null : formatDuration(wall),
            ]),
            ...sentence(BARS.map(([label]) => (shares.has(label) ? `${label} ${percent(shares.get(label) ?? Number.NaN)}` : null))),
            'They are averages over the whole job: when its GPUs waited, and for what, is not in them.',
          ],
          figures: [...BARS.flatMap(([label, name]) => figure(name, shares.get(label), 'ratio')), ...figure('wallTime', wall, 'seconds')],
          instead: RECORD,
        },
      ];
    },
  };
}
