import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a script of tests/lab; gives what it prints. Throws with its error output. */
export async function lab(script: 'metrics-up' | 'metrics-down' | 'slurm-up' | 'slurm-down'): Promise<string> {
  const { stdout } = await run('bash', [new URL(`../lab/${script}.sh`, import.meta.url).pathname], { timeout: 280_000 });
  return stdout.trim();
}

/** Fetches a text from the lab; tries again while the server has nothing to say yet (an empty result), at most `seconds`. */
export async function fetchText(
  url: string,
  options: { until?: (text: string) => boolean; seconds?: number; method?: string; body?: string } = {},
): Promise<string> {
  const deadline = Date.now() + (options.seconds ?? 120) * 1000;
  for (;;) {
    const reply = await fetch(url, {
      method: options.method ?? 'GET',
      ...(options.body === undefined ? {} : { body: options.body }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await reply.text();
    if (reply.ok && (options.until === undefined || options.until(text))) return text;
    if (Date.now() > deadline) throw new Error(`${url} did not give what was waited for; last answer (${reply.status}): ${text.slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
