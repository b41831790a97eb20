import { describe, expect, it } from 'vitest';
import { decodeSeries, drawnReply, type DrawnSeries, encodeSeries, seriesJson } from '../../../core/contract/index.ts';

const gpu = { kind: 'gpu', id: 'GPU-å', node: 'n1' } as const;
const host = { kind: 'host', id: 'n1', node: null } as const;
const t = Float64Array.of(1_700_000_000.123, 1_700_000_010, 1_700_000_020);
const single = Float64Array.of(0.25, Number.NaN, 0.75);
const series: DrawnSeries[] = [
  { entity: gpu, metric: 'gpu.power', unit: 'watts', t, mean: Float64Array.of(2, 3, 4), min: Float64Array.of(1, 2, 3), max: Float64Array.of(3, 4, 5) },
  { entity: gpu, metric: 'gpu.util', unit: 'ratio', t, mean: single, min: single, max: single },
  { entity: host, metric: 'host.cpu', unit: 'ratio', t: Float64Array.of(5), mean: Float64Array.of(0.1), min: Float64Array.of(0.1), max: Float64Array.of(0.1) },
];
const reply = { from: 1, to: 2, series, absent: [{ metric: 'gpu.fan', reason: 'no fan – none' }] };
const back = decodeSeries(encodeSeries(reply).buffer);

describe('series as bytes', () => {
  it('come back as they were: times exact, values to seven digits, a gap a gap', () => {
    expect(back).toMatchObject({ from: 1, to: 2, absent: reply.absent });
    expect(back.series.map(({ entity, metric, unit }) => [entity, metric, unit])).toEqual(series.map(({ entity, metric, unit }) => [entity, metric, unit]));
    expect(back.series.map((one) => [...one.t])).toEqual([[...t], [...t], [5]]);
    expect([...(back.series[0]?.min ?? [])]).toEqual([1, 2, 3]);
    expect([...(back.series[1]?.mean ?? [])]).toEqual([0.25, Number.NaN, 0.75]);
    expect(back.series[2]?.mean[0]).toBeCloseTo(0.1, 7);
  });

  it('hold one column of times for series that share it, and no minima where no bucket holds two samples', () => {
    const [power, util] = back.series;
    expect(power?.t.byteOffset).toBe(util?.t.byteOffset);
    expect(util?.min).toBe(util?.mean);
    // Head 8, header, 4 times of 8 bytes, and 9 + 3 + 3 values of 4.
    const header = new Uint32Array(encodeSeries(reply).buffer, 4, 1)[0] ?? 0;
    expect(encodeSeries(reply).length).toBe(8 + header + 4 * 8 + 15 * 4);
  });

  it('are the same reply in JSON, which has null for a gap', () => {
    const json = seriesJson(reply);
    expect(json.series[1]?.mean).toEqual([0.25, null, 0.75]);
    expect(seriesJson(drawnReply(json))).toEqual(json);
  });

  it.each([
    ['nothing', new ArrayBuffer(0)],
    ['a page', new TextEncoder().encode('<!doctype html>').buffer],
    ['a header that is cut', encodeSeries(reply).buffer.slice(0, 20)],
    ['columns that are cut', encodeSeries(reply).buffer.slice(0, -40)],
  ])('%s is none', (_, bytes) => {
    expect(() => decodeSeries(bytes)).toThrow(RangeError);
  });
});
