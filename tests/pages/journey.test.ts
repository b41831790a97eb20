import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { removeFolders, startService, type TestService } from '../support/service.ts';

const UUID = 'GPU-6d2a1c3e-0000-4000-8000-00000000a100';
const STEP = 2;
const SAMPLES = 45;

/** A minute and a half of one A100 that decodes, as `nvidia-smi --query-gpu … --format=csv -l 2` prints it. */
function smiText(begin: number): string {
  const rows = Array.from({ length: SAMPLES }, (_, index) => {
    const at = new Date((begin + index * STEP) * 1000).toISOString().replace(/-/g, '/').replace('T', ' ').replace('Z', '');
    return `${at}, ${UUID}, NVIDIA A100-SXM4-40GB, ${96 + (index % 3)} %, ${46 + (index % 4)} %, 36864 MiB, 40960 MiB, ${(248 + (index % 7)).toFixed(2)} W, 400.00 W, 1410 MHz`;
  });
  return (
    [
      'timestamp, uuid, name, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], enforced.power.limit [W], clocks.current.sm [MHz]',
      ...rows,
    ].join('\n') + '\n'
  );
}

/**
 * vLLM's /metrics of the same time, 32 requests running. Llama-3.1-8B in 16 bit reads 15.0 GB of weights per step: at 56 steps/s
 * 0.84 TB/s and the KV cache besides, of 1.555 TB/s.
 */
function vllmText(begin: number): string {
  const labels = '{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"}';
  return (
    Array.from({ length: SAMPLES }, (_, index) => {
      const steps = index * STEP * 56;
      return [
        `# headroom-time ${begin + index * STEP}`,
        '# TYPE vllm:num_requests_running gauge',
        `vllm:num_requests_running${labels} 32.0`,
        '# TYPE vllm:num_requests_waiting gauge',
        `vllm:num_requests_waiting${labels} 0.0`,
        '# TYPE vllm:kv_cache_usage_perc gauge',
        `vllm:kv_cache_usage_perc${labels} 0.31`,
        '# TYPE vllm:prompt_tokens_total counter',
        `vllm:prompt_tokens_total${labels} ${(index * STEP * 60).toFixed(1)}`,
        '# TYPE vllm:generation_tokens_total counter',
        `vllm:generation_tokens_total${labels} ${(steps * 32).toFixed(1)}`,
        '# TYPE vllm:iteration_tokens_total histogram',
        `vllm:iteration_tokens_total_sum${labels} ${(steps * 33).toFixed(1)}`,
        `vllm:iteration_tokens_total_count${labels} ${steps.toFixed(1)}`,
      ].join('\n');
    }).join('\n') + '\n'
  );
}

/** Streams text with curl as a person would: `… | curl -T - URL`. Gives curl's output. */
async function curl(url: string, token: string, text: string): Promise<string> {
  const child = spawn('curl', ['-sS', '-T', '-', '-H', `Authorization: Bearer ${token}`, url], { timeout: 240_000, killSignal: 'SIGKILL' });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (out += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (out += piece));
  child.stdin.end(text);
  await once(child, 'close');
  return out;
}

describe('from a tool’s output to a verdict on a live page', () => {
  let service: TestService;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    service = await startService({ env: { HEADROOM_CLUSTER: 'alvis' } });
    browser = await launchBrowser();
    page = await browser.newPage();
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    page.on('pageerror', (error) => void problems.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    removeFolders();
  });

  it('a declared job shows, without reload, what its streamed telemetry says', async () => {
    const begin = Math.floor(Date.now() / 1000) - SAMPLES * STEP;
    const declared = await fetch(`${service.address}/api/jobs/alvis/4711`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'llama-serve',
        user: 'astrid',
        state: 'running',
        start: begin - 30,
        nodes: ['alvis4-07'],
        gpus: [{ uuid: UUID, node: 'alvis4-07' }],
        dtype: 'bf16',
      }),
    });
    expect(declared.ok, await declared.clone().text()).toBe(true);

    // The one-time address becomes a session; then the job's own page, which knows of no reading yet.
    await page.goto(service.running.url);
    await page.getByText('llama-serve').first().click(); // on the front page, once the address is exchanged
    await page.waitForURL('**/jobs/alvis/4711');

    const first = await curl(`${service.address}/api/ingest/raw?node=alvis4-07&job=4711&tz=UTC`, service.token, smiText(begin));
    expect(first).toMatch(/\{"durable":\d+\}/);
    // nvidia-smi alone: no certainty that the evidence does not carry.
    await page.locator('.verdict .big', { hasText: /cannot tell/i }).waitFor();

    const second = await curl(`${service.address}/api/ingest/raw?node=alvis4-07&job=4711`, service.token, vllmText(begin));
    expect(second).toMatch(/\{"durable":\d+\}/);
    await page.locator('.verdict .big', { hasText: /memory bandwidth.*decode/i }).waitFor();

    // The same verdict by the API, with its numbers.
    const detail = await service.get<{ analysis: { verdict: { bottleneck: string; activity: string; tier: string; shares: { memory: number } } } }>(
      '/api/jobs/alvis/4711',
    );
    expect(detail.analysis.verdict).toMatchObject({ bottleneck: 'memory', activity: 'decode', tier: 'A' });
    expect(detail.analysis.verdict.shares.memory).toBeGreaterThan(0.8);
    expect(problems).toEqual([]);
  });

  it('the verdict is the same after a restart: it is rebuilt from what is on disk', async () => {
    await service.stop();
    service = await startService({ data: service.data, env: { HEADROOM_CLUSTER: 'alvis' } });
    const read = () => service.get<{ analysis: { verdict: { bottleneck: string; activity: string } } | null }>('/api/jobs/alvis/4711');
    await expect.poll(async () => (await read()).analysis?.verdict).toMatchObject({ bottleneck: 'memory', activity: 'decode' });
  });
});
