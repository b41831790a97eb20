import type { Batch } from '../../core/readings/index.ts';
import { prometheus } from '../prometheus/index.ts';
import { fetchPage, instanceOf } from './fetch-page.ts';
import { parseAll } from '../collector/index.ts';

/** After this many pages in a row that could not be had it is looked at rarely: every so many samples. */
const PATIENCE = 3;
const RARELY = 6;

/** One `/metrics` address, read every sample. */
export interface Scraper {
  /** Reads the page and hands over what it says. One that is still being waited for is not asked again. */
  scrape(): Promise<void>;
}

export interface ScraperOptions {
  readonly address: string;
  readonly node: string;
  readonly interval: number;
  readonly signal: AbortSignal;
  readonly seen: (batch: Pick<Batch, 'readings' | 'facts' | 'events'>) => void;
  readonly trouble: (text: string) => void;
}

/** Reads one endpoint. One parser for its whole life, so that what is known of a series is found out once. */
export function scraper({ address, node, interval, signal, seen, trouble }: ScraperOptions): Scraper {
  const instance = instanceOf(address);
  const home = /^(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/.test(instance);
  const session = prometheus.open({ instance, ...(home ? { node } : {}) });
  let asking = false;
  let failures = 0;
  let turn = 0;
  let faults = 0;

  return {
    async scrape() {
      turn += 1;
      if (asking || (failures > PATIENCE && turn % RARELY !== 0)) return;
      asking = true;
      const page = await fetchPage(address, Math.max(1, Math.min(5, interval)), signal);
      asking = false;
      if (signal.aborted) return;
      if (page.kind === 'failed') {
        failures += 1;
        if (failures === PATIENCE) trouble(`http metrics of ${instance}: ${page.reason}`);
        return;
      }
      if (failures >= PATIENCE) trouble(`http metrics of ${instance}: there again`);
      failures = 0;
      const batch = session.feed(`# headroom-time ${Date.now() / 1000}\n${page.text}\n# EOF\n`);
      if (batch.rejected.length > 0 && faults === 0)
        trouble(`http metrics of ${instance}: line ${batch.rejected[0]?.line ?? 0}: ${batch.rejected[0]?.reason ?? ''}`);
      faults += batch.rejected.length;
      // The agent reads this machine itself; node_exporter's view of the same host would be every value twice.
      seen({
        ...batch,
        readings: batch.readings.filter((reading) => reading.entity.kind !== 'host' || !home),
        facts: batch.facts.filter((fact) => fact.entity.kind !== 'host' || !home),
      });
    },
  };
}

/** Ports on which exporters and engines serve `/metrics` unless told otherwise. */
const USUAL_PORTS = [
  8000, // vLLM
  30000, // SGLang
  8080, // llama.cpp, TGI
  3000, // TGI in its container
  8002, // Triton
  23333, // LMDeploy
  9400, // dcgm-exporter
  9835, // nvidia_gpu_exporter
] as const;

/** Addresses on this machine, among the usual ports and those given, that answer with a page from which something can be read. */
export async function discover(ports: readonly number[], known: ReadonlySet<string>, signal: AbortSignal): Promise<string[]> {
  const candidates = [...new Set([...ports, ...USUAL_PORTS])].map((port) => `http://127.0.0.1:${port}/metrics`).filter((address) => !known.has(address));
  const found = await Promise.all(
    candidates.map(async (address) => {
      const page = await fetchPage(address, 1, signal);
      return page.kind === 'page' && prometheus.sniff(page.text) > 0.5 && parseAll(prometheus, page.text).readings.length > 0 ? address : null;
    }),
  );
  return found.filter((address) => address !== null);
}
