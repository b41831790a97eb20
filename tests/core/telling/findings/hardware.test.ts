import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import type { MetricId } from '../../../../core/readings/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec } from './judged.ts';

const found = (spec: RunSpec) => findFindings(judged(spec));
const ids = (spec: RunSpec) => found(spec).map(({ id }) => id);
const work: PhaseSpec = { seconds: 1000, busy: 0.9, bottleneck: 'compute' };
type Series = Partial<Record<MetricId, readonly number[]>>;
const one = (series: Series, more: Partial<GpuSpec> = {}): RunSpec => ({ gpus: [{ phases: [work], series, ...more }] });
/** A hundred rows of ten seconds, the first `n` of them with a value. */
const rows = (n: number, value: number, rest = 0): number[] => Array.from({ length: 100 }, (_, i) => (i < n ? value : rest));

describe('a thermal slow-down', () => {
  it.each<[string, Series, boolean]>([
    ['by the counter above 1 % of the busy time', { 'gpu.capThermalTime': rows(100, 0.0101) }, true],
    ['not at 1 %', { 'gpu.capThermalTime': rows(100, 0.01) }, false],
    ['by a flag in two samples', { 'gpu.capHwThermal': rows(2, 1) }, true],
    ['not in one', { 'gpu.capHwThermal': rows(1, 1) }, false],
    ['by the software’s flag alike', { 'gpu.capSwThermal': rows(2, 1) }, true],
    ['not by a flag where the counter says otherwise', { 'gpu.capHwThermal': rows(2, 1), 'gpu.capThermalTime': rows(100, 0) }, false],
    ['not by a software power cap, a T4’s normal state', { 'gpu.capPower': rows(100, 1) }, false],
  ])('%s', (_, series, expected) => {
    expect(ids(one(series))).toEqual(expected ? ['thermal'] : []);
  });

  it('is two flags, however long the time, as in the verdict', () => {
    const long = (flagged: number): RunSpec => ({
      gpus: [{ phases: [{ ...work, seconds: 3000 }], series: { 'gpu.capHwThermal': Array.from({ length: 300 }, (_, i) => (i < flagged ? 1 : 0)) } }],
    });
    expect(ids(long(1))).toEqual([]);
    expect(ids(long(2))).toEqual(['thermal']);
  });

  it('is measured where its counter was: a counter that came late is no time without', () => {
    const late = Array.from({ length: 100 }, (_, i) => (i < 60 ? Number.NaN : 0.03));
    expect(found(one({ 'gpu.capThermalTime': late }))[0]?.text).toContain('3 % of its busy time');
  });

  it('does not count on a GPU that rests', () => {
    expect(ids({ gpus: [{ phases: [{ seconds: 500, busy: 0 }], series: { 'gpu.capHwThermal': rows(50, 1) } }] })).toEqual([]);
  });

  it('says how long, how hot, how slow, and when', () => {
    const [finding] = found(one({ 'gpu.capHwThermal': rows(30, 1), 'gpu.temp': rows(100, 91), 'gpu.smClock': rows(30, 705e6, 1410e6) }));
    expect(finding).toMatchObject({ id: 'thermal', entity: '#0', from: 0, to: 300 });
    expect(finding?.text).toContain('was slowed down for being too hot for 5 min, 30 % of its busy time');
    expect(finding?.evidence).toEqual(['flag set in 30 samples', 'up to 91 °C', 'SM clock down to 705 MHz of 1410 MHz']);
  });

  it('is never longer than the time there was, though a counter of time runs a little fast', () => {
    expect(found(one({ 'gpu.capThermalTime': rows(100, 1.2) }))[0]?.text).toContain('for 16 min 40 s, 100 % of its busy time');
  });

  it('of all GPUs of a job is told once', () => {
    const hot: GpuSpec = { phases: [work], series: { 'gpu.capHwThermal': rows(30, 1) } };
    const findings = found({ gpus: [hot, hot] });
    expect(findings.map(({ entity }) => entity)).toEqual([null]);
    expect(findings[0]?.text).toContain('All 2 GPUs were slowed down for being too hot for 5 min, 30 % of their busy time');
  });

  it('counts the samples behind thinned rows', () => {
    const thin: PhaseSpec = { ...work, seconds: 40 * 40 };
    const t40 = judged({ gpus: [{ phases: [thin], series: {} }], period: 10 });
    const [first] = t40.gpus;
    if (first === undefined) throw new Error('a GPU');
    const t = Float64Array.from({ length: 40 }, (_, i) => i * 40);
    const columns = new Map<MetricId, Float64Array>([
      ['gpu.util', new Float64Array(40).fill(0.9)],
      ['gpu.capHwThermal', Float64Array.from(rows(1, 0.5)).slice(0, 40)],
    ]);
    expect(findFindings({ ...t40, gpus: [{ ...first, series: { ...first.series, t, columns } }] }).map(({ id }) => id)).toEqual(['thermal']);
  });
});

