import type { ParseContext } from '../../../collectors/collector/index.ts';
import { isZone } from '../../../collectors/text/index.ts';
import { isGpuId, type ModelSpec } from '../../../core/knowledge/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';

/** What the form holds: text as typed, empty for "read it from the files". `config` is the architecture that a config.json told, as JSON. */
export interface GivenText {
  readonly gpu: string;
  readonly model: string;
  readonly config: string;
  readonly dtype: string;
  readonly quantization: string;
  readonly tp: string;
  readonly pp: string;
  readonly dp: string;
  readonly cores: string;
  readonly tz: string;
  readonly node: string;
  readonly fields: string;
}

export const NOTHING_GIVEN: GivenText = {
  gpu: '',
  model: '',
  config: '',
  dtype: '',
  quantization: '',
  tp: '',
  pp: '',
  dp: '',
  cores: '',
  tz: '',
  node: '',
  fields: '',
};

/** Fields that decide how lines are read; the others only how readings are judged. */
export const READING_FIELDS: readonly (keyof GivenText)[] = ['tz', 'node', 'fields'];

const COUNTS = { tp: 'tensorParallel', pp: 'pipelineParallel', dp: 'dataParallel', cores: 'cores' } as const;

/** The options and context of a diagnosis, or what is wrong with the form, field by field. */
export function readGiven(
  given: GivenText,
  localZone: string,
): { ok: true; context: ParseContext; options: AnalyseOptions } | { ok: false; wrong: Partial<Record<keyof GivenText, string>> } {
  const wrong: Partial<Record<keyof GivenText, string>> = {};
  const text = (name: keyof GivenText): string => given[name].trim();
  const counts: Partial<Record<(typeof COUNTS)[keyof typeof COUNTS], number>> = {};
  for (const name of ['tp', 'pp', 'dp', 'cores'] as const) {
    if (text(name) === '') continue;
    if (/^[1-9]\d{0,4}$/.test(text(name))) counts[COUNTS[name]] = Number.parseInt(text(name), 10);
    else wrong[name] = 'a whole number above 0';
  }
  const gpu = text('gpu');
  if (gpu !== '' && !isGpuId(gpu)) wrong.gpu = 'not a type that the table knows';
  const zone = text('tz') === '' ? localZone : text('tz');
  if (!isZone(zone)) wrong.tz = 'a zone like Europe/Stockholm, or an offset like +01:00';
  if (Object.keys(wrong).length > 0) return { ok: false, wrong };
  const fields = text('fields')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
  return {
    ok: true,
    context: { tz: zone, ...(text('node') === '' ? {} : { node: text('node') }), ...(fields.length === 0 ? {} : { fields }) },
    options: {
      ...(isGpuId(gpu) ? { gpu } : {}),
      ...(text('model') === '' ? {} : { model: text('model') }),
      ...(given.config === '' ? {} : { modelSpec: JSON.parse(given.config) as ModelSpec }), // written by this page, from one that was checked
      ...(text('dtype') === '' ? {} : { dtype: text('dtype') }),
      ...(text('quantization') === '' ? {} : { quantization: text('quantization') }),
      ...counts,
    },
  };
}
