import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeNvidiaSmi } from '../tests/support/nvidia-smi.ts';
import type { Bench } from './bench.ts';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const INTERVAL = 10;
/** Seconds until loading and compiling are over, and seconds that are measured. */
const WARM_UP = 25;
const MEASURED = 120;
const GPUS = 8;
const ENGINES = 8;

/**
 * The agent as a node runs it, at 10 s: eight GPUs from a stand-in nvidia-smi, eight processes that look like engines, a /metrics page,
 * a server that takes everything. CPU is the agent's own, all threads, children apart.
 */
export const agentBench: Bench = {
  name: 'agent',
  run: async () => {
    if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run build');
    const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-agent-'));
    const engines = Array.from({ length: ENGINES }, () =>
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'vllm.entrypoints.openai.api_server', '--model', 'tiny'], { stdio: 'ignore' }),
    );
    const server = createServer((request, reply) => {
      request.resume();
      request.on('end', () => reply.end(request.method === 'GET' ? metricsPage() : '{"durable":1,"duplicate":false,"rejected":[]}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // a listening TCP server
    const { folder: bin } = fakeNvidiaSmi(join(folder, 'bin'), { rows: manyGpus() });
    const url = `http://127.0.0.1:${port}`;
    const agent = spawn(
      process.execPath,
      [MAIN, 'agent', '--server', url, '--token', 't', '--interval', String(INTERVAL), '--metrics', `${url}/metrics`, '--spool', join(folder, 'spool')],
      { env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }, stdio: 'ignore' },
    );
    try {
      await seconds(WARM_UP);
      const before = cpuSeconds(agent);
      await seconds(MEASURED);
      const share = (cpuSeconds(agent) - before) / MEASURED;
      const rss = kilobytes(agent, 'VmHWM') / 1024;
      return [
        {
          what: `agent at ${INTERVAL} s, ${GPUS} GPUs, ${ENGINES} engines, one page: CPU of a core`,
          value: share * 100,
          unit: '%',
          budget: '≤ 0.2',
          holds: share <= 0.002,
        },
        { what: 'the same: memory, at most', value: rss, unit: 'MB', budget: '≤ 70', holds: rss <= 70 },
      ];
    } finally {
      await ended(agent);
      for (const engine of engines) engine.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function manyGpus(): string {
  const names = [
    'timestamp',
    'index',
    'uuid',
    'pci.bus_id',
    'name',
    'driver_version',
    'utilization.gpu [%]',
    'utilization.memory [%]',
    'memory.used [MiB]',
    'memory.total [MiB]',
    'power.draw [W]',
    'enforced.power.limit [W]',
    'clocks.sm [MHz]',
    'clocks.mem [MHz]',
    'temperature.gpu',
    'pcie.link.gen.current',
    'clocks_event_reasons.active',
  ];
  const row = (index: number): string =>
    [
      'now',
      index,
      `GPU-bbbbbbbb-0000-0000-0000-00000000000${index}`,
      `00000000:${index}7:00.0`,
      'NVIDIA A100-SXM4-40GB',
      '575.57.08',
      90 + index,
      50 + index,
      30_000,
      40_960,
      '325.10',
      '400.00',
      1410,
      1215,
      61,
      4,
      '0x0000000000000004',
    ].join(', ');
  return `${names.join(', ')}\n${Array.from({ length: GPUS }, (_, index) => row(index)).join('\n')}\n\n`;
}

let scrapes = 0;
/** A page of the size of vLLM's: some gauges and counters, and histograms with many buckets. */
function metricsPage(): string {
  scrapes += 1;
  const lines = [
    '# TYPE vllm:num_requests_running gauge',
    'vllm:num_requests_running{model_name="tiny"} 3',
    '# TYPE vllm:generation_tokens counter',
    `vllm:generation_tokens_total{model_name="tiny"} ${scrapes * 1000}`,
  ];
  for (let histogram = 0; histogram < 30; histogram += 1) {
    lines.push(`# TYPE vllm:made_up_${histogram}_seconds histogram`);
    for (let bucket = 1; bucket <= 30; bucket += 1)
      lines.push(`vllm:made_up_${histogram}_seconds_bucket{le="${bucket}",model_name="tiny"} ${scrapes * bucket}`);
  }
  return `${lines.join('\n')}\n`;
}

/** CPU seconds of all threads, to the nanosecond: clock ticks of 10 ms would hide what is looked for. */
function cpuSeconds({ pid }: ChildProcess): number {
  const folder = `/proc/${pid ?? 0}/task`;
  return readdirSync(folder).reduce((sum, tid) => sum + Number.parseInt(readFileSync(`${folder}/${tid}/schedstat`, 'utf8'), 10) / 1e9, 0);
}

function kilobytes({ pid }: ChildProcess, name: string): number {
  return Number.parseInt(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1] ?? '', 10);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('close', () => resolve());
    child.kill('SIGTERM');
  });
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
