// Past the door of collectors/recorded: expressions, legends and cells of every form, without a file around each.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { readExpression } from '../../../collectors/recorded/expression.ts';
import { grafanaCsv, grafanaJson, prometheusJson, victoriaMetrics } from '../../../collectors/recorded/index.ts';
import { labelsInLegend, panelOf } from '../../../collectors/recorded/grafana-panels.ts';
import { readPanelValue } from '../../../collectors/recorded/grafana-value.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { describeRecordings, recordingFiles } from '../../support/recordings.ts';
import { goldens } from '../support/goldens.ts';

describe('recorded forms', () => {
  goldens(prometheusJson, 'prometheus-json');
  goldens(victoriaMetrics, 'victoriametrics');
  goldens(grafanaJson, 'grafana-json');
  goldens(grafanaCsv, 'grafana-csv');

  it.each([
    ['prometheus-json', '{"status":"success","data":{"resultType":"matrix","result":[]}}'],
    ['victoriametrics-export', '{"metric":{"__name__":"up"},"values":[1],"timestamps":[1740162711000]}\n'],
    ['grafana-json', '{"results":{"A":{"frames":[{"schema":{"fields":[{"name":"Time","type":"time"}]},"data":{"values":[[]]}}]}}}'],
    ['grafana-csv', '"Time","vllm:num_requests_running","vllm:num_requests_waiting","vllm:prompt_tokens_total"\n1740162711000,1,2,3\n'],
    ['engine-csv', 'time,num_requests_running,num_requests_waiting\n1,1,2\n'],
  ])('a text of %s is recognised', (id, text) => {
    expect(sniff(text)?.collector.id).toBe(id);
  });
});

describe('an answer of the server', () => {
  it('that is an error says so', () => {
    expect(parseAll(prometheusJson, '{"status":"error","errorType":"bad_data","error":"invalid parameter \\"query\\""}').rejected).toEqual([
      { line: 1, reason: 'the server answered with an error: invalid parameter "query"', text: 'invalid parameter "query"' },
    ]);
  });

  it('with no known series says so', () => {
    const text = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[1740162711,"1"]}]}}';
    expect(parseAll(prometheusJson, text).rejected[0]?.reason).toMatch(/^none of the 1 series is in Headroom's tables/);
  });

  it('with a sum over GPUs names no GPU, and is refused', () => {
    const text =
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"DCGM_FI_DEV_GPU_UTIL","cluster":"x"},"value":[1740162711,"50"]}]}}';
    expect(parseAll(prometheusJson, text).rejected[0]?.reason).toBe('DCGM_FI_DEV_GPU_UTIL: its labels name no GPU, host or engine that it belongs to');
  });
});

describe('readExpression', () => {
  const read = (text: string) => {
    const expression = readExpression(text);
    return typeof expression === 'string' ? expression : [expression.name, expression.rate, Object.fromEntries(expression.labels)];
  };

  it.each([
    ['up', ['up', false, {}]],
    ['vllm:num_requests_running{model_name="m", instance=~"a.*", job="$job"}', ['vllm:num_requests_running', false, { model_name: 'm' }]],
    ['rate(a_total[5m])', ['a_total', true, {}]],
    ['irate(a_total{x="}"}[$__rate_interval])', ['a_total', true, { x: '}' }]],
    ['sum by (instance) (rate(a_total{x="1"}[1m]))', ['a_total', true, { x: '1' }]],
    ['sum(rate(a_total[1m])) by (instance)', ['a_total', true, {}]],
    ['max(DCGM_FI_DEV_GPU_TEMP{gpu=~"$gpu"}) by (Hostname, gpu)', ['DCGM_FI_DEV_GPU_TEMP', false, {}]],
    ['(avg_over_time(a[1m]))', ['a', false, {}]],
    ['a offset 5m', ['a', false, {}]],
  ])('understands %s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['increase(a_total[5m])', 'the function increase()'],
    ['histogram_quantile(0.9, sum by(le) (rate(a_bucket[5m])))', 'the function histogram_quantile()'],
    ['rate(a_sum[1m]) / rate(a_count[1m])', 'arithmetic ("/ rate(a_count[1m])")'],
    ['a * 100', 'arithmetic ("* 100")'],
    ['sum(a) / 4', 'arithmetic ("/ 4")'],
    ['100 - avg(a)', 'no metric is named'],
    ['rate(rate(a[1m])[5m:])', 'a rate of a rate'],
    ['{__name__=~"vllm:.*"}', 'no metric is named'],
  ])('does not guess at %s', (text, reason) => {
    expect(read(text)).toBe(reason);
  });
});

