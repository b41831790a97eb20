import { type Figure, quantile } from '../bench.ts';
import { benchMetrics, gpuReadings, nodeBatch } from '../support/readings.ts';
import { compared, NAME } from './compared.ts';
import { type Ground, onGround, quiet, seconds } from './ground.ts';
import { declare, durableOf, headroomRequest, startHeadroom } from './headroom.ts';
import { lane } from './http.ts';
import { type Format, startVictoria, victoriaRequest } from './victoria.ts';

/** Nodes that send at the same time, each over one connection and each waiting for its answer before it sends again. */
const SENDERS = 64;
const GPUS = 4;
const PERIOD = 10;

interface Size {
  /** Of each GPU in a batch: what an agent sends live, a few at a time, and after a cut. */
  readonly rows: number;
  /** Rows of each GPU that one measurement sends, and a quick one. */
  readonly each: number;
  readonly quick: number;
  readonly format: Format;
  /** With a running job on every node, which is judged meanwhile. */
  readonly judged: boolean;
}

const SIZES: readonly Size[] = [
  { rows: 1, each: 120, quick: 40, format: 'prometheus', judged: false },
  { rows: 6, each: 600, quick: 180, format: 'jsonLines', judged: false },
  { rows: 90, each: 900, quick: 270, format: 'jsonLines', judged: false },
];
/** What no peer does: verdicts of 64 jobs, whose hours come within seconds. */
const JUDGED: Size = { rows: 6, each: 600, quick: 180, format: 'jsonLines', judged: true };

/** What one measurement gave: values a second until all were acknowledged, and the server's CPU for them, what it does afterwards included. */
interface Pass {
  readonly rate: number;
  /** Microseconds per value. */
  readonly cpu: number;
}

export interface IngestOptions {
  readonly quick: boolean;
  readonly profile: string | null;
}

/** Values a second that both take, by the size of the batches: the same readings, in turns. */
export function ingestFigures({ quick, profile }: IngestOptions): Promise<Figure[]> {
  const rounds = quick ? 1 : 3;
  // Those with jobs come last: a job that is declared stays.
  const sizes = [...SIZES, JUDGED].map((size) => (quick ? { ...size, each: size.quick } : size));
  const warm = SIZES.map((size) => ({ ...size, each: quick ? size.rows : size.quick }));
  const rows = [...warm, ...Array.from({ length: rounds }, () => sizes).flat()].reduce((sum, { each }) => sum + each, 0);
  return onGround(async (ground) => {
    const turn = await bothReady(ground, rows, profile);
    for (const size of warm) await turn(size, 0);
    const taken = sizes.map((size) => ({ size, headroom: new Array<Pass>(), victoria: new Array<Pass>() }));
    const measure = async ({ size, headroom, victoria }: (typeof taken)[number], round: number): Promise<void> => {
      // Verdicts come every ten seconds: they must not fall into the other's measurement.
      const both = await turn(size, size.judged && !quick ? 10 : 2);
      headroom.push(both.headroom);
      victoria.push(both.victoria);
      console.log(`  (round ${round + 1} of ${rounds}, ${whatOf(size)}: ${Math.round(performance.now() / 1000)} s)`);
    };
    for (const judged of [false, true])
      for (let round = 0; round < rounds; round += 1) for (const one of taken) if (one.size.judged === judged) await measure(one, round);
    return taken.flatMap(({ size, headroom, victoria }) => figuresOf(size, headroom, victoria));
  });
}

function whatOf({ rows, judged }: Size): string {
  return `${rows} ${rows === 1 ? 'row' : 'rows'} a batch${judged ? ', jobs judged meanwhile' : ''}`;
}

function figuresOf(size: Size, headroom: readonly Pass[], victoria: readonly Pass[]): Figure[] {
  const middle = (passes: readonly Pass[], of: (pass: Pass) => number): number => quantile(passes.map(of), 0.5);
  const rates = { headroom: middle(headroom, ({ rate }) => rate), victoria: middle(victoria, ({ rate }) => rate) };
  return [
    compared({ what: `ingest, ${whatOf(size)}`, unit: 'values/s', better: 'more', ...rates, ...(size.judged ? {} : { most: 1.3 }) }),
    compared({
      what: '  CPU of the server, all it does for them included',
      unit: 'µs/value',
      better: 'less',
      headroom: middle(headroom, ({ cpu }) => cpu),
      victoria: middle(victoria, ({ cpu }) => cpu),
    }),
  ];
}

