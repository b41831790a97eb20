// Small inputs after public bug reports, each with what must come out of it: the tools that print figures. They are not part of the project: $HEADROOM_CASES names their folder.
import { describe, expect } from 'vitest';
import type { Diagnosis } from '../../collectors/run/index.ts';
import { lastOf, type MetricId } from '../../core/readings/index.ts';
import { itReads } from '../support/cases.ts';

/** The latest value of a metric of a thing, as it was read; null where there is none. */
const last = ({ run }: Diagnosis, id: string, metric: MetricId) => lastOf(run.tables.find(({ entity }) => entity.id === id)?.columns.get(metric));
const rows = ({ run }: Diagnosis, id: string) => run.tables.find(({ entity }) => entity.id === id)?.t.length;
const fact = ({ run }: Diagnosis, id: string, name: Parameters<ReadonlyMap<string, string>['get']>[0]) =>
  [...(run.tables.find(({ entity }) => entity.id === id)?.facts ?? [])].find(([key]) => key === name)?.[1];
const ids = ({ analysis }: Diagnosis) => analysis?.findings.map((finding) => finding.id);
const texts = ({ analysis }: Diagnosis) => analysis?.findings.map((finding) => finding.text) ?? [];
const why = ({ analysis }: Diagnosis) => analysis?.verdict.why.join('\n') ?? '';
const rejected = ({ sources }: Diagnosis) => sources.reduce((sum, source) => sum + source.rejectedCount, 0);

describe('a fault of a GPU is the answer', () => {
  itReads('04-err-power-table', 'ERR! in one cell may pass, in all it is a broken GPU; the others are told', ({ diagnosis, printed }) => {
    expect(ids(diagnosis)).toEqual(['gpu-error', 'gpu-error']);
    expect(texts(diagnosis)[0]).toMatch(/GPU 1 .*power alone.*passing fault, one look does not tell/);
    expect(texts(diagnosis)[1]).toMatch(/GPU 2 .*broken or lost.*drain the node and reset/);
    expect([last(diagnosis, '#0', 'gpu.util'), last(diagnosis, '#0', 'gpu.power'), last(diagnosis, '#1', 'gpu.util')]).toEqual([0.96, 152, 0]);
    expect(why(diagnosis)).toContain('one look, no verdict: GPU 0');
    expect(printed).not.toMatch(/nothing was measured|any reading of a GPU|dcgmi dmon/);
  });

  itReads('30-xid79', 'a lost GPU is named with its address and who must act', ({ diagnosis, printed }) => {
    expect(ids(diagnosis)).toEqual(['gpu-error']);
    expect(texts(diagnosis)[0]).toMatch(/0000:A1:00\.0 is lost.*Xid 79.*Tell support.*drain the node and reboot/);
    expect(printed).not.toMatch(/nothing was measured|dcgmi dmon/);
  });

  itReads('31-xid-only-journal', 'a sentence over three lines and an Xid, each with its GPU and its time', ({ diagnosis, printed }) => {
    expect(texts(diagnosis)).toHaveLength(2);
    expect(texts(diagnosis)[0]).toMatch(/0000:B3:00\.0 is lost.*Feb 14 05:03:42/);
    expect(texts(diagnosis)[1]).toMatch(/0000:44:00\.0 reports Xid 94: .*contained.*Restart the process.*next reset.*Feb 14 05:09:11/);
    expect(printed).not.toMatch(/nothing was measured|dcgmi dmon/);
  });
});

describe('one look is told as what it shows', () => {
  itReads('76-two-gpu-one-table', 'both GPUs, and no type is asked for that is named', ({ diagnosis, printed }) => {
    expect(why(diagnosis)).toMatch(/^one look, no verdict: GPU 0: NVIDIA L40S, 99 % busy, 338 of 350 W.*\nGPU 1: NVIDIA L40S, 98 % busy/);
    expect(printed).not.toMatch(/nothing was measured|any reading of a GPU|the GPU type$/m);
  });

  itReads('16-gb10-table', 'a cell that is no figure costs itself', ({ diagnosis }) => {
    expect(rejected(diagnosis)).toBe(0);
    expect((['gpu.util', 'gpu.power', 'gpu.temp', 'gpu.memUsed', 'gpu.memTotal'] as const).map((metric) => last(diagnosis, '#0', metric))).toEqual([
      0.96,
      61,
      66,
      null,
      null,
    ]);
    expect([last(diagnosis, '?/2811', 'process.gpuMem'), fact(diagnosis, '?/2811', 'command')]).toEqual([98211 * 1024 ** 2, 'VLLM::EngineCore']);
    expect(diagnosis.analysis?.workload.engine).toBe('vllm');
  });

  itReads('93-nvitop-once', 'nvitop’s table', ({ diagnosis }) => {
    expect((['gpu.util', 'gpu.power', 'gpu.powerLimit'] as const).map((metric) => last(diagnosis, '#0', metric))).toEqual([0.96, 311, 400]);
    expect([last(diagnosis, '#0', 'gpu.memUsed'), last(diagnosis, '#0', 'gpu.memTotal')]).toEqual([71.2 * 1024 ** 3, 80 * 1024 ** 3]);
    expect(fact(diagnosis, '?/28114', 'command')).toBe('python train.py');
    expect(diagnosis.analysis?.hardware.gpu).toBe('A100-80');
  });

  itReads('32-htop-meters-paste', 'htop in a terminal without UTF-8', ({ diagnosis }) => {
    expect([last(diagnosis, '?', 'host.cores'), last(diagnosis, '?', 'host.cpuMaxCore')]).toEqual([24, 1]);
    expect([last(diagnosis, '?/8716', 'process.cpu'), last(diagnosis, '?/8717', 'process.cpu'), last(diagnosis, '?/7473', 'process.cpu')]).toEqual([
      1.003,
      0.997,
      expect.closeTo(0.007, 6),
    ]);
  });
});

