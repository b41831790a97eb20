import { describe, expect, it } from 'vitest';
import type { EntityRef, SourceEvent } from '../../../../core/readings/index.ts';
import { findFindings } from '../../../../core/telling/index.ts';
import { judged, type PhaseSpec, type RunSpec } from './judged.ts';

const work: PhaseSpec = { seconds: 1000, busy: 0.9, bottleneck: 'compute' };
const run: RunSpec = { gpus: [{ id: '#0', phases: [work], facts: { pciBusId: '00000000:31:00.0', index: '0' } }] };
const gpu = (id: string): EntityRef => ({ kind: 'gpu', id });
const event = (text: string, entity: EntityRef | null = null, kind: SourceEvent['kind'] = 'gpu-error', at: number | null = null): SourceEvent => ({
  at,
  entity,
  kind,
  text,
});
const found = (...events: SourceEvent[]) => findFindings(judged({ ...run, events })).filter(({ id }) => id === 'gpu-error');
const xid = (number: number, rest = 'pid=1') => event(`NVRM: Xid (PCI:0000:31:00): ${number}, ${rest}`, gpu('#0'), 'xid', 5);
const cells = (which: string, at: number) => event(`nvidia-smi prints ERR! for GPU 0 (${which}): | N/A ${at}C`, gpu('#0'), 'gpu-error', at);

describe('an Xid', () => {
  it.each([
    [13, /illegal instruction or address.*Restart the process/, false],
    [31, /page fault.*Restart the process/, false],
    [43, /the GPU is well/, false],
    [45, /cleaned up after a process/, false],
    [48, /double bit.*drain the node, reset the GPU/, true],
    [61, /micro-controller/, true],
    [62, /micro-controller halted/, true],
    [63, /put out of use.*next reset/, true],
    [64, /could not be recorded.*reset the GPU/, true],
    [74, /NVLink connection failed/, true],
    [79, /lost \(Xid 79.*drain the node and reboot/, true],
    [92, /many memory errors/, true],
    [94, /contained: only the process that used it was stopped.*Restart the process/, false],
    [95, /could not be corrected or contained.*reset/, true],
    [119, /GSP.*did not answer in time/, true],
    [120, /GSP/, true],
    [4242, /a number that Headroom does not know.*catalogue/, true],
  ])('%i says what it means and who must act', (number, words, admin) => {
    const [finding, ...more] = found(xid(number));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'gpu-error', entity: '#0', from: 5, to: 5 });
    expect(finding?.text).toMatch(words);
    expect(finding?.text).toMatch(/^GPU 0 at 0000:31:00\.0 /);
    expect(finding?.text.includes('Tell support')).toBe(admin);
  });

  it('stands before everything else', () => {
    const bad: RunSpec = { gpus: [{ id: '#0', phases: [work], series: { 'gpu.eccUncorrected': [1, 1, 1] } }], events: [xid(79)] };
    expect(findFindings(judged(bad)).map(({ id }) => id)).toEqual(['gpu-error', 'ecc']);
  });

  it('of a GPU of which there is no reading has its bus address', () => {
    const [finding] = found(event('NVRM: Xid (PCI:0000:a1:00): 31, pid=2', gpu('00000000:A1:00.0'), 'xid'));
    expect(finding).toMatchObject({ entity: '0000:A1:00.0', from: null });
    expect(finding?.text).toMatch(/^The GPU at 0000:A1:00\.0 reports Xid 31:/);
  });

  it('of a MIG slice, and without PCI, is read', () => {
    expect(found(event('NVRM: Xid (PCI:0000:31:00 GPU-I:06): 94, pid=7', null, 'xid'))[0]?.text).toContain('Xid 94');
    expect(found(event('NVRM: Xid (0000:31:00): 31, Ch 00000010', null, 'xid'))[0]?.text).toContain('Xid 31');
  });

  it('in DCGM’s counter is one that came in the run, or one that leaves the GPU unfit', () => {
    const counted = (...values: number[]) =>
      findFindings(judged({ gpus: [{ id: '#0', phases: [work], series: { 'gpu.xid': values } }] })).map(({ id, evidence }) => [id, ...evidence]);
    expect(counted(0, 0, 0)).toEqual([]);
    expect(counted(31, 31, 31)).toEqual([]);
    expect(counted(0, 31, 31)).toEqual([['gpu-error', "DCGM's last Xid: 31 (it came in this run)"]]);
    expect(counted(79, 79, 79)).toEqual([['gpu-error', "DCGM's last Xid: 79 (it was there when this run began)"]]);
    expect(counted(94, 94, 94)).toHaveLength(1);
  });
});

describe('lines about one lost GPU', () => {
  it('are one finding, with the time that they have', () => {
    const findings = found(
      event('Unable to determine the device handle for GPU0000:A1:00.0: Unknown Error', gpu('00000000:A1:00.0')),
      event('[Fri Apr  5 21:29:39 2024] NVRM: Xid (PCI:0000:a1:00): 79, GPU has fallen off the bus.', gpu('00000000:A1:00.0'), 'xid'),
      event('[Fri Apr  5 21:29:39 2024] NVRM: GPU 0000:a1:00.0: GPU has fallen off the bus.', null),
      event('NVRM: fallen off the bus and is not responding to commands.', null),
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]?.text).toContain('First told: Fri Apr  5 21:29:39 2024');
    expect(findings[0]?.evidence).toHaveLength(3);
  });

  it('of two GPUs are two', () => {
    expect(found(event('GPU 0000:a1:00.0: GPU is lost'), event('GPU 0000:b1:00.0: GPU is lost'))).toHaveLength(2);
  });
});

describe('ERR!', () => {
  it('in one cell at one look does not tell; at three it stays', () => {
    expect(found(cells('power', 1))[0]?.text).toMatch(/for its power alone: that can be a passing fault, one look does not tell/);
    expect(found(cells('power', 1), cells('power', 2))[0]?.text).toContain('passing fault');
    expect(found(cells('power', 1), cells('power', 2), cells('power', 3))[0]?.text).toMatch(/broken or lost: nvidia-smi shows ERR! for power, at 3 looks/);
  });

  it('in several cells is a broken GPU', () => {
    expect(found(cells('fan, power', 1))[0]?.text).toMatch(/is broken or lost: nvidia-smi shows ERR! for fan, power\. Tell support/);
  });
});

describe('other faults', () => {
  it.each([
    ['Failed to initialize NVML: Driver/library version mismatch', /driver was updated.*reboot/],
    ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", /driver is not loaded/],
    ['No devices were found', /either none was asked for/],
    ['Failed to initialize NVML: Unknown Error', /Start the container again/],
    ['Failed to initialize NVML: GPU access blocked by the operating system', /does not start/],
    ['GPU requires reset', /requires a reset.*gpu-reset/],
    ['nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Non-fatal, Link 46', /NVSwitch reports SXid 28006 \(not fatal\)/],
    ['NVRM: GPU 0000:31:00.0: RmInitAdapter failed! (0x22:0x56:742)', /cannot start/],
    ['WARNING: infoROM is corrupted at gpu 0000:31:00.0', /infoROM/],
    ['torch.AcceleratorError: CUDA error: device-side assert triggered', /CUDA error of its own/],
    ['[Unknown Error]', /no answer/],
  ])('%s', (text, words) => {
    const findings = found(event(text));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.text).toMatch(words);
    expect(findings[0]?.text).not.toContain('dcgmi dmon');
  });

  it('a line of another kind is none', () => {
    expect(found(event('saved checkpoint', null, 'checkpoint'), event('nvidia-smi: command not found', null, 'collector'))).toEqual([]);
  });
});
