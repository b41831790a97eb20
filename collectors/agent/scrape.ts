import { AGENT_BOUNDS } from '../bounds/index.ts';
import type { Batch } from '../../core/readings/index.ts';
import { prometheus } from '../prometheus/index.ts';
import { fetchPage, instanceOf } from './fetch-page.ts';
import { joinBatches, parseAll, type Session } from '../collector/index.ts';

/** After this many pages in a row that could not be had it is looked at rarely: every so many samples. */
const PATIENCE = 3;
const RARELY = 6;
/** A line longer than this is no sample of an exporter's, characters: it is left out before anything looks at it. */
const LONGEST_LINE = 16 * 1024;
/** A page is read in pieces of so many characters; between them the rest of the agent has its turn. */
const PIECE = 128 * 1024;
/** Seconds that the reading of one page may take. */
const BUDGET = AGENT_BOUNDS.source;
/** What is looked at to find out whether a page is an exporter's. */
const GLANCE = 256 * 1024;

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
  const host = instanceOf(address);
  const home = /^(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/.test(host);
  // Every node has a localhost: two of them would be one engine.
  const instance = home ? host.replace(/^(?:\[::1\]|[^:]+)/, () => node) : host;
  const open = (): Session => prometheus.open({ instance, ...(home ? { node } : {}) });
  let session = open();
  let asking = false;
  let failures = 0;
  let turn = 0;
  let faults = 0;
  let tooLong = false;

  const fail = (reason: string): void => {
    failures += 1;
    if (failures === PATIENCE) trouble(`http metrics of ${host}: ${reason}`);
  };
  const read = async (text: string): Promise<Batch | null> => {
    const short = withoutLongLines(text);
    if (short !== text && !tooLong) trouble(`http metrics of ${host}: lines longer than ${LONGEST_LINE} characters are left out`);
    tooLong ||= short !== text;
    const batch = await inPieces(session, `# headroom-time ${Date.now() / 1000}\n${short}\n# EOF\n`);
    if (batch === null) session = open(); // half a page is none
    return batch;
  };
  const once = async (): Promise<void> => {
    const page = await fetchPage(address, Math.max(1, Math.min(5, interval)), signal);
    if (signal.aborted) return;
    if (page.kind === 'failed') return fail(page.reason);
    const batch = await read(page.text);
    if (signal.aborted) return;
    if (batch === null) return fail(`its ${page.text.length} characters could not be read within ${BUDGET} s`);
    if (failures >= PATIENCE) trouble(`http metrics of ${host}: there again`);
    failures = 0;
    if (batch.rejected.length > 0 && faults === 0) trouble(`http metrics of ${host}: line ${batch.rejected[0]?.line ?? 0}: ${batch.rejected[0]?.reason ?? ''}`);
    faults += batch.rejected.length;
    // The agent reads this machine itself; node_exporter's view of the same host would be every value twice.
    seen({
      ...batch,
      readings: batch.readings.filter((reading) => reading.entity.kind !== 'host' || !home),
      facts: batch.facts.filter((fact) => fact.entity.kind !== 'host' || !home),
    });
  };

  return {
    async scrape() {
      turn += 1;
      if (asking || (failures > PATIENCE && turn % RARELY !== 0)) return;
      asking = true;
      try {
        await once();
      } finally {
        asking = false;
      }
    },
  };
}

/** Reads a page piece by piece; null where that took longer than its time. */
async function inPieces(session: Session, text: string): Promise<Batch | null> {
  const began = performance.now();
  const batches: Batch[] = [];
  for (let at = 0; at < text.length; at += PIECE) {
    batches.push(session.feed(text.slice(at, at + PIECE)));
    if (at + PIECE >= text.length) break;
    await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() - began > BUDGET * 1000) return null;
  }
  return joinBatches(batches);
}

/** A long line stays as an empty one, so that the numbers of those after it stay true. */
function withoutLongLines(text: string): string {
  const lines = text.split('\n');
  return lines.some((line) => line.length > LONGEST_LINE) ? lines.map((line) => (line.length > LONGEST_LINE ? '' : line)).join('\n') : text;
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
      if (page.kind === 'failed') return null;
      const head = withoutLongLines(page.text.slice(0, GLANCE));
      return prometheus.sniff(head) > 0.5 && parseAll(prometheus, head).readings.length > 0 ? address : null;
    }),
  );
  return found.filter((address) => address !== null);
}
