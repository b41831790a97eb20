import { AGENT_BOUNDS } from '../bounds/index.ts';
import { apart } from './apart.ts';
import { pause } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import { startGpus } from './nvidia-smi.ts';
import { discover, scraper, type Scraper } from './scrape.ts';
import type { Settings } from './types.ts';

/** Exporters and engines are looked for this often, seconds. */
const DISCOVER_EVERY = 60;
/** Seconds that a source may take for one sample, where the interval is not shorter; a second at least. */
const BUDGET = AGENT_BOUNDS.source;
/** The GPUs' readings begin after the host's first, which makes the first batch a whole one; but they wait no longer than this, seconds. */
const FIRST_LOOK = 10;

/** Hands what the node's sources see to the delivery, every `interval` seconds, until it is stopped. */
export function watchNode(settings: Settings, { take, trouble }: Pick<Delivery, 'take' | 'trouble'>): { stop(): Promise<void> } {
  const { node, interval, env, job } = settings;
  const over = new AbortController();
  const uid = process.getuid?.() ?? 0;
  const sources = apart({
    about: {
      host: { node, scratch: env['TMPDIR'] ?? '/tmp' },
      // Root's agent watches the node; a user's watches the user's own job.
      processes: { node, uid: uid === 0 && job === null ? null : uid },
    },
    seconds: Math.max(1, Math.min(BUDGET, interval)),
    trouble,
  });
  const pages = watchPages(settings, { take, trouble, signal: over.signal });
  let onGpus: readonly number[] = [];
  let ports: readonly number[] = [];

  const look = async (): Promise<void> => {
    const at = Date.now() / 1000;
    pages.scrape();
    const [machine, seen] = await Promise.all([sources.ask('host', { at }), sources.ask('processes', { at, onGpus })]);
    if (over.signal.aborted) return;
    if (seen !== null) ({ ports } = seen);
    const gauges = seen?.gauges ?? {};
    const ofHost = (machine?.readings ?? []).map((reading) => ({ ...reading, values: { ...reading.values, ...gauges } }));
    take({ readings: [...ofHost, ...(seen?.readings ?? [])], facts: [...(machine?.facts ?? []), ...(seen?.facts ?? [])], events: [] });
  };
  const gpus = Promise.race([look(), pause(FIRST_LOOK, over.signal)]).then(() =>
    startGpus({
      program: settings.nvidiaSmi ?? 'nvidia-smi',
      gpus: job?.gpus ?? null,
      node,
      interval,
      env,
      backoff: settings.backoff,
      seen: take,
      onGpus: (pids) => (onGpus = [...pids]),
      trouble,
      signal: over.signal,
    }),
  );
  const timers = [setInterval(() => void look(), interval * 1000)];
  if (settings.discover === true) {
    const search = (): void => void pages.search(ports);
    search();
    timers.push(setInterval(search, DISCOVER_EVERY * 1000));
  }

  return {
    async stop() {
      over.abort();
      for (const timer of timers) clearInterval(timer);
      sources.stop();
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
