import type { ParseContext } from '../../../collectors/collector.ts';
import { isZone } from '../../../collectors/text/zone.ts';
import { isGpuId } from '../../../core/knowledge/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';

/** What the form holds: text as typed, empty for "read it from the files". */
export interface GivenText {
  readonly gpu: string;
  readonly model: string;
  readonly dtype: string;
  readonly tp: string;
  readonly tz: string;
  readonly node: string;
}

export const NOTHING_GIVEN: GivenText = { gpu: '', model: '', dtype: '', tp: '', tz: '', node: '' };

/** The options and context of a diagnosis, or what is wrong with the form, field by field. */
export function readGiven(
  given: GivenText,
  localZone: string,
): { ok: true; context: ParseContext; options: AnalyseOptions } | { ok: false; wrong: Partial<Record<keyof GivenText, string>> } {
  const wrong: Partial<Record<keyof GivenText, string>> = {};
  const text = (name: keyof GivenText): string => given[name].trim();
  const tp = text('tp') === '' ? null : /^[1-9]\d{0,4}$/.test(text('tp')) ? Number.parseInt(text('tp'), 10) : undefined;
  if (tp === undefined) wrong.tp = 'a whole number above 0';
  if (text('gpu') !== '' && !isGpuId(text('gpu'))) wrong.gpu = 'not a type that the table knows';
  const zone = text('tz') === '' ? localZone : text('tz');
  if (!isZone(zone)) wrong.tz = 'a zone like Europe/Stockholm, or an offset like +01:00';
  if (tp === undefined || Object.keys(wrong).length > 0) return { ok: false, wrong };
  const gpu = text('gpu');
  return {
    ok: true,
    context: { tz: zone, ...(text('node') === '' ? {} : { node: text('node') }) },
    options: {
      ...(isGpuId(gpu) ? { gpu } : {}),
      ...(text('model') === '' ? {} : { model: text('model') }),
      ...(text('dtype') === '' ? {} : { dtype: text('dtype') }),
      ...(tp === null ? {} : { tensorParallel: tp }),
    },
  };
}
