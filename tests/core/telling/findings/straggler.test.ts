import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../../core/readings/index.ts';
import { made, runOf } from '../../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;
const card = (id: number, clock: number, more: Values = {}) =>
  made('gpu', {
    id: `GPU-${id}`,
    node: 'n1',
    samples: 60,
    facts: { name: 'NVIDIA A100-SXM4-40GB', index: String(id) },
    values: { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2, 'gpu.smClock': clock, ...more },
  });
const found = (clocks: readonly number[], beside: readonly Table[] = [], more: Values = {}) =>
  analyse(runOf(...clocks.map((clock, id) => card(id, clock, id === 0 ? more : {})), ...beside)).findings.filter(({ id }) => id === 'straggler');

describe('one late GPU', () => {
  it('of eight at 60 % of the others’ clock is named, with what it costs them', () => {
    const late = found([846e6, ...new Array<number>(7).fill(1410e6)], [], { 'gpu.capHwThermal': 1, 'gpu.temp': 91 });
    expect(late).toMatchObject([{ entity: 'GPU-0' }]);
    expect(late[0]?.text).toMatch(/846 MHz where the others' median is 1410 MHz: in every step 7 GPUs wait for it\. At their clock the job runs up to 1\.67 ×/);
    expect(late[0]?.evidence).toEqual(['clock under load 60 % of the median of 8 GPUs', 'flag: hardware thermal slowdown', '91 °C at last']);
  });
  it('is late under four fifths of the median', () => {
    expect(found([1128e6, 1410e6, 1410e6])).toEqual([]);
    expect(found([1127e6, 1410e6, 1410e6])).toHaveLength(1);
  });
  it('takes three: of two nobody knows which is the ordinary one', () => {
    expect(found([846e6, 1410e6])).toEqual([]);
  });
  it('is no replica that serves by itself', () => {
    const engine = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values: { 'engine.running': 4, 'engine.generationTokens': 100 } });
    expect(found([846e6, 1410e6, 1410e6], [engine])).toEqual([]);
  });
  it('that rests has no clock under load', () => {
    const tables = [card(0, 210e6, { 'gpu.grActive': 0.01 }), card(1, 1410e6), card(2, 1410e6)];
    expect(analyse(runOf(...tables)).findings.map(({ id }) => id)).not.toContain('straggler');
  });
});
