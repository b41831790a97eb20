import { describe, expect, it } from 'vitest';
import { seriesCsv } from '../../../../web/lib/series/csv.ts';
import { emptyTracks, joinReply } from '../../../../web/lib/series/tracks.ts';
import { drawnSeries } from '../../../support/series.ts';

describe('series as CSV', () => {
  it('are one value a line in order of time, gaps left out, fields quoted where they must be', () => {
    const tracks = emptyTracks();
    joinReply(
      tracks,
      {
        series: drawnSeries(
          {
            entity: { kind: 'gpu', id: 'GPU-a', node: null },
            metric: 'gpu.util',
            unit: '',
            t: [0, 5, 10],
            min: [0.1, null, 0.3],
            mean: [0.2, null, 0.4],
            max: [0.3, null, 0.5],
          },
          { entity: { kind: 'engine', id: 'vllm@a,b', node: 'n1' }, metric: 'engine.promptTokens', unit: '', t: [5], min: [7], mean: [7], max: [7] },
        ),
      },
      Number.NEGATIVE_INFINITY,
    );
    expect(seriesCsv(tracks, { from: 0, to: 10 })).toBe(`time,kind,entity,node,metric,label,unit,mean,min,max
0,gpu,GPU-a,,gpu.util,GPU busy,ratio,0.2,0.1,0.3
5,engine,"vllm@a,b",n1,engine.promptRate,Prefill,tokens/s,7,7,7
10,gpu,GPU-a,,gpu.util,GPU busy,ratio,0.4,0.3,0.5
`);
    expect(seriesCsv(tracks, { from: 6, to: 9 }).split('\n')).toHaveLength(2);
  });
});