describe('a power brake', () => {
  it.each<[string, Series, boolean]>([
    ['by a flag in two samples', { 'gpu.capBrake': rows(2, 1) }, true],
    ['not in one', { 'gpu.capBrake': rows(1, 1) }, false],
    ['by the counter above 1 %', { 'gpu.capBrakeTime': rows(100, 0.011) }, true],
    ['not at 1 %', { 'gpu.capBrakeTime': rows(100, 0.01) }, false],
  ])('%s', (_, series, expected) => {
    expect(ids(one(series))).toEqual(expected ? ['power-brake'] : []);
  });
});

describe('memory errors', () => {
  it.each<[string, Series, boolean]>([
    ['one uncorrected is a finding', { 'gpu.eccUncorrected': rows(100, 1) }, true],
    ['none is none', { 'gpu.eccUncorrected': rows(100, 0) }, false],
    ['corrected ones are a card’s ordinary life', { 'gpu.eccCorrected': rows(100, 1200) }, false],
    ['rows remapped before the job, too', { 'gpu.remappedRows': rows(100, 4) }, false],
    ['a row remapped during the job is a finding', { 'gpu.remappedRows': rows(50, 4, 5) }, true],
    ['a page retired during the job is a finding', { 'gpu.retiredPages': rows(50, 0, 1) }, true],
  ])('%s', (_, series, expected) => {
    expect(ids(one(series))).toEqual(expected ? ['ecc'] : []);
  });

  it('in this run are told from those before it', () => {
    expect(found(one({ 'gpu.eccUncorrected': rows(50, 1, 3) }))[0]).toMatchObject({
      evidence: ['3 uncorrected since the driver was loaded, 2 of them in this run'],
    });
    expect(found(one({ 'gpu.eccUncorrected': rows(100, 2) }))[0]?.text).toContain('counted before this run');
  });
});

describe('a slow link', () => {
  const link = (gen: readonly number[], lanes: readonly number[]): Series => ({
    'gpu.pcieGen': gen,
    'gpu.pcieGenMax': rows(100, 4),
    'gpu.pcieWidth': lanes,
    'gpu.pcieWidthMax': rows(100, 16),
  });

  it.each<[string, Series, boolean]>([
    ['at its maximum is none', link(rows(100, 4), rows(100, 16)), false],
    ['one generation down under load is a finding', link(rows(100, 3), rows(100, 16)), true],
    ['half the lanes under load is a finding', link(rows(100, 4), rows(100, 8)), true],
    ['at its maximum in one sample under load has proved itself', link(rows(99, 1, 4), rows(100, 16)), false],
    ['whose maximum is not known is none', { 'gpu.pcieGen': rows(100, 1) }, false],
  ])('%s', (_, series, expected) => {
    expect(ids(one(series))).toEqual(expected ? ['link-degraded'] : []);
  });

  it('is judged under load only: at rest every link drops', () => {
    const resting: GpuSpec = { phases: [{ seconds: 500, busy: 0 }], series: link(rows(50, 1), rows(50, 16)) };
    expect(ids({ gpus: [resting] })).toEqual([]);
  });

  it('is judged by ten samples under load, not by nine', () => {
    const after = (n: number): GpuSpec => ({
      phases: [
        { seconds: 300, busy: 0 },
        { seconds: n * 10, busy: 0.5, bottleneck: 'compute' },
      ],
      series: link(rows(100, 1), rows(100, 16)),
    });
    expect(ids({ gpus: [after(9)] })).toEqual([]);
    expect(ids({ gpus: [after(10)] })).toEqual(['link-degraded']);
  });

  it('says what is left of the bandwidth', () => {
    expect(found(one(link(rows(100, 3), rows(100, 8))))[0]?.text).toContain('works on PCIe generation 3 of 4 with 8 of 16 lanes: 1/4 of the bandwidth');
  });

  it('is none where every GPU of the node has the same lanes: it is built so', () => {
    const half: GpuSpec = { phases: [work], series: link(rows(100, 4), rows(100, 8)) };
    expect(ids({ gpus: [half, half] })).toEqual([]);
    expect(ids({ gpus: [half, { phases: [work], series: link(rows(100, 4), rows(100, 16)) }] })).toEqual(['link-degraded']);
  });
});

