import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnosing } from '../../collectors/run/index.ts';
import type { Run } from '../../core/readings/index.ts';
import type { Analysis } from '../../core/contract/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';

export const ENGINE = 'metrics_engine.csv';
export const DMON = 'metrics_gpu_device_nvidia_smi_dom_0.csv';
export const QUERY = 'metrics_gpu_device_nvidia_smi_0.csv';

/** Folders of labelled/vllm-h100 and the model that ran. */
export const RECORDED = ['llama-2-7b', 'opt-1.3b', 'opt-2.7b'].flatMap(
  (model) =>
    ({ 'llama-2-7b': [4, 16, 32, 64, 128, 256], 'opt-1.3b': [4, 16, 32, 64, 128, 512], 'opt-2.7b': [4, 32, 64, 128, 256, 512] })[model]?.map((batch) => ({
      model,
      batch,
      folder: `${model}_out130_batch${batch}`,
    })) ?? [],
);

/** Reads files of one recording through the collectors and judges them, as `headroom diagnose` does. */
export function diagnosed(
  path: string,
  files: readonly string[],
  options: AnalyseOptions,
  change: (text: string, file: string) => string = (text) => text,
): { run: Run; analysis: Analysis } {
  const work = diagnosing({ tz: 'UTC' });
  for (const file of files) {
    const source = work.open(file);
    source.feed(change(readFileSync(join(path, file), 'utf8'), file));
    source.end();
  }
  const { run, analysis } = work.finish(options);
  if (analysis === null) throw new Error(`nothing could be read in ${path}`);
  return { run, analysis };
}
