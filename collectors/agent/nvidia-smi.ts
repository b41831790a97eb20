import type { Batch, Fact, Reading } from '../../core/readings/index.ts';
import type { Session } from '../collector/index.ts';
import { nvidiaSmiQuery } from '../nvidia-smi/index.ts';
import { keepRunning, type Kept, runOnce } from './child.ts';
import { knownFields, OLD_FIELDS } from './nvidia-fields.ts';
import type { Backoff } from './types.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How often the processes on the GPUs are listed, seconds. */
const APPS_INTERVAL = 60;
/** Where nvidia-smi is not installed it is looked for again after this, seconds. */
const MISSING_WAIT = 600;
/** A stamp of nvidia-smi's further than this from our clock is not believed, seconds. */
const SKEW = 60;

export interface GpuSource {
  stop(): Promise<void>;
}

export interface GpuOptions {
  readonly program: string;
  /** What `-i` shall name; null for all. */
  readonly gpus: string | null;
  readonly node: string;
  readonly interval: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly backoff: Backoff;
  readonly seen: (batch: Pick<Batch, 'readings' | 'facts' | 'events'>) => void;
  /** Which processes are on which GPU. */
  readonly onGpus: (pids: ReadonlySet<number>) => void;
  readonly trouble: (text: string) => void;
  /** Ends what is under way before the source is there. */
  readonly signal: AbortSignal;
}

/**
 * One long-lived `nvidia-smi --query-gpu … --loop`, and one that lists processes once a minute. The fields are those that this driver
 * knows, asked once. A hung one is killed and started again.
 */
export async function startGpus(options: GpuOptions): Promise<GpuSource> {
  const { program, interval, backoff, trouble } = options;
  const env = { ...options.env, TZ: 'UTC', LC_ALL: 'C' }; // its stamps name no zone
  const help = await runOnce({ program, args: ['--help-query-gpu'], env }, 20, options.signal);
  if (options.signal.aborted) return { stop: () => Promise.resolve() };
  const fields = help.kind === 'output' ? knownFields(help.text) : [];
  if (help.kind === 'failed') trouble(`nvidia-smi --help-query-gpu: ${help.reason}`);
  const asked = fields.includes('uuid') ? fields : OLD_FIELDS;
  const chosen = options.gpus === null ? [] : ['-i', options.gpus];
  const loop = (seconds: number): string => (Number.isInteger(seconds) ? `--loop=${seconds}` : `--loop-ms=${Math.round(seconds * 1000)}`);
  const said = new Set<string>();

  const told =
    (name: string) =>
    (text: string, kind: 'missing' | 'ended' | 'hung'): void => {
      const words = kind === 'missing' ? 'nvidia-smi is not installed here: no GPU readings' : `${name}: ${text}`;
      if (kind === 'hung' || !said.has(words)) trouble(words); // the same end again is no news
      if (said.size < 100) said.add(words);
      if (kind === 'hung') apps?.kick();
    };
  const query = gpuReader(options);
  const kept = keepRunning({
    command: { program, args: [...chosen, `--query-gpu=${asked.join(',')}`, '--format=csv,nounits', loop(interval)], env },
    onText: query,
    onTrouble: told('nvidia-smi --query-gpu'),
    silence: 3 * interval,
    patience: 30,
    backoff,
    missingWait: MISSING_WAIT,
  });
  // It prints nothing while no process is on a GPU, so silence says nothing about it.
  const apps: Kept | null =
    help.kind === 'missing'
      ? null
      : keepRunning({
          command: {
            program,
            args: [...chosen, '--query-compute-apps=timestamp,pid,gpu_uuid,used_gpu_memory', '--format=csv,nounits', loop(Math.max(APPS_INTERVAL, interval))],
            env,
          },
          onText: appReader(options),
          onTrouble: told('nvidia-smi --query-compute-apps'),
          silence: null,
          patience: 30,
          backoff,
          missingWait: MISSING_WAIT,
        });
  return {
    async stop() {
      await Promise.all([kept.stop(), apps?.stop()]);
    },
  };
}

