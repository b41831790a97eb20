import { describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Analysis } from '../../../core/contract/index.ts';
import { headroom } from '../../support/cli.ts';
import { randomOf } from '../../support/telemetry.ts';

// Two files every 250 ms, as a harness for vLLM writes them: nvidia-smi in local time without a zone, the engine's counters by Unix seconds.
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-disagg-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Worker {
  readonly util: number;
  readonly memUtil: number;
  readonly watts: number;
  readonly running: number;
  readonly waiting: number;
  readonly cache: number;
  /** Per second. */
  readonly prompt: number;
  readonly generated: number;
  readonly steps: number;
  readonly prefillTime: number;
  readonly decodeTime: number;
}

/** 23:01:04 UTC, which is 16:01:04 seven hours west. */
const START = 1_784_415_664.172;
const ROWS = 160;

function files(name: string, worker: Worker): string[] {
  const random = randomOf(name.length);
  const near = (value: number) => value * (0.97 + 0.06 * random());
  const stamp = (at: number) => new Date((at - 7 * 3600) * 1000).toISOString().replace('T', ' ').replaceAll('-', '/').replace('Z', '');
  const power = [
    'timestamp,index,uuid,power.draw [W],clocks.sm [MHz],clocks.mem [MHz],utilization.gpu [%],utilization.memory [%],memory.used [MiB],temperature.gpu',
    ...Array.from(
      { length: ROWS },
      (_, i) =>
        `${stamp(START + i / 4)},0,GPU-11111111-2222-3333-4444-555555555555,${near(worker.watts).toFixed(2)},1410,1593,${Math.min(100, near(worker.util)).toFixed(0)},${near(worker.memUtil).toFixed(0)},74000,52`,
    ),
  ];
  const engine = [
    'timestamp,num_requests_running,num_requests_waiting,gpu_cache_usage_perc,prompt_tokens_total,generation_tokens_total,iteration_tokens_total_sum,iteration_tokens_total_count,request_prefill_time_seconds_sum,request_decode_time_seconds_sum,num_preemptions_total',
    ...Array.from({ length: ROWS }, (_, i) => {
      const at = i / 4;
      const count = (rate: number) => (9000 + rate * at).toFixed(3);
      return [
        (START + at).toFixed(3),
        worker.running,
        worker.waiting,
        worker.cache,
        count(worker.prompt),
        count(worker.generated),
        count(worker.prompt + worker.generated),
        count(worker.steps),
        count(worker.prefillTime),
        count(worker.decodeTime),
        0,
      ].join(',');
    }),
  ];
  const paths = [join(folder, `${name}-power.csv`), join(folder, `${name}-engine.csv`)];
  writeFileSync(paths[0] ?? '', power.join('\n'));
  writeFileSync(paths[1] ?? '', engine.join('\n'));
  return paths;
}

async function analysed(name: string, worker: Worker, more: readonly string[] = []): Promise<Analysis> {
  const { stdout } = await headroom(['diagnose', ...files(name, worker), '--tz', '-07:00', '--json', ...more]);
  return JSON.parse(stdout) as Analysis; // the program's own output
}

const KNOWN = ['--gpu', 'A100-80', '--model', 'Qwen/Qwen3-8B', '--dtype', 'bf16'];
/** The decode side: 6 requests a second of 2,300 prompt tokens each, whose cache another GPU made; 7 ms of prefill time a request. */
const DECODE: Worker = {
  util: 92,
  memUtil: 66,
  watts: 260,
  running: 1,
  waiting: 0,
  cache: 0.01,
  prompt: 14_000,
  generated: 78,
  steps: 78,
  prefillTime: 0.042,
  decodeTime: 0.95,
};
/** The prefill side: 1–2 requests in 8k chunks, 40 wait for the token budget. */
const PREFILL: Worker = {
  util: 100,
  memUtil: 15,
  watts: 427,
  running: 2,
  waiting: 40,
  cache: 0.006,
  prompt: 14_000,
  generated: 6,
  steps: 6,
  prefillTime: 1.9,
  decodeTime: 0.02,
};

describe('the decode side of disaggregated serving', () => {
  it('is decode: prompt tokens without prefill time were computed elsewhere', async () => {
    const { verdict } = await analysed('decode', DECODE, KNOWN);
    expect(verdict.activity).toBe('decode');
    expect(verdict.split?.time?.prefill).toBeLessThan(0.05);
    expect(verdict.shares.compute).toBeLessThan(0.1);
    expect(verdict.why.join(' ')).toMatch(/prompt tokens were counted and not computed here/);
  });

  it('is decode without model and GPU, too', async () => {
    const { verdict } = await analysed('decode', DECODE);
    expect(verdict).toMatchObject({ activity: 'decode' });
    expect(verdict.activityGrade).toBeLessThanOrEqual(0.6);
  });

  it('is one server that reads and answers where the prefill time is there', async () => {
    const { verdict } = await analysed('both', { ...DECODE, util: 99, running: 4, prefillTime: 1.9, decodeTime: 2 }, KNOWN);
    expect(verdict.activity).not.toBe('decode');
    expect(verdict.why.join(' ')).not.toMatch(/not computed here/);
  });

  it('is not told of requests that have just begun: prefill time is counted when they end', async () => {
    const { verdict } = await analysed('begun', { ...PREFILL, running: 60, prefillTime: 0.3, decodeTime: 0.2 }, KNOWN);
    expect(verdict.why.join(' ')).not.toMatch(/not computed here/);
  });
});

describe('the prefill side', () => {
  it('is prefill, and its queue is no lack of room', async () => {
    const { verdict, findings } = await analysed('prefill', PREFILL, KNOWN);
    expect(verdict.activity).toBe('prefill');
    expect(verdict.bottleneck).not.toBe('capacity');
    expect(verdict.bottleneck).not.toBe('memory');
    expect(findings.map(({ id }) => id)).not.toContain('kv-capacity');
  });
});

describe('what a model says', () => {
  it('is not called measured', async () => {
    const { verdict } = await analysed('prefill', { ...PREFILL, prompt: 5000, util: 98 }, KNOWN);
    expect(verdict.why.join(' ')).not.toMatch(/^measured: .*compute \d/m);
    expect(verdict.why.join(' ')).toMatch(/compute \d+ % \(modelled\)/);
  });
});
