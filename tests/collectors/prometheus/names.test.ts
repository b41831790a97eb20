// Past the door of collectors/prometheus: the name tables are checked whole, row by row.
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../core/readings/index.ts';
import { DCGM_FIELDS, isDcgmBlank } from '../../../collectors/prometheus/names/dcgm.ts';
import { nameTables } from '../../../collectors/prometheus/names/exporters.ts';
import { asRates, inSi, isKnownName, resolveSeries } from '../../../collectors/prometheus/resolve.ts';

const rows = nameTables.flatMap((table) => Object.entries(table.rules).flatMap(([name, rules]) => rules.map((rule) => ({ table, name, rule }))));
const gpu = (name: string) => resolveSeries(name, new Map([['UUID', 'GPU-a']]), {})?.slots.map((slot) => slot.rule);

describe('the name tables', () => {
  it('send every series to metrics of the kind of thing that it belongs to', () => {
    expect(rows.filter(({ table, rule }) => METRICS[rule.to].entity !== table.owner.kind).map(({ name }) => name)).toEqual([]);
  });

  it('name all parts of what is made of parts, each from a series of its own', () => {
    const parted = rows.filter(({ rule }) => rule.fold === 'parts');
    expect(parted.length).toBeGreaterThan(0);
    for (const { table, rule } of parted) {
      const siblings = parted.filter((other) => other.table === table && other.rule.to === rule.to).map((other) => other.rule.part);
      expect([...siblings].sort()).toEqual([...(rule.parts ?? [])].sort());
    }
  });

  it('spell no name twice', () => {
    const names = nameTables.flatMap((table) => [...Object.keys(table.rules), ...Object.keys(table.info ?? {})]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('scale no gauge of a rate or a ratio beyond its unit: what is per cent is divided by 100', () => {
    expect(rows.filter(({ rule }) => METRICS[rule.to].unit === 'ratio' && rule.mul !== undefined).map(({ name }) => name)).toEqual([]);
  });

  it('know names with underscores for colons, of Ray, and of counters without their ending', () => {
    expect(
      ['vllm:num_requests_running', 'vllm_num_requests_running', 'ray_vllm:num_requests_running', 'ray_vllm_prompt_tokens', 'vllm:num_preemptions'].map(
        isKnownName,
      ),
    ).toEqual([true, true, true, true, true]);
    expect(['vllm:nothing', 'up', '', 'constructor', '__proto__'].map(isKnownName)).toEqual([false, false, false, false, false]);
  });
});

describe('DCGM’s names', () => {
  it.each([
    [1001, 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO'],
    [1002, 'DCGM_FI_PROF_SM_ACTIVE', 'DCGM_FI_PROF_SM_UTIL_RATIO'],
    [1003, 'DCGM_FI_PROF_SM_OCCUPANCY', 'DCGM_FI_PROF_SM_OCCUPANCY_RATIO'],
    [1004, 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', 'DCGM_FI_PROF_TENSOR_UTIL_RATIO'],
    [1005, 'DCGM_FI_PROF_DRAM_ACTIVE', 'DCGM_FI_PROF_DRAM_UTIL_RATIO'],
    [1006, 'DCGM_FI_PROF_PIPE_FP64_ACTIVE', 'DCGM_FI_PROF_FP64_UTIL_RATIO'],
    [1007, 'DCGM_FI_PROF_PIPE_FP32_ACTIVE', 'DCGM_FI_PROF_FP32_UTIL_RATIO'],
    [1008, 'DCGM_FI_PROF_PIPE_FP16_ACTIVE', 'DCGM_FI_PROF_FP16_UTIL_RATIO'],
    [112, 'DCGM_FI_DEV_CLOCK_THROTTLE_REASONS', 'DCGM_FI_DEV_CLOCKS_EVENT_REASONS'],
    [155, 'DCGM_FI_DEV_POWER_USAGE', 'DCGM_FI_DEV_BOARD_POWER_WATTS'],
    [164, 'DCGM_FI_DEV_ENFORCED_POWER_LIMIT', 'DCGM_FI_DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS'],
    [203, 'DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_GPU_UTIL_RATIO'],
    [230, 'DCGM_FI_DEV_XID_ERRORS', 'DCGM_FI_DEV_XID_ERROR'],
  ] as const)('field %i means the same under its old and its new name', (id, before, after) => {
    expect(gpu(before)).toEqual([...DCGM_FIELDS[id].rules]);
    expect(gpu(after)).toEqual([...DCGM_FIELDS[id].rules]);
  });

  it.each([[2147483632], [140737488355328], [9.223372036854776e18]])('%d is a blank', (value) => {
    expect(isDcgmBlank(value)).toBe(true);
  });

  it.each([[0], [2147483631], [2147483648], [400_000_000_000]])('%d is a value', (value) => {
    expect(isDcgmBlank(value)).toBe(false);
  });
});

describe('series that are rates or carry units', () => {
  it('go to the gauge of the rate, with the counter’s scale', () => {
    const energy = resolveSeries('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', new Map([['UUID', 'GPU-a']]), {});
    const rates = energy === null ? 'unknown' : asRates(energy);
    expect(typeof rates === 'string' ? rates : rates.slots.map(({ rule }) => [rule.to, rule.div])).toEqual([['gpu.power', 1000]]);
  });

  it('are refused where the metric has no rate of its own, or is no counter', () => {
    const refused = (name: string, labels: Map<string, string>) => {
      const target = resolveSeries(name, labels, {});
      return target === null ? 'unknown' : asRates(target);
    };
    expect(refused('DCGM_FI_DEV_GPU_UTIL', new Map([['UUID', 'GPU-a']]))).toBe('a rate of gpu.util, which is no counter');
    expect(refused('vllm:num_preemptions_total', new Map())).toBe('the rate of engine.preemptions has no metric of its own: export the counter itself');
  });

  it('lose the exporter’s scale but not a part’s sign', () => {
    const available = resolveSeries('node_memory_MemAvailable_bytes', new Map(), {});
    const util = resolveSeries('DCGM_FI_DEV_GPU_UTIL', new Map([['UUID', 'GPU-a']]), {});
    expect(available === null ? null : inSi(available).slots.map(({ rule }) => rule.mul)).toEqual([-1]);
    expect(util === null ? null : inSi(util).slots.map(({ rule }) => rule.div)).toEqual([undefined]);
  });
});