/** Text of the query into readings; `null` ends a run. */
function gpuReader({ node, seen, trouble }: GpuOptions): (text: string | null) => void {
  let session: Session | null = null;
  let skewed = false;
  let faults = 0;
  const minors = new Set<string>();
  return (text) => {
    session ??= nvidiaSmiQuery.open({ node, tz: 'UTC' });
    const batch = text === null ? session.end() : session.feed(text);
    if (text === null) session = null;
    const now = Date.now() / 1000;
    const readings = batch.readings.map((reading): Reading => {
      const off = batch.clock === 'utc' ? reading.at - now : Number.NaN;
      if (Math.abs(off) <= SKEW) return reading;
      if (batch.clock === 'utc' && !skewed) trouble(`nvidia-smi's clock is ${Math.round(off)} s off: its readings are stamped on arrival`);
      skewed ||= batch.clock === 'utc';
      return { ...reading, at: now };
    });
    for (const rejection of batch.rejected) {
      faults += 1;
      if (faults <= 5) trouble(`nvidia-smi printed what could not be read: ${rejection.reason}: ${rejection.text}`);
    }
    const events = batch.events.map((event) => ({ ...event, at: now }));
    const facts = batch.facts.concat(minorFacts(batch.facts, minors));
    if (readings.length + facts.length + events.length > 0) seen({ readings, facts, events });
  };
}

function appReader({ node, seen, onGpus }: GpuOptions): (text: string | null) => void {
  let session: Session | null = null;
  let pids = new Map<number, number>(); // pid → when it was last listed
  return (text) => {
    session ??= nvidiaSmiQuery.open({ node, tz: 'UTC' });
    const batch = text === null ? session.end() : session.feed(text);
    if (text === null) session = null;
    const now = Date.now() / 1000;
    for (const reading of batch.readings) {
      const pid = Number.parseInt(reading.entity.id.slice(reading.entity.id.lastIndexOf('/') + 1), 10);
      if (reading.entity.kind === 'process' && pid > 0) pids.set(pid, now);
    }
    pids = new Map([...pids].filter(([, at]) => now - at < 2.5 * APPS_INTERVAL));
    onGpus(new Set(pids.keys()));
    // A list is known to be whole when the next one begins, a minute later.
    const readings = batch.readings.map((reading) => ({ ...reading, at: Math.abs(reading.at - now) <= SKEW + APPS_INTERVAL ? reading.at : now }));
    const facts = batch.facts.filter((fact) => fact.entity.kind === 'process' && fact.name !== 'command'); // the host source knows it, redacted
    if (readings.length + facts.length > 0) seen({ readings, facts, events: [] });
  };
}

/** Slurm's IDX is the minor number, which no query prints. */
function minorFacts(facts: readonly Fact[], done: Set<string>): Fact[] {
  return facts.flatMap((fact) => {
    if (fact.name !== 'pciBusId' || fact.entity.kind !== 'gpu' || done.has(fact.entity.id)) return [];
    done.add(fact.entity.id);
    const minor = minorNumbers().get(fact.value.toLowerCase().replace(/^0000(?=[0-9a-f]{4}:)/, ''));
    return minor === undefined ? [] : [{ entity: fact.entity, name: 'minor' as const, value: minor }];
  });
}

const FOLDER = '/proc/driver/nvidia/gpus';

/** Minor numbers of the GPUs by PCI bus id (`0000:17:00.0`), from the driver's own files; empty where there is no driver. */
export function minorNumbers(folder = FOLDER): Map<string, string> {
  const minors = new Map<string, string>();
  for (const name of listed(folder)) {
    const text = read(join(folder, name, 'information'));
    const bus = /^Bus Location:\s+(\S+)/m.exec(text)?.[1];
    const minor = /^Device Minor:\s+(\d+)/m.exec(text)?.[1];
    if (bus !== undefined && minor !== undefined) minors.set(bus.toLowerCase(), minor);
  }
  return minors;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no NVIDIA driver here
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a GPU that went away: it has no number then
  }
}
