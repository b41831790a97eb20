import { readFile } from 'node:fs/promises';
import { isZone } from '../../collectors/text/zone.ts';
import { GPU_IDS, modelFromHfConfig, type ModelSpec, parseGpuId } from '../../core/knowledge/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { siteFrom } from '../site.ts';

/** The options of `headroom diagnose`, as parseArgs gives them. */
export interface GivenOptions {
  readonly json?: boolean;
  readonly help?: boolean;
  readonly gpu?: string;
  readonly model?: string;
  readonly config?: string;
  readonly dtype?: string;
  readonly quantization?: string;
  readonly tp?: string;
  readonly pp?: string;
  readonly dp?: string;
  readonly cores?: string;
  readonly tz?: string;
  readonly node?: string;
  readonly fields?: string;
  readonly site?: string;
}

/** What was given, checked; or the sentence that says which option is wrong and what it may be. */
export async function analyseOptionsFrom(given: GivenOptions): Promise<AnalyseOptions | string> {
  const gpu = given.gpu === undefined ? null : parseGpuId(given.gpu);
  if (given.gpu !== undefined && gpu === null) return `--gpu ${given.gpu} is not known; one of ${GPU_IDS.join(', ')}`;
  const counts = { tp: count('tp', given.tp), pp: count('pp', given.pp), dp: count('dp', given.dp), cores: count('cores', given.cores) };
  for (const value of Object.values(counts)) if (typeof value === 'string') return value;
  if (given.tz !== undefined && !isZone(given.tz)) return `--tz ${given.tz} is not a zone; give a name like Europe/Stockholm or an offset like +01:00`;
  const site = siteFrom(given.site);
  if (typeof site === 'string') return site;
  let modelSpec: ModelSpec | undefined;
  if (given.config !== undefined) {
    const model = await modelFrom(given.config);
    if (typeof model === 'string') return `--config ${given.config}: ${model}; a Hugging Face config.json is expected`;
    modelSpec = model;
  }
  return {
    site,
    ...(gpu === null ? {} : { gpu }),
    ...(given.model === undefined ? {} : { model: given.model }),
    ...(modelSpec === undefined ? {} : { modelSpec }),
    ...(given.dtype === undefined ? {} : { dtype: given.dtype }),
    ...(given.quantization === undefined ? {} : { quantization: given.quantization }),
    ...(typeof counts.tp === 'number' ? { tensorParallel: counts.tp } : {}),
    ...(typeof counts.pp === 'number' ? { pipelineParallel: counts.pp } : {}),
    ...(typeof counts.dp === 'number' ? { dataParallel: counts.dp } : {}),
    ...(typeof counts.cores === 'number' ? { cores: counts.cores } : {}),
  };
}

async function modelFrom(path: string): Promise<ModelSpec | string> {
  try {
    const result = modelFromHfConfig(JSON.parse(await readFile(path, 'utf8')));
    return result.ok ? result.model : result.error;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function count(name: string, text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined;
  const value = Number.parseInt(text, 10);
  return String(value) === text.trim() && value > 0 ? value : `--${name} ${text}: a whole number above 0 is expected`;
}
