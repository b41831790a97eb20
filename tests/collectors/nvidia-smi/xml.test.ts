import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { nvidiaSmiXml } from '../../../collectors/nvidia-smi/index.ts';

const parse = (text: string) => parseAll(nvidiaSmiXml, text);
const gpu = (uuid: string, inside: string) => `<gpu id="00000000:01:00.0"><uuid>${uuid}</uuid>${inside}</gpu>`;
const report = (...gpus: string[]) =>
  `<?xml version="1.0" ?>\n<nvidia_smi_log>\n<timestamp>Fri Feb 21 18:31:51 2025</timestamp>\n${gpus.join('\n')}\n</nvidia_smi_log>\n`;
const util = (value: string) => `<utilization><gpu_util>${value}</gpu_util></utilization>`;

describe('nvidia-smi -q -x', () => {
  it('that is cut off keeps the GPUs that are whole, and says where it ends', () => {
    const text = report(gpu('GPU-aaaaaaaa', util('31 %')), gpu('GPU-bbbbbbbb', util('32 %')));
    const batch = parse(text.slice(0, text.indexOf('32 %')));
    expect(batch.readings.map(({ entity, values }) => [entity.id, values])).toEqual([['GPU-aaaaaaaa', { 'gpu.util': 0.31 }]]);
    expect(batch.rejected).toMatchObject([{ line: 5, reason: 'the text ends inside a GPU: expected </gpu>' }]);
  });

  it('keeps the other GPUs where one is not well formed', () => {
    const batch = parse(report(gpu('GPU-aaaaaaaa', '<utilization><gpu_util 31'), gpu('GPU-bbbbbbbb', util('32 %'))));
    expect(batch.readings.map(({ entity }) => entity.id)).toContain('GPU-bbbbbbbb');
  });

  it('without a UUID names GPUs by their place, without a time counts reports', () => {
    const one =
      '<nvidia_smi_log><gpu id="00000000:01:00.0"><utilization><gpu_util>1 %</gpu_util></utilization></gpu><gpu id="00000000:41:00.0"><fan_speed>30 %</fan_speed></gpu></nvidia_smi_log>\n';
    const batch = parse(one + one);
    expect(batch.clock).toBe('ordinal');
    expect(batch.readings.map(({ entity, at }) => [entity.id, at])).toEqual([
      ['#0', 0],
      ['#1', 0],
      ['#0', 1],
      ['#1', 1],
    ]);
  });

  it('throws away an element that does not end within 4 MiB, and reads on', () => {
    const batch = parse(`${report(gpu('GPU-aaaaaaaa', `<x>${'y'.repeat(4 * 1024 * 1024)}</x>`), gpu('GPU-bbbbbbbb', util('32 %')))}`);
    expect(batch.rejected).toMatchObject([{ line: 4, reason: 'expected </gpu> within 4 MiB' }]);
    expect(batch.readings.map(({ entity }) => entity.id)).toEqual(['GPU-bbbbbbbb']);
  });

  it('has no number of processes where the list is empty and memory is in use', () => {
    const inside = (used: string) => `<fb_memory_usage><used>${used}</used></fb_memory_usage><processes></processes>`;
    expect(parse(report(gpu('GPU-aaaaaaaa', inside('63 MiB')))).readings[0]?.values['gpu.processes']).toBe(0);
    expect(parse(report(gpu('GPU-aaaaaaaa', inside('64 MiB')))).readings[0]?.values['gpu.processes']).toBeUndefined();
  });

  it('expands no entity of a document type', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${report(gpu('GPU-aaaaaaaa', '<product_name>&b;</product_name>'))}`;
    expect(parse(bomb).facts.find(({ name }) => name === 'name')?.value).toBe('&b;');
  });

  it('in whose place nvidia-smi prints an error makes an event', () => {
    expect(parse('Failed to initialize NVML: Driver/library version mismatch\n').events[0]?.kind).toBe('gpu-error');
  });
});
