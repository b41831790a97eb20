import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { describeRecordings } from '../../support/recordings.ts';
import { randomOf } from '../../support/telemetry.ts';
import { diagnosed, DMON, ENGINE, QUERY, RECORDED } from '../../support/vllm-h100.ts';

const ALL = [ENGINE, DMON, QUERY];
const GPU: AnalyseOptions = { gpu: 'H100-64' };
const label = ({ bottleneck, activity }: { bottleneck: string; activity: string }) => `${bottleneck} ${activity}`;

describeRecordings(
  'vLLM on H100, recorded',
  'labelled/vllm-h100',
  (path) => {
    it.each(RECORDED)('$folder is memory-bound decode', ({ folder, model }) => {
      const { analysis } = diagnosed(join(path, folder), ALL, { ...GPU, model });
      expect(label(analysis.verdict)).toBe('memory decode');
      expect(analysis.verdict.tier).toBe('A');
      expect(analysis.workload.model).toBe(model);
    });
    it.each(RECORDED.filter(({ model, batch }) => model === 'opt-1.3b' && batch >= 64))('$folder has the host as contributor', ({ folder, model }) => {
      const { verdict } = diagnosed(join(path, folder), ALL, { ...GPU, model }).analysis;
      expect(verdict.second).toBe('host');
      expect(verdict.shares.host).toBeGreaterThan(0.25);
    });
    it.each(RECORDED)('$folder rests before the first request and after the last', ({ folder, model }) => {
      const phases = diagnosed(join(path, folder), ALL, { ...GPU, model }).analysis.phases.map(({ verdict }) => label(verdict));
      expect(phases[0]).toBe('idle idle');
      expect(phases.at(-1)).toBe('idle idle');
      expect(phases).toHaveLength(3);
    });
    it.each(RECORDED)('$folder with its columns shuffled and another GPU index', ({ folder, model }) => {
      const change = (text: string, file: string) => shuffled(file === DMON ? text.replace(/^([\d.]+),0,/gm, '$1,3,') : text, 5);
      const { verdict } = diagnosed(join(path, folder), ALL, { ...GPU, model }, change).analysis;
      expect(label(verdict)).toBe('memory decode');
    });
    it.each(RECORDED)('$folder by its counters without the model never says anything else with certainty', ({ folder }) => {
      const { verdict } = diagnosed(join(path, folder), ALL, GPU).analysis;
      expect(['memory', 'unknown']).toContain(verdict.bottleneck);
      expect(verdict.tier).toBe('C');
      expect(verdict.grade).toBeLessThanOrEqual(0.6);
      expect(verdict.missing.join()).toContain('the model: its name');
    });
    it.each(RECORDED)('$folder by dmon alone claims no more than dmon shows', ({ folder }) => {
      const { verdict } = diagnosed(join(path, folder), [DMON], GPU).analysis;
      expect(['memory', 'unknown']).toContain(verdict.bottleneck);
      expect(verdict.activity).toBe('unknown');
      expect(verdict.grade).toBeLessThanOrEqual(0.6);
      expect(verdict.tier).toBe('C');
    });
    it.each(RECORDED)('$folder by its engine alone, on the GPU that is given', ({ folder, model }) => {
      const { verdict } = diagnosed(join(path, folder), [ENGINE], { ...GPU, model }).analysis;
      expect(verdict.activity).toBe('decode');
      if (verdict.bottleneck === 'memory') return;
      // What the model counts is the least that was read: without a counter, opt-1.3b stays just under the rule.
      expect(['overhead', 'unknown']).toContain(verdict.bottleneck);
      expect(verdict.candidates).toContain('memory');
      expect(verdict.grade).toBeLessThanOrEqual(0.5);
    });
  },
  116,
);

/** The same CSV with its columns in another order, all rows alike. */
function shuffled(text: string, seed: number): string {
  const lines = text.split(/\r?\n/);
  const width = (lines[0] ?? '').split(',').length;
  const random = randomOf(seed);
  const order = Array.from({ length: width }, (_, i) => ({ i, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ i }) => i);
  return lines
    .map((line) => {
      const cells = line.split(',');
      return cells.length === width ? order.map((i) => cells[i]).join(',') : line;
    })
    .join('\n');
}
