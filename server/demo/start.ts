import type { JobDeclaration } from '../../core/contract/index.ts';
import type { Intake } from '../../core/readings/index.ts';
import { background, type Background } from './background.ts';
import type { Cue } from './cast.ts';
import { demoCluster } from './cluster.ts';
import { placeAll } from './place.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { openSlot, type Slot } from './slot.ts';

/** Seconds between readings of the jobs with full telemetry, and of the others. */
const PERIOD = 5;
const STATE_PERIOD = 60;
/** History that is there at the start, seconds. */
const HISTORY = 3600;
/** Steps per intake of the history: five minutes. */
const CHUNK = 60;

export interface DemoOptions {
  /** The same function that real readings go through; resolves when they are on disk. */
  readonly ingest: (intake: Intake) => Promise<unknown>;
  readonly declare: (key: { cluster: string; id: string }, declaration: JobDeclaration) => Promise<unknown>;
  readonly seed: number;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly log: { info(text: string): void; error(text: string): void };
}

/** Plays the pretend Alvis: an hour of history at once, then live. Resolves when the history is in. */
export async function startDemo(options: DemoOptions): Promise<{ stop(): Promise<void> }> {
  const { ingest, seed, now, log } = options;
  const start = Math.floor(now() / STATE_PERIOD) * STATE_PERIOD;
  const begin = start - HISTORY;
  const cluster = demoCluster(seed);
  const { places, rest, beside } = placeAll(cluster, SCENARIOS);
  const slots = SCENARIOS.map((scenario, number) => {
    const place = places[number];
    if (place === undefined) throw new Error(`no place for ${scenario.name}`);
    return openSlot({ scenario, place, number, seed, begin, period: PERIOD });
  });
  const others = background({ nodes: rest, beside, seed, begin });

  await declareAll(options, others.cues);
  for (let from = begin; from < start; from += CHUNK * PERIOD) {
    await Promise.all(slots.map((slot) => playSlot(options, slot, times(from, Math.min(start, from + CHUNK * PERIOD), PERIOD))));
  }
  await Promise.all(others.nodes.map((node) => ingest(others.intake(node, times(begin, start, STATE_PERIOD)))));
  log.info(
    `demo: ${cluster.length} nodes, ${cluster.reduce((sum, node) => sum + node.gpus.length, 0)} GPUs, ${SCENARIOS.length + others.cues.length} jobs; an hour of history is in`,
  );

  return live({ options, slots, others, start });
}

/** Steps at the wall clock's pace; after a sleep of the machine it catches up. */
function live(play: { options: DemoOptions; slots: readonly Slot[]; others: Background; start: number }): { stop(): Promise<void> } {
  const { options, slots, others } = play;
  let next = play.start;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  const tick = async (): Promise<void> => {
    while (!stopped && next <= options.now()) {
      const at = next;
      next += PERIOD;
      await Promise.all(slots.map((slot) => playSlot(options, slot, [at])));
      // The others report once a minute, a twelfth of them at each step.
      const turn = Math.round(at / PERIOD) % (STATE_PERIOD / PERIOD);
      await Promise.all(others.nodes.filter((_, index) => index % (STATE_PERIOD / PERIOD) === turn).map((node) => options.ingest(others.intake(node, [at]))));
    }
  };
  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        running = tick()
          .catch((error: unknown) => options.log.error(`demo: a step failed: ${error instanceof Error ? error.message : String(error)}`))
          .finally(schedule);
      },
      Math.max(50, (next - options.now()) * 1000),
    );
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}

async function playSlot(options: DemoOptions, slot: Slot, at: readonly number[]): Promise<void> {
  const cues = at.flatMap((time) => slot.step(time));
  // Declared first, so that readings find their job.
  await declareAll(options, cues);
  await options.ingest(slot.take());
}

async function declareAll(options: DemoOptions, cues: readonly Cue[]): Promise<void> {
  for (const cue of cues) await options.declare(cue.key, cue.declaration);
}

function times(from: number, to: number, period: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / period)) }, (_, index) => from + index * period);
}