describe('MIG', () => {
  const silent: PhaseSpec = { seconds: 900, busy: null };

  it('hides utilisation: that is said, and how to see it', () => {
    const spec: RunSpec = { gpus: [{ id: 'MIG-1', phases: [silent], series: { 'gpu.util': [] } }] };
    expect(found(spec)[0]).toMatchObject({ id: 'mig-hidden', entity: 'MIG-1' });
    expect(found(spec)[0]?.text).toContain('dcgmi dmon -e 1001,1002,1004,1005');
    expect(ids({ gpus: [{ phases: [silent], series: { 'gpu.util': [] }, facts: { migMode: 'Enabled' } }] })).toEqual(['mig-hidden']);
  });

  it('hides nothing where DCGM measures the slice, nor where it is off', () => {
    expect(ids({ gpus: [{ id: 'MIG-1', phases: [{ ...silent, busy: 0.5 }], series: { 'gpu.util': [], 'gpu.grActive': rows(90, 0.5) } }] })).toEqual([]);
    expect(ids({ gpus: [{ phases: [silent], series: { 'gpu.util': [] }, facts: { migMode: 'Disabled' } }] })).toEqual([]);
  });

  it('counts slices, not the GPU that holds them', () => {
    const parent: GpuSpec = { id: '#0', phases: [silent], series: { 'gpu.util': [] }, facts: { migMode: 'Enabled', index: '0' } };
    const slice = (instance: number): GpuSpec => ({
      id: `#0/${instance}/0`,
      phases: [silent],
      series: { 'gpu.util': [] },
      facts: { parent: '#0', migMode: 'Enabled' },
    });
    const [finding] = found({ gpus: [parent, ...[7, 8, 9].map(slice)] });
    expect(finding?.text).toMatch(/^There are 3 MIG slices on GPU 0, and nvidia-smi/);
    expect(finding?.evidence[1]).toBe('neither a utilisation nor DCGM’s 1002 in the whole run: GPU 0 slice 7, GPU 0 slice 8, GPU 0 slice 9');
  });

  it('is not told of slices that DCGM measures', () => {
    const measured: GpuSpec = { id: '#I0', phases: [silent], series: { 'gpu.smActive': rows(100, 0.5) }, facts: { parent: '#0', migMode: 'Enabled' } };
    expect(ids({ gpus: [measured] })).toEqual([]);
  });

  it('is told once for many slices', () => {
    const slice = (id: string): GpuSpec => ({ id, phases: [silent], series: { 'gpu.util': [] } });
    expect(found({ gpus: [slice('MIG-1'), slice('MIG-2')] })).toMatchObject([
      { id: 'mig-hidden', entity: null, text: expect.stringContaining('There are 2 MIG slices, and') as string },
    ]);
  });

  it('is told for the slices, not for the card that they are cut from', () => {
    const card: GpuSpec = { id: 'GPU-1', phases: [silent], series: { 'gpu.util': [] }, facts: { migMode: 'Enabled' } };
    expect(found({ gpus: [card, { id: 'MIG-1', phases: [silent], series: { 'gpu.util': [] } }] }).map(({ entity }) => entity)).toEqual(['MIG-1']);
  });
});
