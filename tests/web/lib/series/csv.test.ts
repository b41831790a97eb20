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

  it.each([
    ['=HYPERLINK("http://x.example","y")', `"'=HYPERLINK(""http://x.example"",""y"")"`],
    ['+1+1', "'+1+1"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tindented', "'\tindented"],
    ['\r=1', `"'\r=1"`],
    ['a=b', 'a=b'],
  ])('show a name %j as text, not as a formula', (id, cell) => {
    const tracks = emptyTracks();
    const name = { kind: 'gpu', id, node: 'n1' } as const;
    joinReply(
      tracks,
      { series: drawnSeries({ entity: name, metric: 'gpu.temp', unit: '', t: [5], min: [7], mean: [-7], max: [7] }) },
      Number.NEGATIVE_INFINITY,
    );
    const [, line] = seriesCsv(tracks, { from: 0, to: 10 }).split('\n');
    expect(line?.startsWith(`5,gpu,${cell},n1,`)).toBe(true);
    // A negative reading is a number.
    expect(line).toContain(',-7,');
  });
});
