// Logs of engines and trainers after public reports, each with what must come out of it. They are not part of the project: $HEADROOM_CASES names their folder.
import { describe, expect } from 'vitest';
import type { MetricId } from '../../core/readings/index.ts';
import { itReads, type CaseRead } from '../support/cases.ts';

/** The least and the most of a metric over the run, of the one entity that has it. */
const range = ({ diagnosis }: CaseRead, id: MetricId): [number, number] | null => {
  const columns = diagnosis.run.tables.flatMap(({ columns }) => columns.get(id) ?? []);
  const values = columns.length === 1 ? [...(columns[0] ?? [])].filter((value) => !Number.isNaN(value)) : [];
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
};
const count = ({ diagnosis }: CaseRead): number => diagnosis.sources.reduce((sum, { readings }) => sum + readings, 0);
const pace = ({ diagnosis }: CaseRead): number => diagnosis.analysis?.progress?.median ?? Number.NaN;
const activity = ({ diagnosis }: CaseRead) => diagnosis.analysis?.verdict.activity;

describe('logs of trainers', () => {
  itReads('25-verl-grpo', 'verl’s steps, their time, tokens per GPU and MFU, and that generation takes most of a step', (read) => {
    expect([activity(read), count(read)]).toEqual(['training', 11]);
    expect(range(read, 'engine.trainStepTime')).toEqual([96.651, 97.651]);
    expect(range(read, 'engine.trainTokenRatePerGpu')).toEqual([5667.1, 5667.9]);
    expect(range(read, 'engine.trainMfu')).toEqual([0.318, 0.318]);
    expect(read.printed).toContain('77 % of a step is generation (74.6 s of 97.1 s): the rollout bounds the step');
  });

  itReads('27-litgpt', 'steps per second from iterations per step and the time of one', (read) => {
    expect(activity(read)).toBe('training');
    expect(pace(read)).toBeCloseTo(1.79, 1);
    expect(range(read, 'engine.trainSteps')).toEqual([610_140, 610_220]);
  });

  itReads('29-nemo-lightning-bar', 'a step’s time as the bar prints it, and its own clock', (read) => {
    expect([activity(read), count(read)]).toEqual(['training', 10]);
    expect(range(read, 'engine.trainStepTime')).toEqual([41.36, 41.36]);
    expect(read.diagnosis.sources).toMatchObject([{ from: 32_820, to: 33_101 }]);
    expect(read.printed).toContain('41.4 s a step, as logged');
  });

  itReads('55-axolotl-tps', 'dictionaries behind the bar, on the bar’s clock', (read) => {
    expect(activity(read)).toBe('training');
    expect(count(read)).toBeGreaterThanOrEqual(12);
    expect(pace(read)).toBeCloseTo(0.111, 3);
    expect(range(read, 'engine.trainTokenRatePerGpu')).toEqual([3458.2, 3468.2]);
    expect(read.printed).not.toMatch(/Give the trainer|Let the trainer/);
  });

  itReads('56-torchtune-bar', 'torchtune’s bar with its loss', (read) => {
    expect([activity(read), count(read), pace(read)]).toEqual(['training', 40, 1]);
    expect(range(read, 'engine.trainLoss')).toEqual([0.9012345, 0.9912345]);
  });

  itReads('70-hf-bar-dict-one-line', 'bars and losses on one line, without asking for the log that it is', (read) => {
    expect(count(read)).toBe(24);
    expect(range(read, 'engine.trainLoss')).toEqual([0.45, 0.68]);
    expect(pace(read)).toBeCloseTo(0.0455, 4);
    expect(read.printed).not.toContain("Give the trainer's log");
  });

  itReads('72-ms-swift', 'titled bars with quoted numbers', (read) => {
    expect(activity(read)).toBe('training');
    expect(pace(read)).toBeCloseTo(0.0147, 4);
    expect(read.diagnosis.sources).toMatchObject([{ from: 68, to: 2040 }]);
    expect(read.diagnosis.notes).toEqual([]);
  });

  itReads('73-hf-ascii-bar', 'bars without a bar', (read) => {
    expect([activity(read), count(read)]).toEqual(['training', 18]);
    expect(pace(read)).toBeCloseTo(1 / 30, 4);
  });

  itReads('78-megatron-deepspeed', 'lines without a stamp below stamped ones', (read) => {
    expect(pace(read)).toBeCloseTo(0.357, 3);
    expect(range(read, 'engine.trainStepTime')).toEqual([2.8, 2.8]);
    expect(range(read, 'engine.trainLoss')).toEqual([12.5359, 12.6157]);
    expect(read.diagnosis.sources).toMatchObject([{ rejectedCount: 0 }]);
  });

  itReads('87-neox-step-and-iteration', 'steps that two readers tell, once', (read) => {
    expect(pace(read)).toBeCloseTo(0.244, 3);
    expect(range(read, 'engine.trainFlopRate')).toEqual([112.9e12, 112.9e12]);
  });
});

describe('logs of engines', () => {
  itReads('42-vllm-docker-jsonfile', 'Docker’s wrapping off, with its time', (read) => {
    expect(count(read)).toBe(10);
    expect(read.diagnosis.analysis?.workload).toMatchObject({ model: 'Qwen/Qwen3.5-27B', quantization: 'fp8', tensorParallel: 1 });
    expect(read.diagnosis.sources.map(({ from, to }) => [from, to].map((at) => new Date((at ?? 0) * 1000).toISOString().slice(0, 19)))).toEqual([
      ['2026-05-19T10:13:11', '2026-05-19T10:14:41'],
    ]);
  });

  itReads('75-curl-loop-date-is', 'pages with the date before each', (read) => {
    expect(pace(read)).toBe(1000);
    expect(read.diagnosis.analysis).toMatchObject({ clock: 'utc' });
    expect(read.diagnosis.sources).toMatchObject([{ rejectedCount: 0, readings: 12 }]);
  });

  itReads('82-llamacpp-offload', 'layers on the CPU, and what to do about them', (read) => {
    expect(count(read)).toBe(12);
    expect(read.printed).toMatch(/layers-on-cpu: 11 of 41 layers run on the CPU.*-ngl 99: a smaller quantization.*less context.*a card with more memory/);
  });
});
