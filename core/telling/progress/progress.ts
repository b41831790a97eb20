import type { Analysis } from '../../contract/index.ts';
import { clockWords, type JudgedRun, subjectClock } from '../../judging/index.ts';
import { growthOf, type Growth } from './growth.ts';
import { countedBeside, loggedOf } from './logged.ts';
import { KIND_IDS, paceOf, type Pace } from './pace.ts';
import { assumedClocks, formatAgainst, formatDuration, formatValue, meanNow, medianOf, type Table } from '../../readings/index.ts';

type Progress = NonNullable<Analysis['progress']>;

/**
 * Tokens or steps per second over the last five minutes against the job's own median while it works, the time of its last progress, and how soon a
 * growing memory is full. Null where nothing shows progress and no memory grows.
 */
export function progressOf(judged: JudgedRun): Progress | null {
  const pace = paceOf(judged.engines, judged.period);
  const memory = memoryOf(judged);
  const logged = [...loggedOf(judged.engines), ...countedBeside(judged)];
  const assumed = pace === null ? [] : clockWords(judged.engines.filter(({ columns }) => KIND_IDS.some((id) => columns.has(id))).map(namedClock));
  if (pace === null && memory === null && logged.length === 0) return null;
  return {
    unit: pace?.unit ?? 'tokens/s',
    now: pace === null ? null : nowOf(pace, judged),
    median: pace === null ? null : medianOf([...pace.values].filter((value) => value > 0)),
    lastProgressAt: pace === null ? null : lastProgress(pace, judged),
    ...(logged.length === 0 ? {} : { logged }),
    ...(assumed.length === 0 ? {} : { assumed }),
    ...(memory === null ? {} : { memory }),
  };
}

function namedClock({ entity, facts }: Table) {
  return subjectClock('engine', entity.id.split('@')[0] ?? entity.id, facts);
}

/** The mean of the last five minutes, as on every figure of a page; null where none of it is as young. */
function nowOf({ t, width, values, seconds, perStep }: Pace, judged: JudgedRun): number | null {
  // A row tells of the time up to its end.
  const over = (y: Float64Array, weights?: ArrayLike<number>) => meanNow({ t: t.map((at) => at + width), y }, judged.options.now ?? judged.to, weights);
  if (!perStep) return over(values, seconds);
  const each = over(values.map((rate) => 1 / rate));
  return each === null ? null : 1 / each;
}

function lastProgress({ t, width, values }: Pace, judged: JudgedRun): number | null {
  for (let row = values.length - 1; row >= 0; row -= 1) {
    if ((values[row] ?? Number.NaN) > 0) return Math.min(judged.to, (t[row] ?? Number.NaN) + width);
  }
  return null;
}

/** The memory that is full first at its present pace. One that fills later than the site lets any job run fills never. */
function memoryOf(judged: JudgedRun): NonNullable<Progress['memory']> | null {
  const gpus = judged.gpus.map(({ id, series }) => ({
    of: id,
    facts: series.facts,
    growth: growthOf(series, judged.period, { used: 'gpu.memUsed', total: 'gpu.memTotal' }),
  }));
  const hosts = judged.hosts.map((host) => ({
    of: host.entity.id,
    facts: host.facts,
    growth: growthOf(host, judged.period, { used: 'host.memUsed', total: 'host.memTotal' }),
  }));
  const longest = judged.options.site?.longestJob ?? Number.POSITIVE_INFINITY; // no limit is known
  const growing = [...gpus, ...hosts].filter(
    (one): one is { of: string; facts: Table['facts']; growth: Growth } => one.growth !== null && one.growth.secondsToFull <= longest,
  );
  const [soonest] = growing.sort((a, b) => a.growth.secondsToFull - b.growth.secondsToFull);
  if (soonest === undefined) return null;
  const { of, facts, growth } = soonest;
  const paced = assumedClocks(facts).some(({ kind }) => kind === 'period') ? ', if its samples, which carry no times, are as far apart as assumed' : '';
  return {
    of,
    bytesPerSecond: growth.slope,
    fullAt: judged.to + growth.secondsToFull,
    text: `memory of ${of} grows by ${formatValue(growth.slope * 3600, 'bytes')} an hour (${formatAgainst(growth.used, growth.total, 'bytes')} now): full in ${formatDuration(growth.secondsToFull)} at this pace${paced}`,
  };
}
