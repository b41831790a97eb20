import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { describeRecordings, recordingFiles } from '../../support/recordings.ts';

const tz = 'Europe/Stockholm';

/** Reads a recording without being told what it is. */
function read(path: string) {
  const text = readFileSync(path, 'utf8');
  const found = sniff(text, basename(path));
  if (found === null) throw new Error(`no collector knows ${basename(path)}`);
  return { id: found.collector.id, batch: parseAll(found.collector, text, { tz }) };
}
const files = (folder: string, pattern?: RegExp) => recordingFiles(folder, pattern).map((path) => [path.split('/').slice(-2).join('/'), path] as const);
const factOf = (batch: ReturnType<typeof read>['batch'], name: string) => batch.facts.find((fact) => fact.name === name)?.value;

describeRecordings('recorded nvidia-smi', 'nvidia-smi', (home) => {
  describe('XML of seven driver branches', () => {
    it.each([
      ['a100-sxm4-v12.xml', 'NVIDIA A100-SXM4-80GB', { 'gpu.power': 67.03, 'gpu.powerLimit': 500, 'gpu.present': 1 }],
      ['a10g.xml', 'NVIDIA A10G', { 'gpu.power': 25.58, 'gpu.powerLimit': 300 }],
      ['tesla-t4.xml', 'Tesla T4', { 'gpu.power': 26.78, 'gpu.processes': 2 }],
      ['rtx-3080-v13.xml', 'NVIDIA GeForce RTX 3080', { 'gpu.util': 0.65, 'gpu.power': 139.62, 'gpu.pcieRx': 14742333000 }],
      ['rtx-4000-sff-ada-v13.xml', 'NVIDIA RTX 4000 SFF Ada Generation', { 'gpu.capPowerTime': 4251.825415, 'gpu.memUtil': 0.37 }],
      ['gtx-1070-ti.xml', 'GeForce GTX 1070 Ti', { 'gpu.util': 0, 'gpu.temp': 39 }],
    ])('%s', (file, name, values) => {
      const { id, batch } = read(join(home, 'xml', file));
      expect(id).toBe('nvidia-smi-xml');
      expect(batch.rejected).toEqual([]);
      expect(factOf(batch, 'name')).toBe(name);
      expect(batch.readings.find(({ entity }) => entity.id.startsWith('GPU-'))?.values).toMatchObject(values);
    });
    it('of an A100 with MIG on has no utilisation at all', () => {
      const { batch } = read(join(home, 'xml', 'a100-sxm4-v12.xml'));
      expect(batch.readings.some(({ values }) => 'gpu.util' in values || 'gpu.memUtil' in values)).toBe(false);
      expect(batch.readings.filter(({ entity }) => entity.id.startsWith('MIG-')).length).toBe(4);
    });
  });

  it.each(files('nvidia-smi/xml'))('%s is read without a rejection', (_name, path) => {
    expect(read(path)).toMatchObject({ id: 'nvidia-smi-xml', batch: { rejected: [] } });
  });

  it.each(files('nvidia-smi/captures'))('%s: each section is read, none refused', (_name, path) => {
    const { id, batch } = read(path);
    expect(id).toBe('nvidia-smi-log');
    expect(batch.rejected).toEqual([]);
    expect(batch.clock).toBe('utc');
    const mig = path.includes('-mig__');
    const gpu = batch.readings.filter(({ entity, values }) => entity.id.startsWith('GPU-') && 'gpu.memTotal' in values);
    expect(gpu.length).toBe(6); // idle and under load: the table, -q and every field of --query-gpu
    for (const { values } of gpu) expect('gpu.util' in values).toBe(!mig);
    expect(gpu.some(({ values }) => values['gpu.util'] === 1)).toBe(/h100-80gb|h200__|l40s/.test(path)); // the GeForce cards only encoded video
  });

  it.each(files('nvidia-smi/dmon'))('%s: four GPUs, one reading each per second', (_name, path) => {
    const { id, batch } = read(path);
    expect([id, batch.clock, batch.zoneless, batch.rejected.length]).toEqual(['nvidia-smi-dmon', 'utc', true, 0]);
    expect(new Set(batch.readings.map(({ entity }) => entity.id))).toEqual(new Set(['#0', '#1', '#2', '#3']));
    expect(batch.readings.some(({ values }) => 'gpu.nvlinkRx' in values)).toBe(true);
    expect(batch.readings[0]?.values).not.toHaveProperty('gpu.nvlinkRx'); // printed as - at first
  });

  it('logs that people kept', () => {
    const kept = read(join(home, 'csv', 'gpu_log.csv'));
    expect([kept.id, kept.batch.readings.length]).toEqual(['nvidia-smi-query', 1923]);
    expect(kept.batch.readings[0]?.values).toEqual({ 'gpu.util': 0, 'gpu.memUtil': 0, 'gpu.power': 11.64 });
    const named = read(join(home, 'csv', 'gpu_usage_log.csv'));
    expect(named.batch.readings.at(2)?.values).toEqual({ 'gpu.util': 0, 'gpu.memUsed': 1118830592, 'gpu.memTotal': 48305799168, 'gpu.temp': 30 });
    const eight = read(join(home, 'csv', 'nvidia_smi.csv'));
    expect(new Set(eight.batch.readings.map(({ entity }) => entity.id)).size).toBe(8);
    expect(eight.batch.zoneless).toBe(false);
  });

  it.each([
    ['embedded-logs/hf_ds_gpt2_base_n4-1832555.out', 4, 'Tesla V100-SXM2...'],
    ['embedded-logs/meg_gpt2_base_n4_dp1_tp4_pp4-1809579.out', 4, 'Tesla V100-SXM2...'],
    ['text/INFO_V100.txt', 1, 'Tesla V100-PCIE...'],
    ['text/INFO_A100.txt', 1, 'NVIDIA A100-PCI...'],
    ['embedded-logs/README.md', 8, 'NVIDIA H800'],
    ['embedded-logs/README.md__356', 8, 'NVIDIA A800 80G...'],
  ])('the tables in %s', (file, gpus, name) => {
    const { id, batch } = read(join(home, file));
    expect(id).toBe('nvidia-smi-log');
    expect(batch.rejected).toEqual([]);
    expect(new Set(batch.readings.filter(({ entity }) => entity.kind === 'gpu').map(({ entity }) => entity.id)).size).toBe(gpus);
    expect(factOf(batch, 'name')).toBe(name);
  });

  it.each(files('nvidia-smi/errors'))('%s is an error about a GPU', (_name, path) => {
    const { batch } = read(path);
    expect(batch.events.map(({ kind, entity }) => [kind, entity?.kind])).toEqual([['gpu-error', 'gpu']]);
  });
});

