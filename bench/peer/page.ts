import { decodeSeries, SERIES_BYTES } from '../../core/contract/index.ts';
import { type Figure, quantile } from '../bench.ts';
import { benchMetrics, gpuReadings, nodeBatch } from '../support/readings.ts';
import { compared, NAME } from './compared.ts';
import { bytesIn, weigh } from './disk.ts';
import { type Ground, onGround, quiet, type Running, seconds } from './ground.ts';
import { declare, durableOf, type Headroom, headroomRequest, startHeadroom } from './headroom.ts';
import { type Answer, ask, hangUp, lane } from './http.ts';
import { countStored, settle, startVictoria, type Victoria, victoriaRequest } from './victoria.ts';

const DAY = 86_400;
const GPUS = 4;
const PERIOD = 10;
const POINTS = 600;
/** Seconds between the server's rounds of sealing (server/schedule/table.ts). */
const SEALING = 20;

export interface PageOptions {
  readonly quick: boolean;
  readonly profile: string | null;
}

interface Both {
  readonly headroom: Headroom;
  readonly victoria: Victoria;
}

interface Stored {
  /** Seconds UTC of the first reading: midnight. */
  readonly start: number;
  readonly days: number;
  readonly values: number;
}

/** One job's page out of several jobs' days of readings, then what these take on disk. */
export function pageFigures({ quick, profile }: PageOptions): Promise<Figure[]> {
  return onGround(async (ground) => {
    const both = await started(ground, profile);
    const stored = await fed(both, quick ? { nodes: 1, days: 2 } : { nodes: 4, days: 3 });
    const pages = await pagesOf(both, stored, quick ? 25 : 200);
    hangUp();
    return [...pages, ...(await diskOf(both, stored))];
  });
}

async function started(ground: Ground, profile: string | null): Promise<Both> {
  return { headroom: await startHeadroom(ground, profile), victoria: await startVictoria(ground) };
}

/** Feeds whole days that have ended to both, a running job per node, and lets Headroom seal them and make its roll-ups. */
async function fed({ headroom, victoria }: Both, { nodes, days }: { nodes: number; days: number }): Promise<Stored> {
  // A day is rolled up an hour after its end.
  const start = Math.floor((Date.now() / 1000 - 2 * 3600) / DAY) * DAY - days * DAY;
  const rows = (days * DAY) / PERIOD;
  const values = nodes * GPUS * benchMetrics.length * rows;
  const requests = Array.from({ length: nodes }, (_, node) => {
    const readings = Array.from({ length: GPUS }, (__, index) => gpuReadings({ seed: 100 + node * GPUS + index, from: start, rows, period: PERIOD }));
    const batches = Array.from({ length: rows / 90 }, (__, index) => nodeBatch(readings, { node, start: index * 90, rows: 90, seq: index }));
    return { ours: batches.map((batch) => headroomRequest(headroom, batch)), theirs: batches.map((batch) => victoriaRequest(victoria, batch, 'jsonLines')) };
  });
  for (let node = 0; node < nodes; node += 1)
    await declare(headroom, { id: `job-${node}`, node: `alvis-${node}`, gpus: Array.from({ length: GPUS }, (_, index) => `GPU-${node}-${index}`), start });
  await Promise.all(requests.map(({ theirs }) => lane(victoria.port, theirs)));
  // The rest of a head that is sealed while it grows stays open for an hour: a few rows of each GPU, where the machine is too slow for this.
  if (untilSealing() < 2 + values / 300_000) await seconds(untilSealing() + 1);
  const answers = await Promise.all(requests.map(({ ours }) => lane(headroom.port, ours)));
  const durable = durableOf(answers.flat());
  if (durable !== values) throw new Error(`Headroom has ${durable} of ${values} values:\n${headroom.program.printed()}`);
  await settle(victoria);
  const counted = await countStored(victoria, '{gpu!=""}', start, start + days * DAY);
  if (counted !== values) throw new Error(`${NAME} has ${counted} of ${values} values`);
  await seconds(untilSealing() + 1);
  await quiet(headroom.program, 30);
  return { start, days, values };
}

function untilSealing(): number {
  return SEALING - ((Date.now() / 1000) % SEALING);
}

/** A request whose answer draws the page's charts. */
interface Question {
  readonly name: string;
  readonly program: Running;
  /** Its answer to 24 hours from a time on (seconds UTC). */
  readonly answer: (from: number) => Promise<Answer>;
  /** Series in an answer and points in the longest of them: a chart that lacks some is no comparison. */
  readonly shape: (body: Buffer) => { series: number; points: number };
}

