import { parentPort, workerData } from 'node:worker_threads';
import type { Fact, Reading } from '../../core/readings/index.ts';
import { parseUptime } from '../proc/index.ts';
import type { Values } from '../text/index.ts';
import { readKernelFile } from './files.ts';
import { hostSource, type HostSourceOptions } from './host-source.ts';
import { processSource, userNames } from './process-source.ts';

/** What each source is told when its thread starts, what it is asked at every sample (`at` in seconds UTC), and what it answers. */
export interface Asked {
  readonly host: {
    readonly about: HostSourceOptions;
    readonly question: { readonly at: number };
    readonly answer: { readonly readings: readonly Reading[]; readonly facts: readonly Fact[] };
  };
  readonly processes: {
    readonly about: { readonly node: string; readonly uid: number | null };
    /** `onGpus`: processes that hold a GPU. */
    readonly question: { readonly at: number; readonly onGpus: readonly number[] };
    readonly answer: {
      readonly readings: readonly Reading[];
      readonly facts: readonly Fact[];
      readonly gauges: Values;
      readonly ports: readonly number[];
    };
  };
}

export type Replied = { readonly kind: 'answer'; readonly answer: unknown } | { readonly kind: 'failed'; readonly reason: string };

type Sources = { readonly [K in keyof Asked]: (about: Asked[K]['about']) => (question: Asked[K]['question']) => Asked[K]['answer'] };

const SOURCES: Sources = {
  host(about) {
    const source = hostSource(about);
    return ({ at }) => source.sample(at);
  },
  processes(about) {
    const source = processSource({ ...about, names: userNames() });
    return ({ at, onGpus }) => {
      source.onGpus(new Set(onGpus));
      const seen = source.sample(at, parseUptime(readKernelFile('/proc/uptime') ?? '') ?? at);
      return { ...seen, ports: source.ports() };
    };
  },
};

const about = workerData as { readonly [K in keyof Asked]: Asked[K]['about'] }; // a parse boundary: what apart.ts passes

type Answers = { [K in keyof Asked]?: (question: Asked[K]['question']) => Asked[K]['answer'] };
const opened: Answers = {};

/** A source's answer; it is opened when it is first asked. */
function answer<K extends keyof Asked>(source: K, question: Asked[K]['question']): Asked[K]['answer'] {
  const ask: (question: Asked[K]['question']) => Asked[K]['answer'] = opened[source] ?? SOURCES[source](about[source]);
  opened[source] = ask as Answers[K]; // the same, kept under its own name
  return ask(question);
}

parentPort?.on('message', ({ source, question }: { source: keyof Asked; question: never }) => {
  let reply: Replied;
  try {
    reply = { kind: 'answer', answer: answer(source, question) };
  } catch (error) {
    reply = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
