import { prometheus } from '../prometheus/exposition.ts';
import { parseAll } from '../collector.ts';
import { fetchPage } from './fetch-page.ts';

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