function questions({ headroom, victoria }: Both): Record<'page' | 'last' | 'mean' | 'three' | 'cached', Question> {
  const step = DAY / POINTS;
  const rate = `rate(gpu_energy{node="alvis-0"}[${step}s]) keep_metric_names`;
  const gauges = '{node="alvis-0",__name__!="gpu_energy"}';
  const mean = `union(avg_over_time(${gauges}[${step}s]) keep_metric_names, ${rate})`;
  const three = `union(rollup(${gauges}[${step}s]) keep_metric_names, rollup_rate(gpu_energy{node="alvis-0"}[${step}s]) keep_metric_names)`;
  const toVictoria = (name: string, query: string, cache: boolean): Question => ({
    name,
    program: victoria.program,
    answer: (from) => {
      const range = { query, start: String(from + step), end: String(from + DAY), step: `${step}s`, ...(cache ? {} : { nocache: '1' }) };
      return ask(victoria.port, `/api/v1/query_range?${new URLSearchParams(range).toString()}`);
    },
    shape: (body) => {
      const parsed = JSON.parse(body.toString('utf8')) as { data: { result: { values: unknown[] }[] } }; // a parse boundary: Prometheus's API
      return { series: parsed.data.result.length, points: Math.max(...parsed.data.result.map(({ values }) => values.length)) };
    },
  });
  const path = `/api/jobs/local/job-0/series?metrics=${benchMetrics.join(',')}&points=${POINTS}`;
  return {
    page: {
      name: 'Headroom',
      program: headroom.program,
      answer: (from) => ask(headroom.port, `${path}&from=${from}&to=${from + DAY}`, { headers: { ...headroom.headers, accept: SERIES_BYTES } }),
      shape: (body) => {
        const { series } = decodeSeries(Uint8Array.from(body).buffer);
        return { series: series.length, points: Math.max(...series.map(({ t }) => t.length)) };
      },
    },
    last: toVictoria('last', '{node="alvis-0"}', false),
    mean: toVictoria('mean', mean, false),
    three: toVictoria('min, mean, max', three, false),
    cached: toVictoria('mean, from its cache', mean, true),
  };
}

/** Asks all of them in turns, other 24 hours each time, so that a slow moment of the machine is everybody's. */
async function pagesOf(both: Both, { start, days }: Stored, rounds: number): Promise<Figure[]> {
  const { page, last, mean, three, cached } = questions(both);
  const all = [page, last, mean, three, cached];
  const taken = new Map(all.map((question) => [question, new Array<Answer & { cpu: number }>()]));
  const windows = (days - 1) * 24;
  for (let round = -20; round < rounds; round += 1) {
    const from = start + (((round + 20) * 7) % windows) * 3600;
    // Each is first in its turn: what the one before leaves behind is nobody's alone.
    for (const index of all.keys()) {
      const question = all[(index + round + 20) % all.length];
      if (question === undefined) continue;
      const before = question.program.cpu();
      const answer = await question.answer(from);
      const cpu = (question.program.cpu() - before) * 1000;
      // The first few pay for compiling and for filling caches.
      if (round >= 0) taken.get(question)?.push({ ...answer, cpu, body: round === 0 ? answer.body : Buffer.alloc(0) });
    }
  }
  const series = GPUS * benchMetrics.length;
  for (const [question, answers] of taken) {
    const shape = question.shape(answers[0]?.body ?? Buffer.alloc(0));
    const wanted = question === three ? 3 * series : series;
    if (shape.series !== wanted || Math.abs(shape.points - POINTS) > 1)
      throw new Error(`${question.name}: ${shape.series} series of ${shape.points} points, not ${wanted} of ${POINTS}`);
  }
  const time = (share: number) => (question: Question) =>
    quantile(
      (taken.get(question) ?? []).map(({ took }) => took),
      share,
    );
  const cpu = (question: Question): number =>
    quantile(
      (taken.get(question) ?? []).map((answer) => answer.cpu),
      0.5,
    );
  const size = (question: Question): number => (taken.get(question)?.[0]?.body.length ?? Number.NaN) / 1000;
  const beside = (what: string, against: Question, most?: number): Figure[] => {
    const line = (name: string, unit: string, of: (question: Question) => number, limit?: number): Figure =>
      compared({ what: name, unit, better: 'less', headroom: of(page), victoria: of(against), ...(limit === undefined ? {} : { most: limit }) });
    return [
      line(`job page beside ${what}, p50`, 'ms', time(0.5), most),
      line('  p95', 'ms', time(0.95)),
      line('  CPU of the server until the last byte, p50', 'ms', cpu),
      line('  the answer', 'kB', size),
    ];
  };
  return [
    ...beside('the last value of each point', last, 2),
    ...beside('the mean of each point', mean),
    ...beside('its min, mean and max', three),
    ...beside('the mean out of a cache', cached),
  ];
}

async function diskOf({ headroom, victoria }: Both, { values }: Stored): Promise<Figure[]> {
  await settle(victoria);
  const theirs = bytesIn(victoria.folders) / values;
  await headroom.program.stop();
  const { whole, dense, raw, sealed } = await weigh(headroom.file);
  if (sealed < 0.95 * values) throw new Error(`only ${sealed} of ${values} values are sealed`);
  const line = (what: string, each: number): Figure => compared({ what, unit: 'bytes/value', better: 'less', headroom: each, victoria: theirs });
  return [
    line('on disk, sealed, without roll-ups', raw / sealed),
    line('  with roll-ups of a minute and of five', dense / sealed),
    line('  the file as it lies, with pages that are free for what comes', whole / values),
  ];
}

/** How it was asked, for those who read the figures. */
export const PAGE_NOTES: readonly string[] = [
  `page: ${GPUS} GPUs × 24 h at ${PERIOD} s × ${benchMetrics.length} metrics at ${POINTS} points, one request, uncompressed, until its last byte; asked in turns.`,
  `  Headroom: GET /api/jobs/…/series as the page asks for it (typed columns), which has min, mean and max of each point, and energy as a rate.`,
  `  ${NAME}: GET /api/v1/query_range of the same series, step ${DAY / POINTS} s, nocache=1 but where a cache is named: {…} as it is ("last value"), avg_over_time and rate of energy ("mean"), rollup and rollup_rate ("min, mean and max", three series for each of ours).`,
  `disk: whole days that have ended. Headroom: series.db after a stop; ${NAME}: data and indexdb after force_flush and force_merge; it makes no roll-ups.`,
];
