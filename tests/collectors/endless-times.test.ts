import { describe, expect, it } from 'vitest';
import { parseAll } from '../../collectors/collector/index.ts';
import { collectorById } from '../../collectors/registry.ts';

const labels = '"__name__":"DCGM_FI_DEV_POWER_USAGE","Hostname":"n1","UUID":"GPU-aaaa","gpu":"0"';
const TEXTS = [
  [
    'prometheus-json',
    `{"status":"success","data":{"resultType":"matrix","result":[\n{"metric":{${labels}},"values":[[1740162711,"300"],[1e400,"301"]]}\n]}}`,
    [1740162711],
  ],
  ['victoriametrics-export', `{"metric":{${labels}},"values":[300,301],"timestamps":[1740162711000,1e400]}\n`, [1740162711]],
] as const;

describe('a sample at a time that no double holds', () => {
  it.each(TEXTS.map(([id, text, times]) => ({ id, text, times })))('is no reading: $id', ({ id, text, times }) => {
    const collector = collectorById(id);
    if (collector === undefined) throw new Error(id);
    expect(parseAll(collector, text, { node: 'n1' }).readings.map(({ at }) => at)).toEqual(times);
  });
});