describe('readPanelValue', () => {
  it.each([
    ['93%', { kind: 'si', value: 0.93, unit: 'ratio' }],
    ['12.5 GB/s', { kind: 'si', value: 12.5e9, unit: 'bytes/s' }],
    ['8 Gb/s', { kind: 'si', value: 1e9, unit: 'bytes/s' }],
    ['1.5 GiB', { kind: 'si', value: 1610612736, unit: 'bytes' }],
    ['1.41 GHz', { kind: 'si', value: 1.41e9, unit: 'hertz' }],
    ['45 °C', { kind: 'si', value: 45, unit: 'celsius' }],
    ['2 mins', { kind: 'si', value: 120, unit: 'seconds' }],
    ['1.2 K', { kind: 'plain', value: 1200 }],
    ['3 Mil', { kind: 'plain', value: 3e6 }],
    ['1.5K req/s', { kind: 'plain', value: 1500 }],
    ['-4', { kind: 'plain', value: -4 }],
    ['', 'absent'],
    ['N/A', 'absent'],
    ['undefined', 'absent'],
    ['93 furlongs', 'unrecognised'],
    ['many', 'unrecognised'],
    ['5 m', 'unrecognised'],
  ])('reads %j', (text, expected) => {
    expect(readPanelValue(text)).toEqual(expected);
  });
});

describe('a panel that is known by its title', () => {
  it('is found in the name that Grafana gives a download', () => {
    expect(panelOf('Tensor Core Utilization-data-2025-02-21 19_31_51.csv')?.series).toBe('DCGM_FI_PROF_PIPE_TENSOR_ACTIVE');
    expect(panelOf('My panel-data-2025-02-21 19_31_51.csv')).toBeUndefined();
    expect(panelOf('power.csv')).toBeUndefined();
  });

  it('has GPUs in its legends', () => {
    expect(labelsInLegend('GPU 3')).toEqual(new Map([['gpu', '3']]));
    expect(labelsInLegend('n1 GPU 0/7 (1g.5gb)')).toEqual(
      new Map([
        ['gpu', '0'],
        ['Hostname', 'n1'],
        ['GPU_I_ID', '7'],
      ]),
    );
    expect(labelsInLegend('GPU-604ac76c-d9cf')).toEqual(new Map([['UUID', 'GPU-604ac76c-d9cf']]));
    expect(labelsInLegend('Mean')).toBeNull();
  });

  it('whose number alone is ambiguous is read only with a unit', () => {
    const context = { file: 'GPU Utilization-data-2025-02-21 19_31_51.csv' };
    const text = (cell: string) => `"Time","GPU 0"\n2025-02-21 18:31:51,${cell}\n`;
    expect(parseAll(grafanaCsv, text('93%'), context).readings[0]?.values).toEqual({ 'gpu.util': 0.93 });
    const refused = parseAll(grafanaCsv, text('0.93'), context);
    expect(refused.readings).toEqual([]);
    expect(refused.rejected[0]?.reason).toContain('different unit in different editions');
  });
});

describeRecordings('Grafana’s own frames', 'grafana', () => {
  it.each(recordingFiles('grafana', /\.jsonc?$/).map((file) => [file]))('%s is recognised or left, and never throws', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(grafanaJson.sniff(text)).toBeGreaterThan(0.5);
    const batch = parseAll(grafanaJson, text);
    expect(batch.rejected.filter((one) => one.reason.includes('JSON'))).toEqual([]);
  });
});