describeRecordings('labelled runs', 'labelled/vllm-h100', () => {
  it.each(files('labelled/vllm-h100', /nvidia_smi_.*0\.csv$/))('%s is on the run’s own clock, one GPU, nothing refused', (_name, path) => {
    const { id, batch } = read(path);
    expect([id, batch.clock, batch.rejected.length]).toEqual([path.includes('_dom_') ? 'nvidia-smi-dmon' : 'nvidia-smi-query', 'relative', 0]);
    const rows = readFileSync(path, 'utf8').trim().split('\n').length - (path.includes('_dom_') ? 2 : 1);
    expect(batch.readings.length).toBe(rows);
    expect(batch.readings.every(({ values }) => values['gpu.util'] !== undefined && values['gpu.memUtil'] !== undefined)).toBe(true);
  });
});

describeRecordings('recorded nvtop', 'nvtop', (home) => {
  it('of Intel, AMD and an extended schema that was cut off', () => {
    const intel = read(join(home, 'issue371_intel_nulls_as_posted.txt'));
    expect(intel.batch.readings.map(({ values }) => values)).toEqual([{ 'gpu.smClock': 4e8, 'gpu.present': 1 }]);
    const amd = read(join(home, 'issue431_amd_2gpu.json'));
    expect(amd.batch.readings[1]?.values).toEqual({
      'gpu.smClock': 1.23e9,
      'gpu.memClock': 1.249e9,
      'gpu.temp': 51,
      'gpu.fan': 0.14,
      'gpu.power': 117,
      'gpu.util': 0.73,
      'gpu.memOccupancy': 0.28,
    });
    expect(amd.batch.readings[0]?.values).not.toHaveProperty('gpu.fan'); // "CPU Fan"
    const extended = read(join(home, 'pr445_extended_schema_FRAGMENT.txt'));
    expect(extended.batch.readings.find(({ entity }) => entity.kind === 'gpu')?.values).toMatchObject({
      'gpu.memTotal': 21458059264,
      'gpu.powerLimit': 282,
      'gpu.pcieGen': 3,
    });
    expect(extended.batch.rejected.length).toBe(1);
  });
});

describeRecordings('recorded dcgmi dmon', 'dcgm', (home) => {
  it('of dcgmproftester: tensor active rises to 0.93', () => {
    const { id, batch } = read(join(home, 'issues', 'dcgmi_dmon_dcgmproftester_tensor.txt'));
    expect([id, batch.rejected.length, batch.readings.length]).toEqual(['dcgmi-dmon', 0, 13]);
    expect(batch.readings.at(-1)?.values).toEqual({ 'gpu.grActive': 0.971, 'gpu.tensorActive': 0.93, 'gpu.dramActive': 0 });
  });
  it('pasted in notes, with and without its header', () => {
    const { batch } = read(join(home, 'dcgmi-docs', 'llm-base__dcgmi.md'));
    expect(batch.readings.find(({ values }) => values['gpu.pcieTx'] === 498948)?.values).toEqual({
      'gpu.nvlinkTx': 0,
      'gpu.nvlinkRx': 0,
      'gpu.pcieTx': 498948,
      'gpu.pcieRx': 1555,
    });
    const dmon = read(join(home, 'dcgmi-docs', 'llm-base__nvidia-smi-dmon.md'));
    expect([dmon.id, dmon.batch.readings.length]).toEqual(['nvidia-smi-log', 52]);
    expect(dmon.batch.rejected.every(({ reason }) => reason.includes('pci: out of range'))).toBe(true); // terabytes per second
  });
});
