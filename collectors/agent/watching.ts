import { parseUptime } from '../proc/index.ts';
import type { Delivery } from './delivery.ts';
import { readKernelFile } from './files.ts';
import { hostSource } from './host-source.ts';
import { startGpus } from './nvidia-smi.ts';
import { processSource, userNames } from './process-source.ts';
import { discover, scraper, type Scraper } from './scrape.ts';
import type { Settings } from './types.ts';

/** Exporters and engines are looked for this often, seconds. */
const DISCOVER_EVERY = 60;

/** Hands what the node's sources see to the delivery, every `interval` seconds, until it is stopped. */
export function watchNode(settings: Settings, { take, trouble }: Pick<Delivery, 'take' | 'trouble'>): { stop(): Promise<void> } {
  const { node, interval, env, job } = settings;
  const over = new AbortController();
  const host = hostSource({ node, env });
  const uid = process.getuid?.() ?? 0;
  // Root's agent watches the node; a user's watches the user's own job.
  const processes = processSource({ node, uid: uid === 0 && job === null ? null : uid, names: userNames() });
  const pages = watchPages(settings, { take, trouble, signal: over.signal });
  const gpus = startGpus({
    program: settings.nvidiaSmi ?? 'nvidia-smi',
    gpus: job?.gpus ?? null,
    node,
    interval,
    env,
    backoff: settings.backoff,
    seen: take,
    onGpus: (pids) => processes.onGpus(pids),
    trouble,
    signal: over.signal,
  });

  const look = (): void => {
    const at = Date.now() / 1000;
    const steady = parseUptime(readKernelFile('/proc/uptime') ?? '') ?? at;
    const seen = processes.sample(at, steady);
    const machine = host.sample(at);
    const ofHost = machine.readings.map((reading) => ({ ...reading, values: { ...reading.values, ...seen.gauges } }));
    take({ readings: [...ofHost, ...seen.readings], facts: [...machine.facts, ...seen.facts], events: [] });
    pages.scrape();
  };
  look();
  const timers = [setInterval(look, interval * 1000)];
  if (settings.discover === true) {
    const search = (): void => void pages.search(processes.ports());
    search();
    timers.push(setInterval(search, DISCOVER_EVERY * 1000));
  }

  return {
    async stop() {
      over.abort();
      for (const timer of timers) clearInterval(timer);
      await (await gpus).stop();
    },
  };
}

/** The `/metrics` pages that were named, and those that are found. */
function watchPages(
  { node, interval, log, metrics = [] }: Settings,
  { take, trouble, signal }: Pick<Delivery, 'take' | 'trouble'> & { readonly signal: AbortSignal },
): { scrape(): void; search(ports: readonly number[]): Promise<void> } {
  const scrapers = new Map<string, Scraper>();
  const add = (address: string): void => void scrapers.set(address, scraper({ address, node, interval, signal, seen: take, trouble }));
  for (const address of metrics) add(address);
  return {
    scrape() {
      for (const each of scrapers.values()) void each.scrape();
    },
    async search(ports) {
      for (const address of await discover(ports, new Set(scrapers.keys()), signal)) {
        log.info(`reading ${address}`);
        add(address);
      }
    },
  };
}
