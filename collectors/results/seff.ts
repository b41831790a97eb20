import { formatDuration, type Statement } from '../../core/readings/index.ts';
import { figure, numberOf, percent, RECORD, resultCollector, type ResultReader, sentence, shareOf } from './kit/index.ts';
import { slurmSeconds } from './slurm-time.ts';

const FIELD =
  /^(Job ID|Array Job ID|State|Nodes|Cores|Cores per node|CPU Utilized|CPU Efficiency|Job Wall-clock time|Memory Utilized|Memory Efficiency): +(\S.*)$/;
/** Jobs told; an array prints one block each. */
const MOST = 50;

/** `seff JOBID`: the accounting of a finished job, CPU and memory only. Blocks may follow one another. */
export const seff = resultCollector({
  id: 'seff',
  title: 'seff (Slurm)',
  sniff: (head) => (/^Job ID: \S/m.test(head) && /^State: /m.test(head) && /^(?:CPU Efficiency: |Efficiency not available for jobs)/m.test(head) ? 0.7 : 0),
  open: openSeff,
});

/** Reads the blocks of seff wherever they stand. */
export function openSeff(): ResultReader {
  const told: Statement[] = [];
  let fields = new Map<string, string>();
  let noEfficiency = false;
  const close = (): void => {
    if (fields.has('Job ID') && fields.has('State') && (fields.has('CPU Efficiency') || noEfficiency) && told.length < MOST) told.push(statementOf(fields));
    fields = new Map();
    noEfficiency = false;
  };
  return {
    line(text) {
      noEfficiency ||= text.startsWith('Efficiency not available for jobs');
      const match = FIELD.exec(text.trimEnd());
      if (match === null) return;
      const [, name = '', value = ''] = match;
      if (name === 'Job ID') close();
      if (name === 'Job ID' || fields.has('Job ID')) fields.set(name, value);
    },
    statements() {
      close();
      return told;
    },
  };
}

function statementOf(fields: ReadonlyMap<string, string>): Statement {
  const cpu = part(fields.get('CPU Efficiency'));
  const memory = part(fields.get('Memory Efficiency'));
  const wall = slurmSeconds(fields.get('Job Wall-clock time') ?? '');
  const used = slurmSeconds(fields.get('CPU Utilized') ?? '');
  const cores = coresOf(fields);
  const state = fields.get('State') ?? 'state not printed';
  const job = fields.get('Job ID') ?? '';
  return {
    tool: 'seff’s output (Slurm’s accounting of a job)',
    says: [
      ...sentence([
        `Job ${job}: ${state}`,
        cores === null ? null : `${cores} ${cores === 1 ? 'core' : 'cores'}`,
        wall === null ? null : `${formatDuration(wall)} of wall-clock time`,
      ]),
      ...sentence([
        cpu === null
          ? null
          : `CPU efficiency ${percent(cpu.share)}: ${used === null ? 'that much' : formatDuration(used)} of CPU work in ${cpu.of.replace(/ core-walltime$/, '')} of core time`,
      ]),
      ...sentence([
        memory === null ? null : `Memory efficiency ${percent(memory.share)} of ${memory.of}: ${fields.get('Memory Utilized') ?? 'not printed'} used`,
      ]),
      ...(/^(?:RUNNING|PENDING)/.test(state) ? ['The job has not ended: what is printed of it is not final.'] : []),
      'There is no GPU in it: whether one worked, and what limited it, seff does not know.',
    ],
    figures: [
      ...figure('cpuEfficiency', cpu?.share, 'ratio'),
      ...figure('memoryEfficiency', memory?.share, 'ratio'),
      ...figure('wallTime', wall, 'seconds'),
      ...figure('cpuTime', used, 'seconds'),
      ...figure('cores', cores, 'count'),
    ],
    instead: RECORD,
  };
}

/** `35.68% of 00:07:20 core-walltime`. */
function part(text: string | undefined): { share: number; of: string } | null {
  const at = text?.indexOf(' of ') ?? -1;
  if (text === undefined || at < 0) return null;
  const share = shareOf(text.slice(0, at));
  return share === null ? null : { share, of: text.slice(at + 4) };
}

function coresOf(fields: ReadonlyMap<string, string>): number | null {
  const all = numberOf(fields.get('Cores') ?? '');
  if (all !== null) return all;
  const nodes = numberOf(fields.get('Nodes') ?? '');
  const each = numberOf(fields.get('Cores per node') ?? '');
  return nodes === null || each === null ? null : nodes * each;
}