/** Starts both; gives the function that sends the next rows of all nodes to the one and then to the other, and waits until both have rested (`rest` in seconds). */
async function bothReady(ground: Ground, rows: number, profile: string | null) {
  const headroom = await startHeadroom(ground, profile);
  const victoria = await startVictoria(ground);
  const start = Math.floor(Date.now() / 1000 / PERIOD - rows - 6) * PERIOD;
  const nodes = Array.from({ length: SENDERS }, (_, node) =>
    Array.from({ length: GPUS }, (__, index) => gpuReadings({ seed: node * GPUS + index, from: start, rows, period: PERIOD })),
  );
  let declared = false;
  const declareAll = async (from: number): Promise<void> => {
    declared = true;
    for (const node of nodes.keys()) {
      const gpus = Array.from({ length: GPUS }, (_, index) => `GPU-${node}-${index}`);
      await declare(headroom, { id: `job-${node}`, node: `alvis-${node}`, gpus, start: from });
    }
  };
  let next = 0;
  let seq = 0;

  return async (size: Size, rest: number): Promise<{ headroom: Pass; victoria: Pass }> => {
    const batches = nodes.map((readings, node) =>
      Array.from({ length: size.each / size.rows }, (_, index) =>
        nodeBatch(readings, { node, start: next + index * size.rows, rows: size.rows, seq: seq + index }),
      ),
    );
    if (size.judged && !declared) await declareAll(start + next * PERIOD);
    next += size.each;
    seq += size.each;
    const values = SENDERS * GPUS * benchMetrics.length * size.each;
    const drive = async (port: number, requests: readonly (readonly Buffer[])[]): Promise<{ rate: number; answers: string[] }> => {
      const begin = performance.now();
      const answers = await Promise.all(requests.map((own) => lane(port, own)));
      return { rate: values / ((performance.now() - begin) / 1000), answers: answers.flat() };
    };
    const cpu = (): { headroom: number; victoria: number } => ({ headroom: headroom.program.cpu(), victoria: victoria.program.cpu() });
    const toVictoria = batches.map((own) => own.map((batch) => victoriaRequest(victoria, batch, size.format)));
    const toHeadroom = batches.map((own) => own.map((batch) => headroomRequest(headroom, batch)));
    const before = cpu();
    const theirs = await drive(victoria.port, toVictoria);
    await quiet(victoria.program, Math.min(rest, 3));
    const ours = await drive(headroom.port, toHeadroom);
    const durable = durableOf(ours.answers);
    if (durable !== values) throw new Error(`Headroom has ${durable} of ${values} values:\n${headroom.program.printed()}`);
    await seconds(rest);
    await quiet(headroom.program, rest);
    const after = cpu();
    const each = (name: 'headroom' | 'victoria'): number => ((after[name] - before[name]) / values) * 1e6;
    return { headroom: { rate: ours.rate, cpu: each('headroom') }, victoria: { rate: theirs.rate, cpu: each('victoria') } };
  };
}

/** How it was asked, for those who read the figures. */
export const INGEST_NOTES: readonly string[] = [
  `ingest: ${SENDERS} nodes at a time, each over one connection with one request open; a batch is one node's ${GPUS} GPUs × ${benchMetrics.length} metrics × its rows, uncompressed.`,
  `  Headroom: POST /api/ingest, JSON; its answer comes after fsync. "Jobs judged meanwhile": a running job on every node, whose verdicts no peer makes; its hours come within seconds.`,
  `  ${NAME}: ${SIZES.map(({ rows, format }) => `${format === 'prometheus' ? '/api/v1/import/prometheus (text)' : '/api/v1/import (JSON lines)'} at ${rows}`).join(', ')}; its answer comes before the disk: about a second of readings is in memory only.`,
];
