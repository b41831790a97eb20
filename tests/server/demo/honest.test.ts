import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { isGpuId } from '../../../core/knowledge/index.ts';
import { importGraph } from '../../support/import-graph.ts';
import { demoJobs, type DemoJob } from '../../support/demo-run.ts';

const NOON = 1_740_139_200;
const root = new URL('../../..', import.meta.url).pathname;

/** Bottleneck and activity of each demo job with full telemetry, by the classifier as it is loaded now. */
async function verdicts(jobs: Map<string, DemoJob>): Promise<Map<string, string>> {
  const { analyse } = await import('../../../core/analyse/index.ts');
  const said = new Map<string, string>();
  for (const [id, { declaration, tables }] of jobs) {
    if (Number(id) >= 4_190_000) continue;
    const gpu = declaration.gpuType;
    const { verdict } = analyse(
      { clock: 'utc', tables, events: [] },
      {
        ...(gpu !== undefined && isGpuId(gpu) ? { gpu } : {}),
        ...(declaration.cores === undefined ? {} : { cores: declaration.cores }),
        gpusAllocated: declaration.gpus?.map((one) => one.uuid) ?? [],
      },
    );
    said.set(`${declaration.name} ${id}`, `${verdict.bottleneck}, ${verdict.activity}`);
  }
  return said;
}

describe('the demo does not confirm itself', () => {
  let jobs: Map<string, DemoJob>;
  let honest: Map<string, string>;
  beforeAll(async () => {
    jobs = await demoJobs(1, NOON);
    honest = await verdicts(jobs);
  });

  it('takes from core the hardware table, types and nothing that judges', () => {
    const edges = importGraph(root, ['server']).filter((edge) => edge.from.startsWith('server/demo/') && edge.to.startsWith('core/'));
    expect([...new Set(edges.map((edge) => edge.to))].sort()).toEqual(['core/contract/index.ts', 'core/knowledge/index.ts', 'core/readings/index.ts']);
    const files = [...new Set(edges.map((edge) => edge.from))].map((file) => readFileSync(`${root}/${file}`, 'utf8'));
    const names = files.flatMap((text) =>
      [...text.matchAll(/import (?:type )?\{([^}]*)\} from '[./]*core\/knowledge\/index\.ts'/g)].flatMap((match) =>
        (match[1] ?? '').split(',').filter((name) => name.trim() !== ''),
      ),
    );
    expect([...new Set(names.map((name) => name.trim().replace(/^type /, '')))].sort()).toEqual(['ALVIS_NODES', 'GPUS', 'GpuId', 'MathType', 'NodeType']);
  });

  it('its jobs are judged as what they were written to be', () => {
    const of = (name: string) => [...honest].filter(([key]) => key.startsWith(`${name} `)).map(([, verdict]) => verdict);
    expect(of('chat-8b')).toEqual(['memory, decode']);
    expect(of('llama70b-serve')).toEqual(['memory, decode']);
    expect(of('summarise-reports')).toEqual(['compute, prefill']);
    expect(of('pretrain-1b')).toEqual(['compute, training']);
    expect(of('many-small-files')).toEqual(['storage, training']);
    expect(of('ddp-over-ethernet')).toEqual(['network, training']);
    expect(of('offload-13b')).toEqual(['transfer, unknown']);
    expect(of('jupyter')).toEqual(['idle, idle']);
    expect(of('finetune-stuck')).toEqual(['overhead, training']);
    // By its counters it is bound by memory; nobody collects them.
    expect(of('sample-images')).toEqual(['unknown, unknown']);
  });

  it('a wrong achievable fraction in the classifier changes its verdicts', async () => {
    vi.resetModules();
    vi.doMock('../../../core/knowledge/hardware/achievable.ts', async (original) => {
      const real = await original<{ ACHIEVABLE: Record<string, unknown> }>();
      return {
        ...real,
        ACHIEVABLE: {
          ...real.ACHIEVABLE,
          dramCounter: { value: 3.2, source: 'corrupted by a test' },
          dramBytes: { value: 3.2, source: 'corrupted by a test' },
        },
      };
    });
    const corrupted = await verdicts(jobs);
    vi.doUnmock('../../../core/knowledge/hardware/achievable.ts');
    vi.resetModules();
    const decode = [...honest].filter(([, verdict]) => verdict === 'memory, decode').map(([key]) => key);
    expect(decode.length).toBeGreaterThan(2);
    for (const key of decode) expect(corrupted.get(key), key).not.toBe('memory, decode');
  });

  it('a wrong threshold in the classifier changes its verdicts', async () => {
    vi.resetModules();
    vi.doMock('../../../core/judging/thresholds.ts', async (original) => ({ ...(await original<object>()), DOMINANT: 1.6 }));
    const corrupted = await verdicts(jobs);
    vi.doUnmock('../../../core/judging/thresholds.ts');
    vi.resetModules();
    expect([...corrupted.values()].filter((verdict) => verdict.startsWith('compute'))).toEqual([]);
  });
});
