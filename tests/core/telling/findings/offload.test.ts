import { describe, expect, it } from 'vitest';
import type { FactName } from '../../../../core/readings/index.ts';
import { findFindings } from '../../../../core/telling/index.ts';
import { judged } from './judged.ts';
import { table } from '../../../support/telemetry.ts';

const GB = 1e9;
const found = (facts: Partial<Record<FactName, string>>, rate = 20) =>
  findFindings(
    judged({
      gpus: [{ phases: [{ seconds: 300, busy: 0.5, bottleneck: 'unknown', activity: 'decode' }], engines: [0] }],
      engines: [table('engine', 'llamacpp@?', { 'engine.generationRate': Array.from({ length: 30 }, () => rate) }, facts)],
    }),
  ).filter(({ id }) => id === 'layers-on-cpu');
const weights = (gpu: number, host: number) => ({ gpuWeights: String(gpu * GB), hostWeights: String(host * GB) });

describe('layers on the CPU', () => {
  it.each<[string, Partial<Record<FactName, string>>, boolean]>([
    ['all on the GPU', { gpuLayers: '33/33' }, false],
    ['one not', { gpuLayers: '32/33' }, true],
    ['none', { gpuLayers: '0/33' }, true],
    ['all, with the embeddings in host memory', { gpuLayers: '33/33', ...weights(81, 19) }, false],
    ['all, with the experts in host memory', { gpuLayers: '33/33', ...weights(80, 20) }, true],
    ['a split that no log tells', {}, false],
  ])('%s', (_, facts, expected) => {
    expect(found(facts).length > 0).toBe(expected);
  });

  it('says what host memory allows and what was read from it', () => {
    const [one] = found({ gpuLayers: '30/40', maxModelLen: '8192', ...weights(12, 4) });
    expect(one?.text).toContain('10 of 40 layers run on the CPU: 4.00 GB of 16.0 GB of weights lie in host memory');
    expect(one?.text).toContain('at most 22 tokens/s by two channels of DDR5-5600 (89.6 GB/s) or 51 tokens/s by eight channels of DDR4-3200');
    expect(one?.text).toContain('-ngl 99: a smaller quantization, less context (-c, now 8192)');
    expect(one?.evidence).toEqual([
      'offloaded 30/40 layers to GPU, by the log',
      '12.0 GB of weights on the GPU',
      '20.0 tokens/s × 4.00 GB = 80.0 GB/s from host memory',
    ]);
  });
});
