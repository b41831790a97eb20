// Past the door of server/demo: its scenarios are played here without a server.
import { beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Analysis } from '../../../core/contract/index.ts';
import { type GpuId, isGpuId } from '../../../core/knowledge/index.ts';
import type { SourceEvent, Table } from '../../../core/readings/index.ts';
import { findFindings } from '../../../core/telling/index.ts';
import { ANOTHER_SITE, foreignNames, sentFromThere } from '../../support/another-site.ts';
import { demoJobs, type DemoJob } from '../../support/demo-run.ts';
import { SCENARIOS as DEMO } from '../../../server/demo/scenarios/index.ts';
import { SCENARIOS } from '../../support/scenarios.ts';
import { table } from '../../support/telemetry.ts';
import { judged, type GpuSpec } from '../telling/findings/judged.ts';

const NOON = 1_740_139_200;
const H100 = 'NVIDIA H100 80GB HBM3';

/** What a job is told there: on its own card, or as if that cluster's card had done the same. */
function told(tables: readonly Table[], options: object, product: string | null): Analysis {
  return analyse({ clock: 'utc', tables: tables.map((one) => sentFromThere(one, product)), events: [] }, { ...options, site: ANOTHER_SITE });
}

describe('on a cluster of another site file no text names what that cluster lacks', () => {
  let jobs: Map<string, DemoJob>;
  beforeAll(async () => {
    jobs = await demoJobs(1, NOON);
  });

  it.each(DEMO.map(({ name }) => name))('the demo’s %s', (name) => {
    const found = [...jobs.values()].filter(({ declaration }) => declaration.name === name);
    expect(found.length).toBeGreaterThan(0);
    for (const { declaration, tables } of found.slice(0, 2)) {
      const gpu: GpuId | null = declaration.gpuType !== undefined && isGpuId(declaration.gpuType) ? declaration.gpuType : null;
      const own = told(tables, { ...(gpu === null ? {} : { gpu }) }, null);
      const card = own.hardware.gpu;
      expect(foreignNames(own, card !== null && isGpuId(card) ? card : null)).toEqual([]);
      expect(foreignNames(told(tables, { gpu: 'H100-80' }, H100))).toEqual([]);
    }
  });

  it.each(SCENARIOS.map((one) => [one.name, one] as const))('%s', (_, { tables, options }) => {
    expect(foreignNames(told(tables, options, null), 'A100-40')).toEqual([]);
    expect(foreignNames(told(tables, { ...options, gpu: 'H100-80' }, H100))).toEqual([]);
  });

  const busy: GpuSpec = { type: 'H100-80', phases: [{ seconds: 600, busy: 0.9 }] };
  const loading: GpuSpec = {
    type: 'H100-80',
    phases: [{ seconds: 600, busy: 0.01, bottleneck: 'storage', activity: 'loading' }],
    series: { 'gpu.memUsed': Array.from({ length: 61 }, (__, i) => i * 0.5e9) },
  };
  const oom: SourceEvent = { at: 60, kind: 'oom', entity: null, text: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB' };
  it.each<[string, Parameters<typeof judged>[0], GpuId | null]>([
    ['memory that ran out', { gpus: [busy], events: [oom] }, null],
    ['a slow load', { gpus: [loading] }, null],
    ['BF16 on a card without it', { gpus: [{ ...busy, type: 'T4' }], workload: { dtype: 'bf16' } }, 'T4'],
    ['INT8 on a card without it', { gpus: [{ ...busy, type: 'V100-32' }], workload: { quantization: 'w8a8' } }, 'V100-32'],
    [
      'FP32 on a card of no known type',
      { gpus: [{ ...busy, type: null, phases: [{ seconds: 600, busy: 0.9, shares: { fp32: 0.9, tensor: 0.01 }, states: { isWithoutTensorCores: true } }] }] },
      null,
    ],
    [
      'a model spread thin',
      {
        gpus: Array.from({ length: 8 }, (): GpuSpec => ({ ...busy, engines: [0], phases: [{ seconds: 600, busy: 0.9, mean: { 'engine.running': 1 } }] })),
        engines: [table('engine', 'vllm@?', {})],
        workload: { model: 'facebook/opt-1.3b', dtype: 'fp16', tensorParallel: 8 },
      },
      null,
    ],
  ])('the finding of %s', (_, spec, own) => {
    const findings = findFindings(judged({ ...spec, options: { site: ANOTHER_SITE } }));
    expect(findings.length).toBeGreaterThan(0);
    expect(foreignNames(findings, own)).toEqual([]);
  });
});