describe('MIG slices', () => {
  itReads('80-dcgmi-dmon-slices-only', 'rows of instances alone are slices', ({ diagnosis }) => {
    expect(['MIG-I0', 'MIG-I1'].map((id) => [rows(diagnosis, id), last(diagnosis, id, 'gpu.smActive'), last(diagnosis, id, 'gpu.dramActive')])).toMatchObject([
      [25, expect.closeTo(0.14, 1), expect.closeTo(0.09, 1)],
      [25, expect.closeTo(0.93, 1), expect.closeTo(0.78, 1)],
    ]);
    expect(why(diagnosis)).not.toContain('nothing was measured');
  });

  itReads('83-mig-seven-slices', 'the GPU that holds seven is none of them', ({ diagnosis, printed }) => {
    expect(texts(diagnosis)[0]).toMatch(/^There are 7 MIG slices on GPU 0/);
    expect([last(diagnosis, '#0/7/0', 'gpu.memUsed'), last(diagnosis, '#0/13/0', 'gpu.memUsed'), last(diagnosis, '#0/13/0', 'gpu.memTotal')]).toEqual(
      [3010, 3016, 9984].map((size) => size * 1024 ** 2),
    );
    expect(printed).not.toContain('nothing was measured');
  });
});

describe('names of metrics', () => {
  itReads('49-ray-serve-vllm-metrics', 'Ray’s GPU series tell which GPU, and how busy', ({ diagnosis }) => {
    expect(diagnosis.analysis?.hardware.gpu).toBe('H100-80');
    expect(last(diagnosis, '#0@10.0.0.4', 'gpu.util')).toBe(0.97);
    expect(['compute', 'memory']).not.toContain(diagnosis.analysis?.verdict.bottleneck);
  });

  itReads('64-sglang-metrics-new', 'retracted requests are preemptions', ({ diagnosis }) => {
    expect(diagnosis.run.tables.map((table) => lastOf(table.columns.get('engine.preemptions')))).toEqual([9]);
    expect(diagnosis.analysis?.verdict.bottleneck).toBe('capacity');
  });

  itReads('90-dcgm-old-names', 'the first DCGM exporter', ({ diagnosis }) => {
    const id = 'GPU-00000000-1111-2222-3333-444444444444';
    expect([rows(diagnosis, id), last(diagnosis, id, 'gpu.util'), last(diagnosis, id, 'gpu.power')]).toEqual([15, 0.97, 288.1]);
    expect([last(diagnosis, id, 'gpu.memUsed'), last(diagnosis, id, 'gpu.memTotal')]).toEqual([30000 * 1024 ** 2, 32500 * 1024 ** 2]);
  });
});

describe('encodings, terminals and other tools', () => {
  itReads('79-powershell-utf16-dmon', 'UTF-16 with a byte order mark reads as UTF-8 does', ({ diagnosis }) => {
    expect(diagnosis.sources).toMatchObject([{ collector: 'nvidia-smi-dmon', readings: 40, rejectedCount: 0 }]);
  });

  itReads('45-top-german', 'top in German', ({ diagnosis }) => {
    expect(rows(diagnosis, '?')).toBe(12);
    expect((['host.cpu', 'host.load1'] as const).map((metric) => last(diagnosis, '?', metric))).toEqual([0.989, 31.2]);
    expect((last(diagnosis, '?', 'host.memUsed') ?? Number.NaN) / 1024 ** 3).toBeCloseTo(63.0, 1);
    expect([last(diagnosis, '?/28114', 'process.cpu'), last(diagnosis, '?/28200', 'process.cpu')]).toEqual([3.103, 0.997]);
  });

  // The places of the cursor in this recording miss the cells of the table that they are to change: the screen keeps its 99 %.
  itReads('60-typescript-watch-cursor', 'each redrawing by cursor is a look of its own', ({ diagnosis }) => {
    expect([rows(diagnosis, '#0'), last(diagnosis, '#0', 'gpu.util') !== null]).toEqual([8, true]);
    expect((diagnosis.sources[0]?.to ?? Number.NaN) - (diagnosis.sources[0]?.from ?? Number.NaN)).toBe(14);
  });

  itReads('91-tegrastats', 'a Jetson’s tegrastats', ({ diagnosis }) => {
    expect([rows(diagnosis, '#0'), last(diagnosis, '#0', 'gpu.util'), last(diagnosis, '#0', 'gpu.power')]).toEqual([20, 0.99, 20.034]);
    expect([last(diagnosis, '?', 'host.memUsed'), last(diagnosis, '?', 'host.memTotal')]).toEqual([51234 * 1024 ** 2, 62841 * 1024 ** 2]);
    expect(last(diagnosis, '?', 'host.cpuMaxCore')).toBe(1);
  });
});
