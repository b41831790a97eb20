import { describe, expect, it } from 'vitest';
import type { IngestBatch, Series } from '../../../../core/contract/index.ts';
import type { MetricId } from '../../../../core/readings/index.ts';
import { appendBlocks, emptyTracks, joinReply, lastBucketStart, lastTime, shownAs, tailStart } from '../../../../web/lib/series/tracks.ts';
import { drawnSeries } from '../../../support/series.ts';

const GPU = { kind: 'gpu', id: 'GPU-a', node: 'n1' } as const;
const HOST = { kind: 'host', id: 'n1', node: 'n1' } as const;

function series(entity: Series['entity'], metric: string, t: number[], values: (number | null)[]): Series {
  return { entity, metric, unit: '', t, min: values, mean: values, max: values };
}
function block(entity: IngestBatch['blocks'][number]['entity'], t: number[], columns: IngestBatch['blocks'][number]['columns']): IngestBatch['blocks'][number] {
  return { entity, t, columns };
}
const wanted = (...ids: MetricId[]): ReadonlySet<MetricId> => new Set(ids);
const of = (tracks: ReturnType<typeof emptyTracks>, key: string) => {
  const track = tracks.byKey.get(key);
  return track === undefined ? undefined : { t: [...track.t], mean: [...track.mean] };
};

describe('history and live readings together', () => {
  it('appends live readings and leaves out those that are there already', () => {
    const tracks = emptyTracks();
    joinReply(tracks, { series: drawnSeries(series(GPU, 'gpu.util', [0, 5, 10], [0.1, 0.2, 0.3])) }, Number.NEGATIVE_INFINITY);
    appendBlocks(tracks, [block(GPU, [5, 10, 15], { 'gpu.util': [0.9, 0.9, 0.4] })], wanted('gpu.util'));
    expect(of(tracks, 'gpu:GPU-a gpu.util')).toEqual({ t: [0, 5, 10, 15], mean: [0.1, 0.2, 0.3, 0.4] });
  });

  it('replaces a tail without a gap and without a doubled point', () => {
    const tracks = emptyTracks();
    joinReply(tracks, { series: drawnSeries(series(GPU, 'gpu.util', [0, 20, 40], [0.1, 0.2, 0.3])) }, Number.NEGATIVE_INFINITY);
    joinReply(tracks, { series: drawnSeries(series(GPU, 'gpu.util', [20, 25, 30, 35, 40, 45], [1, 2, 3, 4, 5, 6])) }, 20);
    expect(of(tracks, 'gpu:GPU-a gpu.util')).toEqual({ t: [0, 20, 25, 30, 35, 40, 45], mean: [0.1, 1, 2, 3, 4, 5, 6] });
  });

  it('draws a gap after more than three periods of silence, not after three', () => {
    const tracks = emptyTracks();
    joinReply(tracks, { series: drawnSeries(series(GPU, 'gpu.util', [0, 5, 10, 15, 20], [1, 1, 1, 1, 1])) }, Number.NEGATIVE_INFINITY);
    appendBlocks(tracks, [block(GPU, [35], { 'gpu.util': [1] })], wanted('gpu.util'));
    expect(of(tracks, 'gpu:GPU-a gpu.util')?.mean).toEqual([1, 1, 1, 1, 1, 1]);
    appendBlocks(tracks, [block(GPU, [51], { 'gpu.util': [1] })], wanted('gpu.util'));
    expect(of(tracks, 'gpu:GPU-a gpu.util')).toEqual({ t: [0, 5, 10, 15, 20, 35, 40, 51], mean: [1, 1, 1, 1, 1, 1, Number.NaN, 1] });
  });

  it('takes an absent value for a missed sample, never for zero', () => {
    const tracks = emptyTracks();
    appendBlocks(tracks, [block(GPU, [0, 5, 10], { 'gpu.util': [0.5, null, 0.7] })], wanted('gpu.util'));
    expect(of(tracks, 'gpu:GPU-a gpu.util')).toEqual({ t: [0, 10], mean: [0.5, 0.7] });
  });

  it('leaves what was read as it was: a tail and live readings go into other memory, or behind', () => {
    const tracks = emptyTracks();
    joinReply(tracks, { series: drawnSeries(series(GPU, 'gpu.util', [0, 5, 10], [0.1, 0.2, 0.3])) }, Number.NEGATIVE_INFINITY);
    appendBlocks(tracks, [block(GPU, [15], { 'gpu.util': [0.4] })], wanted('gpu.util'));
    const read = tracks.byKey.get('gpu:GPU-a gpu.util');
    joinReply(tracks, { series: drawnSeries(series(GPU, 'gpu.util', [4, 6], [7, 8])) }, 4);
    appendBlocks(tracks, [block(GPU, [8, 9, 11], { 'gpu.util': [9, 9, 9] })], wanted('gpu.util'));
    expect([read?.t, read?.mean].map((column) => [...(column ?? [])])).toEqual([
      [0, 5, 10, 15],
      [0.1, 0.2, 0.3, 0.4],
    ]);
    expect(of(tracks, 'gpu:GPU-a gpu.util')).toEqual({ t: [0, 4, 6, 8, 9, 11], mean: [0.1, 7, 8, 9, 9, 9] });
  });

  it('keeps typed columns from the reply on, with the least and the greatest of each bucket', () => {
    const tracks = emptyTracks();
    joinReply(
      tracks,
      { series: drawnSeries({ entity: GPU, metric: 'gpu.util', unit: '', t: [0, 5], min: [1, null], mean: [2, null], max: [3, null] }) },
      Number.NEGATIVE_INFINITY,
    );
    appendBlocks(tracks, [block(GPU, [10], { 'gpu.util': [4] })], wanted('gpu.util'));
    const track = tracks.byKey.get('gpu:GPU-a gpu.util');
    expect([track?.min, track?.mean, track?.max]).toEqual([
      Float64Array.of(1, Number.NaN, 4),
      Float64Array.of(2, Number.NaN, 4),
      Float64Array.of(3, Number.NaN, 4),
    ]);
  });

  it('leaves out metrics that nobody asked for', () => {
    const tracks = emptyTracks();
    appendBlocks(tracks, [block(GPU, [0], { 'gpu.fan': [0.5] })], wanted('gpu.util'));
    expect(tracks.byKey.size).toBe(0);
  });
});

