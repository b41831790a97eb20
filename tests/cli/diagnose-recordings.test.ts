import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnosing, type Diagnosis } from '../../collectors/run/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { describeRecordings } from '../support/recordings.ts';

const FILES = ['metrics_engine.csv', 'metrics_gpu_device_nvidia_smi_0.csv', 'metrics_gpu_device_nvidia_smi_dom_0.csv'] as const;
const MODELS: Readonly<Record<string, string>> = { 'llama-2-7b': 'meta-llama/Llama-2-7b-hf', 'opt-1.3b': 'facebook/opt-1.3b', 'opt-2.7b': 'facebook/opt-2.7b' };

function optionsOf(folder: string): AnalyseOptions {
  const model = MODELS[folder.split('_')[0] ?? ''];
  if (model === undefined) throw new Error(`no model for ${folder}`);
  return { gpu: 'H100-64', model, dtype: 'fp16' };
}

function diagnose(paths: readonly string[], options: AnalyseOptions): Diagnosis {
  const work = diagnosing({ tz: 'UTC' });
  for (const path of paths) {
    const source = work.open(path);
    source.feed(readFileSync(path, 'utf8'));
    source.end();
  }
  return work.finish(options);
}

function verdictOf(paths: readonly string[], options: AnalyseOptions) {
  const { analysis } = diagnose(paths, options);
  if (analysis === null) throw new Error('nothing was read');
  return analysis;
}

/** Noise that is the same at every run: a hash of row and column in [−1, 1]. */
function noise(row: number, column: number): number {
  const x = Math.sin(row * 12.9898 + column * 78.233) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

/** Rows of a CSV with their cells, the time column left first. */
const cells = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
const joined = (rows: readonly (readonly string[])[]) => `${rows.map((row) => row.join(',')).join('\n')}\n`;

describeRecordings(
  'diagnose on the labelled vLLM runs',
  'labelled/vllm-h100',
  (root) => {
    const folders = readdirSync(root).sort();
    let scratch = '';
    beforeAll(() => {
      scratch = mkdtempSync(join(tmpdir(), 'headroom-diagnose-'));
    });
    afterAll(() => rmSync(scratch, { recursive: true, force: true }));
    const paths = (folder: string) => FILES.map((file) => join(root, folder, file));
    const altered = (folder: string, change: (file: string, text: string) => string) => {
      const target = join(scratch, `${folder}-${Math.random()}`);
      cpSync(join(root, folder), target, { recursive: true });
      for (const file of FILES) writeFileSync(join(target, file), change(file, readFileSync(join(root, folder, file), 'utf8')));
      return FILES.map((file) => join(target, file));
    };

    it.each(folders.filter((folder) => folder.startsWith('llama-2-7b')))('%s is memory-bound decode', (folder) => {
      const { verdict } = verdictOf(paths(folder), optionsOf(folder));
      expect(verdict.bottleneck).toBe('memory');
      expect(verdict.activity).toBe('decode');
      expect(verdict.tier).toBe('A');
      expect(verdict.grade).toBeGreaterThan(0.5);
    });

    it.each(['opt-1.3b_out130_batch128', 'opt-1.3b_out130_batch512'])('%s is memory-bound with a contributing host share', (folder) => {
      const { verdict } = verdictOf(paths(folder), optionsOf(folder));
      expect(verdict.bottleneck).toBe('memory');
      expect(verdict.second).toBe('host');
      expect(verdict.shares.host ?? verdict.shares.empty).toBeGreaterThan(0.2);
      expect(verdict.shares.host ?? verdict.shares.empty).toBeLessThan(0.5);
    });

    it.each(folders)('%s begins with a phase of loading or idle', (folder) => {
      const { phases } = verdictOf(paths(folder), optionsOf(folder));
      const first = phases[0];
      expect(['loading', 'idle']).toContain(first?.verdict.activity);
    });

    it.each(folders.filter((folder) => folder.startsWith('llama')))('%s keeps its verdict with shuffled columns', (folder) => {
      const changed = altered(folder, (file, text) => {
        const rows = cells(text);
        const order = (rows[0] ?? []).map((_, index) => index).sort((a, b) => noise(a, folder.length) - noise(b, folder.length));
        return joined(rows.map((row) => order.map((index) => row[index] ?? '')));
      });
      const { verdict } = verdictOf(changed, optionsOf(folder));
      expect([verdict.bottleneck, verdict.activity]).toEqual(['memory', 'decode']);
    });

    it.each(folders.filter((folder) => folder.startsWith('llama')))('%s keeps its verdict when the GPU is number 3', (folder) => {
      const changed = altered(folder, (file, text) =>
        file.includes('_dom_') ? joined(cells(text).map((row, index) => (index < 2 ? row : row.map((cell, column) => (column === 1 ? '3' : cell))))) : text,
      );
      const analysis = verdictOf(changed, optionsOf(folder));
      expect([analysis.verdict.bottleneck, analysis.verdict.activity]).toEqual(['memory', 'decode']);
      expect(analysis.gpus).toHaveLength(1);
    });

    it.each(folders.filter((folder) => folder.startsWith('llama')))('%s keeps its verdict with 5 %% of noise on every gauge', (folder) => {
      // Cumulative counters stay as they are: noise on a counter would be a reset at every second row.
      const gauges = /cache_usage|running|waiting|pwr|sm$|mem$|utilization/;
      const changed = altered(folder, (_, text) => {
        const rows = cells(text);
        const header = rows[0] ?? [];
        return joined(
          rows.map((row, line) =>
            row.map((cell, column) => {
              const value = Number.parseFloat(cell);
              if (line === 0 || !gauges.test(header[column]?.trim() ?? '') || Number.isNaN(value)) return cell;
              const unit = cell.trim().replace(/^[\d.]+/, '');
              const noisy = Math.max(0, value * (1 + 0.05 * noise(line, column)));
              return `${/%/.test(unit) || Number.isInteger(value) ? Math.min(Math.round(noisy), /running|waiting|pwr/.test(header[column] ?? '') ? Number.POSITIVE_INFINITY : 100) : noisy}${unit}`;
            }),
          ),
        );
      });
      const { verdict } = verdictOf(changed, optionsOf(folder));
      expect([verdict.bottleneck, verdict.activity]).toEqual(['memory', 'decode']);
    });

    it.each(folders)('%s by dmon alone claims no more than dmon can say', (folder) => {
      const { verdict } = verdictOf([join(root, folder, FILES[2])], { gpu: 'H100-64' });
      expect(verdict.tier).toBe('C');
      expect(verdict.grade).toBeLessThanOrEqual(0.6);
      expect(['memory', 'unknown', 'idle']).toContain(verdict.bottleneck);
      expect(['unknown', 'idle']).toContain(verdict.activity);
      expect(verdict.missing.length).toBeGreaterThan(0);
    });
  },
  80,
);
