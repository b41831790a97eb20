import { randomBytes } from 'node:crypto';
import type { Batch } from '../../core/readings/index.ts';
import { hostOf } from '../collector/index.ts';
import { parseUptime } from '../proc/index.ts';
import { discover, scraper, type Scraper } from './scrape.ts';
import { readKernelFile } from './files.ts';
import { hostSource } from './host-source.ts';
import { type GpuSource, startGpus } from './nvidia-smi.ts';
import { outbox } from './outbox.ts';
import { parcelOf } from './parcel.ts';
import { processSource, userNames } from './process-source.ts';
import { queueOn } from './queue.ts';
import { register } from './register.ts';
import { startSender } from './sender.ts';
import { openSpool } from './spool.ts';
import type { AgentOptions, Log, RunningAgent } from './types.ts';

const SILENT: Log = { info: () => undefined, warn: () => undefined };
/** Exporters and engines are looked for this often, seconds. */
const DISCOVER_EVERY = 60;
/** How long the last delivery may take when the agent ends, seconds. */
const LAST_WORDS = 5;

/**
 * Watches one node: GPUs through one long-lived nvidia-smi, the host through /proc and /sys, LLM processes, and `/metrics` pages; sends
 * what it sees in batches. Throws where the spool cannot be used; everything else that is missing is reported and done without.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { node, interval, send } = options;
  const log = options.log ?? SILENT;
  const env = options.env ?? process.env;
  const backoff = options.backoff ?? { first: 1, most: 60 };
  const job = options.job ?? null;
  const now = (): number => Date.now() / 1000;
  const over = new AbortController();

  // Added things are sent together, a moment after the first of them.
  let flushing: NodeJS.Timeout | undefined;
  let stopped = false;
  const box = outbox({
    source: `agent/${node}/${Math.round(now()).toString(36)}-${randomBytes(4).toString('hex')}`,
    node,
    job: job === null ? null : `${job.cluster}/${job.id}`,
    added: () => {
      if (!stopped) flushing ??= setTimeout(() => flushSoon(), Math.min(1000, interval * 250));
    },
  });
  const trouble = (text: string): void => {
    log.warn(text);
    box.event({ at: now(), entity: hostOf(node), kind: 'collector', text });
  };
  const lost = (batches: number, why: string): void => trouble(`${batches} ${batches === 1 ? 'batch is' : 'batches are'} lost: ${why}`);
  const spool = options.spool === null ? null : await openSpool(options.spool, lost);
  const queue = queueOn(spool, lost);
  const sender = startSender({
    queue,
    send,
    backoff,
    log,
    refused: (reason) => box.event({ at: now(), entity: null, kind: 'collector', text: `a batch was refused: ${reason}` }),
  });
  if (spool !== null && spool.count() > 0) {
    log.info(`${spool.count()} batches of an earlier run wait in the spool`);
    sender.wake();
  }
  const flush = async (): Promise<void> => {
    flushing = undefined;
    const intake = box.take(now());
    if (intake === null) return;
    await queue.push(parcelOf(intake));
    sender.wake();
  };

  const flushSoon = (): void => {
    flush().catch((error: unknown) => log.warn(`a batch could not be queued: ${error instanceof Error ? error.message : String(error)}`));
  };

  const take = (batch: Pick<Batch, 'readings' | 'facts' | 'events'>): void => {
    box.facts(batch.facts);
    for (const event of batch.events) box.event(event);
    box.readings(batch.readings);
  };
  const host = hostSource({ node, env });
  const uid = process.getuid?.() ?? 0;
  // Root's agent watches the node; a user's watches the user's own job.
  const processes = processSource({ node, uid: uid === 0 && job === null ? null : uid, names: userNames() });
  const scrapers = new Map<string, Scraper>();
  const addScraper = (address: string): void => void scrapers.set(address, scraper({ address, node, interval, signal: over.signal, seen: take, trouble }));
  for (const address of options.metrics ?? []) addScraper(address);

  const look = (): void => {
    const at = now();
    const steady = parseUptime(readKernelFile('/proc/uptime') ?? '') ?? at;
    const seen = processes.sample(at, steady);
    const machine = host.sample(at);
    box.facts([...machine.facts, ...seen.facts]);
    box.readings([...machine.readings.map((reading) => ({ ...reading, values: { ...reading.values, ...seen.gauges } })), ...seen.readings]);
    for (const each of scrapers.values()) void each.scrape();
  };
  const search = async (): Promise<void> => {
    for (const address of await discover(processes.ports(), new Set(scrapers.keys()), over.signal)) {
      log.info(`reading ${address}`);
      addScraper(address);
    }
  };

  let gpus: GpuSource | null = null;
  const starting = startGpus({
    program: options.nvidiaSmi ?? 'nvidia-smi',
    gpus: job?.gpus ?? null,
    node,
    interval,
    env,
    backoff,
    seen: take,
    onGpus: (pids) => processes.onGpus(pids),
    trouble,
    signal: over.signal,
  }).then((source) => (gpus = source));
  const registration = job === null || options.declare === undefined ? null : register(job, options.declare, backoff, log);
  look();
  const timers = [setInterval(look, interval * 1000)];
  if (options.discover === true) {
    void search();
    timers.push(setInterval(() => void search(), DISCOVER_EVERY * 1000));
  }

  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      over.abort();
      for (const timer of timers) clearInterval(timer);
      clearTimeout(flushing);
      await starting;
      await gpus?.stop();
      await flush();
      await Promise.all([sender.stop(LAST_WORDS), registration?.end(now(), LAST_WORDS)]);
      await spool?.close();
    },
  };
}