describe('counters', () => {
  it('become rates between one live block and the next', () => {
    const tracks = emptyTracks();
    expect(appendBlocks(tracks, [block(HOST, [0], { 'host.netRx': [1000] })], wanted('host.netRxRate'))).toBe(true);
    expect(appendBlocks(tracks, [block(HOST, [5], { 'host.netRx': [2000] })], wanted('host.netRxRate'))).toBe(false);
    appendBlocks(tracks, [block(HOST, [10, 15], { 'host.netRx': [4000, 4500] })], wanted('host.netRxRate'));
    expect(of(tracks, 'host:n1 host.netRxRate')).toEqual({ t: [5, 10, 15], mean: [200, 400, 100] });
  });

  it('give no rate over a reset', () => {
    const tracks = emptyTracks();
    appendBlocks(tracks, [block(HOST, [0, 5, 10], { 'host.netRx': [5000, 100, 600] })], wanted('host.netRxRate'));
    expect(of(tracks, 'host:n1 host.netRxRate')).toEqual({ t: [10], mean: [100] });
  });

  it('give way to a gauge that the tool printed itself', () => {
    const tracks = emptyTracks();
    appendBlocks(tracks, [block(GPU, [0, 5], { 'gpu.power': [200, 210], 'gpu.energy': [0, 5000] })], wanted('gpu.power'));
    expect(of(tracks, 'gpu:GPU-a gpu.power')).toEqual({ t: [0, 5], mean: [200, 210] });
  });

  it('are shown under their rate', () => {
    expect([shownAs('host.netRx'), shownAs('engine.requests'), shownAs('gpu.util')]).toEqual(['host.netRxRate', 'engine.requests', 'gpu.util']);
  });

  it('that history answers as rates stand under their rate too', () => {
    const tracks = emptyTracks();
    joinReply(tracks, { series: drawnSeries(series(HOST, 'host.netRx', [5], [100])) }, 0);
    expect([...tracks.byKey.keys()]).toEqual(['host:n1 host.netRxRate']);
  });
});

describe('where a tail begins', () => {
  it('is the earliest end of the series that still go on', () => {
    const tracks = emptyTracks();
    joinReply(
      tracks,
      { series: drawnSeries(series(GPU, 'gpu.util', [0, 100], [1, 1]), series(HOST, 'host.cpu', [0, 90], [1, 1]), series(GPU, 'gpu.power', [0, 10], [1, 1])) },
      Number.NEGATIVE_INFINITY,
    );
    expect(lastTime(tracks)).toBe(100);
    expect(tailStart(tracks, 50)).toBe(90);
    expect(tailStart(emptyTracks(), 50)).toBe(50);
  });

  it('is the last bucket but one for history, whatever ended ten minutes before left out', () => {
    const tracks = emptyTracks();
    joinReply(
      tracks,
      {
        series: drawnSeries(
          series(GPU, 'gpu.util', [0, 980, 1000], [1, 1, 1]),
          series(HOST, 'host.cpu', [0, 960, 990], [1, 1, 1]),
          series(GPU, 'gpu.power', [0, 200, 400], [1, 1, 1]),
        ),
      },
      Number.NEGATIVE_INFINITY,
    );
    expect(lastBucketStart(tracks)).toBe(960);
    expect(lastBucketStart(emptyTracks())).toBeNull();
  });
});
