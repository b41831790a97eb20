import { describe, expect, it } from 'vitest';
import { METRICS, isMetricId, type MetricId, shownUnit } from '../../../../core/readings/index.ts';
import { ceilingsOf, gpuLabel } from '../../../../web/lib/hardware.ts';
import { otherPanels } from '../../../../web/lib/series/other-panels.ts';
import { byReason, panelView } from '../../../../web/lib/series/panel-view.ts';
import { PANEL_METRICS, PANELS } from '../../../../web/lib/series/panels.ts';
import { gpuRows, stripChoices, STRIP_METRICS } from '../../../../web/lib/series/strips.ts';
import { emptyTracks, joinReply } from '../../../../web/lib/series/tracks.ts';
import { drawnSeries } from '../../../support/series.ts';

type Given = readonly (readonly [MetricId, string, readonly (number | null)[]])[];
function tracksOf(given: Given) {
  const tracks = emptyTracks();
  joinReply(
    tracks,
    {
      series: drawnSeries(
        ...given.map(([metric, id, values]) => ({
          entity: { kind: METRICS[metric].entity, id, node: 'n1' },
          metric,
          unit: '',
          t: values.map((_, index) => index * 5),
          min: [...values],
          mean: [...values],
          max: [...values],
        })),
      ),
    },
    Number.NEGATIVE_INFINITY,
  );
  return tracks;
}
const panel = (id: string) => {
  const found = PANELS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no panel ${id}`);
  return found;
};
const ask = { from: 0, to: 20, points: 10, ceilings: ceilingsOf('A100-40'), reasons: new Map<string, string>() };

describe('panels', () => {
  it('are made of metrics that exist, in the unit that they are shown in', () => {
    expect(PANEL_METRICS.filter((id) => !isMetricId(id))).toEqual([]);
    const wrong = PANELS.flatMap((one) =>
      one.variants.flatMap((variant) =>
        variant.scale === undefined ? variant.lines.filter((line) => shownUnit(line.metric) !== variant.unit).map((line) => `${one.id} ${line.metric}`) : [],
      ),
    );
    expect(wrong).toEqual([]);
    expect(new Set(PANELS.map((one) => one.id)).size).toBe(PANELS.length);
  });

  it('show memory bandwidth in bytes against the practical ceiling of a known GPU', () => {
    const view = panelView(panel('dram'), tracksOf([['gpu.dramActive', 'GPU-a', [0.5, 0.8]]]), ask);
    expect(view.unit).toBe('bytes/s');
    expect([...(view.lines[0]?.line.y ?? [])]).toEqual([777.5e9, 1244e9]);
    expect(view.limit).toEqual({ value: 1244e9, label: 'practical' });
  });

  it('show it as a share of time where the GPU is not known, and nvidia-smi’s figure with its caveat as a last resort', () => {
    expect(panelView(panel('dram'), tracksOf([['gpu.dramActive', 'GPU-a', [0.5]]]), { ...ask, ceilings: null })).toMatchObject({
      unit: 'ratio',
      limit: { value: 0.8 },
    });
    expect(panelView(panel('dram'), tracksOf([['gpu.memUtil', 'GPU-a', [0.5]]]), ask).note).toContain('not calibrated');
  });

  it('take the limit that the card reports before the table’s', () => {
    expect(
      panelView(
        panel('power'),
        tracksOf([
          ['gpu.power', 'GPU-a', [300]],
          ['gpu.powerLimit', 'GPU-a', [500]],
        ]),
        ask,
      ).limit?.value,
    ).toBe(500);
    expect(panelView(panel('power'), tracksOf([['gpu.power', 'GPU-a', [300]]]), ask).limit?.value).toBe(400);
  });

  it('say why nothing is there: the server’s reason, else how one gets it', () => {
    expect(panelView(panel('storage'), emptyTracks(), { ...ask, reasons: new Map([['host.fsReadRate', 'No network file system is mounted.']]) }).absent).toBe(
      'No network file system is mounted.',
    );
    expect(panelView(panel('nvlink'), emptyTracks(), ask).absent).toContain('dcgm-exporter');
    expect(panelView(panel('busy'), tracksOf([['gpu.util', 'GPU-a', [0.5]]]), { ...ask, from: 1000, to: 1010 }).absent).toBe('No sample in the time shown.');
  });

  it('that show nothing stand together where the reason is the same', () => {
    const reasons = new Map([
      ['gpu.tensorActive', 'No GPU was seen.'],
      ['gpu.nvlinkRx', 'No GPU was seen.'],
      ['host.cpu', 'No host was seen.'],
    ]);
    expect(byReason(['tensor', 'cpu', 'nvlink'].map((id) => panelView(panel(id), emptyTracks(), { ...ask, reasons })))).toEqual([
      ['No GPU was seen.', ['Tensor active', 'NVLink']],
      ['No host was seen.', ['CPU busy']],
    ]);
  });

  it('fall back to Ethernet where there is no InfiniBand', () => {
    const view = panelView(
      panel('network'),
      tracksOf([
        ['host.netRxRate', 'n1', [1e6]],
        ['host.netSpeed', 'n1', [3.125e9]],
      ]),
      ask,
    );
    expect([view.note, view.limit?.value]).toEqual(['Ethernet', 3.125e9]);
  });
});

describe('strips per GPU', () => {
  const tracks = tracksOf([
    ['gpu.dramActive', 'GPU-a', [0.8, 0.8]],
    ['gpu.dramActive', 'GPU-b', [0.3, null]],
    ['gpu.power', 'GPU-a', [200, 300]],
    ['gpu.powerLimit', 'GPU-a', [400, 400]],
  ]);
  const names = new Map([
    ['GPU-a', 'GPU 10'],
    ['GPU-b', 'GPU 2'],
  ]);

  it('offer only what some GPU has', () => {
    expect(stripChoices(tracks).map((one) => one.metric)).toEqual(['gpu.dramActive', 'gpu.power']);
  });

  it('order GPUs by number and say that they are unequal', () => {
    const [bandwidth] = STRIP_METRICS;
    if (bandwidth === undefined) throw new Error('no strip metric');
    const strip = gpuRows(tracks, bandwidth, { from: 0, to: 10, points: 10, names, live: false });
    expect(strip.rows.map((row) => [row.label, row.mean])).toEqual([
      ['GPU 2', 0.3],
      ['GPU 10', 0.8],
    ]);
    // Of what can be had, 0.8 of the time, as the verdict’s share and the panel: one quantity, one number.
    expect(strip.words).toBe('Unequal: from 37 % to 100 % on average.');
  });

  it.each<[string, readonly [number, number], string]>([
    ['twenty points between the largest and the mean are even, as in the finding', [0.4, 0.8], 'Even: from 40 % to 80 % on average.'],
    ['more are not', [0.39, 0.8], 'Unequal: from 39 % to 80 % on average.'],
    ['two that hardly work are, however many times as much one of them does', [0.02, 0.08], 'Even: from 2 % to 8 % on average.'],
  ])('%s', (_, [a, b], words) => {
    const busy = STRIP_METRICS.find((one) => one.metric === 'gpu.util');
    if (busy === undefined) throw new Error('no strip metric');
    const given = tracksOf([
      ['gpu.util', 'GPU-a', [a, a]],
      ['gpu.util', 'GPU-b', [b, b]],
    ]);
    expect(gpuRows(given, busy, { from: 0, to: 10, points: 10, names, live: false }).words).toBe(words);
  });

  it('tell the last five minutes of a job that goes on, as every tile beside them does', () => {
    const power = STRIP_METRICS.find((one) => one.metric === 'gpu.power');
    if (power === undefined) throw new Error('no power strip');
    // A reading in 5 s; the last 60 of 100 are five minutes.
    const given = tracksOf([['gpu.power', 'GPU-a', Array.from({ length: 100 }, (_, i) => (i < 40 ? 100 : 300))]]);
    const mean = (live: boolean) => gpuRows(given, power, { from: 0, to: 495, points: 100, names, live }).rows[0]?.mean;
    expect([mean(true), mean(false)]).toEqual([300, 220]);
  });

  it('measure power against the reported limit', () => {
    const power = STRIP_METRICS.find((one) => one.metric === 'gpu.power');
    if (power === undefined) throw new Error('no power strip');
    expect(gpuRows(tracks, power, { from: 0, to: 10, points: 10, names, live: false }).top).toBe(400);
  });
});

describe('hardware names', () => {
  it('come from the table, and stand as they are where it has none', () => {
    expect([gpuLabel('A40'), gpuLabel('RTX-6000'), gpuLabel(null)]).toEqual(['A40 48 GB', 'RTX-6000', null]);
    expect(ceilingsOf('RTX-6000')).toBeNull();
  });
});

describe('further panels', () => {
  it('show what is measured beside the usual, counters as rates, processes left out', () => {
    const panels = otherPanels([
      { kind: 'gpu', metrics: ['gpu.util', 'gpu.fan', 'gpu.memClock', 'gpu.brandNew'] },
      { kind: 'host', metrics: ['host.majorFaults', 'host.netRx'] },
      { kind: 'process', metrics: ['process.rss'] },
    ]);
    expect(panels.map((one) => [one.title, one.variants[0].unit])).toEqual([
      ['Memory clock', 'hertz'],
      ['Fan', 'ratio'],
      ['Major page faults', '1/s'],
    ]);
  });
});
