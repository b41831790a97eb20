import { type Fact, type Intake, outgoingIntake, type Reading, tablesOf } from '../../core/readings/index.ts';
import { type Cast, type Cue, declarationOf, DEMO_CLUSTER, factsOf } from './cast.ts';
import { wander } from './random.ts';
import type { Frame } from './scenarios/index.ts';
import { type Count, readingsOf } from './telemetry.ts';

/** Seconds between two jobs on the same GPUs. */
const PAUSE = 90;
const FIRST_JOB = 4_182_900;

/**
 * A place with one scenario after another on it: job, pause, the next job. Counters are sums over the steps,
 * so steps must be played in order; `step(at)` covers the time since the step before.
 */
export interface Slot {
  step(at: number): Cue[];
  /** Readings since the last call, as one intake of this slot's sender. */
  take(): Intake;
}

interface SlotOptions extends Cast {
  readonly seed: number;
  /** When the history begins, seconds UTC. */
  readonly begin: number;
  /** Seconds between steps. */
  readonly period: number;
}

/** One job of a slot: they are numbered by their life, from 0. */
interface Life {
  readonly life: number;
  /** Seconds UTC. */
  readonly start: number;
  /** False in the pause behind it. */
  readonly runs: boolean;
}

/** A slot before its first step; the job that runs at `begin` has the scenario's age by then. */
export function openSlot(slot: SlotOptions): Slot {
  const { scenario, number, seed, begin, period } = slot;
  const counters = new Map<string, number>();
  let declared = -1;
  let ended = -1;
  let seq = 0;
  let readings: Reading[] = [];
  let facts: Fact[] = [];

  const count: Count = (name, rate) => {
    const value = (counters.get(name) ?? 0) + rate * period;
    counters.set(name, value);
    return value;
  };
  const cuesAt = (at: number, { life, start, runs }: Life): Cue[] => {
    const key = { cluster: DEMO_CLUSTER, id: String(FIRST_JOB + number + 40 * life) };
    if (runs && declared < life) {
      declared = life;
      counters.clear();
      facts = factsOf(slot, life);
      return [{ at, key, declaration: declarationOf(slot, start) }];
    }
    if (!runs && ended < life && declared === life) {
      ended = life;
      return [{ at, key, declaration: { state: scenario.endState, end: start + scenario.runs } }];
    }
    return [];
  };

  return {
    step(at) {
      const now = lifeAt(slot, at);
      const cues = cuesAt(at, now);
      readings.push(...readingsOf(slot, { at, frame: now.runs ? frameAt(slot, at, now.start) : null, seed, count }));
      return cues;
    },
    take() {
      const intake = outgoingIntake({ source: `demo/${scenario.name}/${begin}`, seq, tables: tablesOf(readings), facts, events: [] });
      readings = [];
      facts = [];
      seq += 1;
      return intake;
    },
  };
}

function lifeAt({ scenario, begin }: SlotOptions, at: number): Life {
  const cycle = scenario.runs + PAUSE;
  const origin = begin - scenario.age;
  const life = Math.floor((at - origin) / cycle);
  const start = origin + life * cycle;
  return { life, start, runs: at - start < scenario.runs };
}

function frameAt({ scenario, place, number, seed }: SlotOptions, at: number, start: number): Frame {
  return scenario.frame({
    t: at - start,
    gpu: place.gpus[0]?.type ?? 'A100-40',
    gpuCount: place.gpus.length,
    nodeCount: place.nodes.length,
    wander: (name, length) => wander(seed, `${number}/${name}`, at, length),
  });
}
