import { busyOf, lastOf, type MetricId } from '../../readings/index.ts';
import { DOMINANT, type JudgedGpu, type JudgedRun } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { finding, gpuName, listed } from './finding.ts';
import { LOADED_SAMPLES } from './limits.ts';

/** Uncorrectable memory errors by the card's counters; what the kernel says of them is a GPU error. Corrected ones, and rows remapped or pages retired before the job, are a card's ordinary life. */
export function findEcc(judged: JudgedRun): Finding[] {
  return judged.gpus.flatMap((gpu) => {
    const uncorrected = largest(gpu, 'gpu.eccUncorrected');
    const remapped = growth(gpu, 'gpu.remappedRows');
    const retired = growth(gpu, 'gpu.retiredPages');
    if (!(uncorrected > 0) && !(remapped > 0) && !(retired > 0)) return [];
    const during = growth(gpu, 'gpu.eccUncorrected');
    return [
      finding(
        judged,
        {
          id: 'ecc',
          text: `${gpuName(gpu)} has uncorrectable memory errors${during > 0 ? ', some of them in this run: do not trust its results' : uncorrected > 0 && !(remapped > 0) ? ', counted before this run' : ''}. Tell support the node and the GPU; it needs a reset or a replacement.`,
          evidence: [
            ...(uncorrected > 0
              ? [`${uncorrected.toFixed(0)} uncorrected since the driver was loaded${during > 0 ? `, ${during.toFixed(0)} of them in this run` : ''}`]
              : []),
            ...(remapped > 0 ? [`${remapped.toFixed(0)} more rows remapped in this run`] : []),
            ...(retired > 0 ? [`${retired.toFixed(0)} more pages retired in this run`] : []),
          ],
        },
        { entity: gpu.id, from: judged.from, to: judged.to },
      ),
    ];
  });
}

/** The card's link below its own maximum in every sample under load. At idle it always drops, which means nothing. */
export function findSlowLink(judged: JudgedRun): Finding[] {
  return judged.gpus.flatMap((gpu) => {
    const generation = underLoad(gpu, 'gpu.pcieGen');
    const width = underLoad(gpu, 'gpu.pcieWidth');
    const mostGeneration = lastOf(gpu.series.columns.get('gpu.pcieGenMax'));
    const mostWidth = lastOf(gpu.series.columns.get('gpu.pcieWidthMax'));
    const slow = generation !== null && mostGeneration !== null && generation.best < mostGeneration;
    const narrow = width !== null && mostWidth !== null && width.best < mostWidth && !isBuiltSo(judged, gpu, width.best);
    if (!slow && !narrow) return [];
    const parts = [...(slow ? [`generation ${generation.best} of ${mostGeneration}`] : []), ...(narrow ? [`${width.best} of ${mostWidth} lanes`] : [])];
    const factor = (slow ? 2 ** (mostGeneration - generation.best) : 1) * (narrow ? mostWidth / width.best : 1);
    return [
      finding(
        judged,
        {
          id: 'link-degraded',
          text: `${gpuName(gpu)} works on PCIe ${parts.join(' with ')}: 1/${factor.toFixed(0)} of the bandwidth of its slot, for loading and for copies between host and GPU. ${narrow && !slow ? 'If the node is not built so, a' : 'A'} reseated card or a reset mends it: tell support the node and the GPU.`,
          evidence: [`best state in ${(generation ?? width)?.samples ?? 0} samples under load (GPU ${DOMINANT * 100} % busy or more)`],
        },
        { entity: gpu.id, from: judged.from, to: judged.to },
      ),
    ];
  });
}

/** Every GPU of the node on as many lanes: slots of a node with many cards are often built with half of them. */
function isBuiltSo(judged: JudgedRun, gpu: JudgedGpu, lanes: number): boolean {
  const others = judged.gpus
    .filter((other) => other !== gpu && other.entity.node === gpu.entity.node && other.host === gpu.host)
    .map((other) => underLoad(other, 'gpu.pcieWidth'));
  return others.length > 0 && others.every((other) => other === null || other.best === lanes) && others.some((other) => other !== null);
}

function underLoad({ series }: JudgedGpu, id: MetricId): { best: number; samples: number } | null {
  const column = series.columns.get(id);
  if (column === undefined) return null;
  const busy = busyOf(series);
  const values = [...column].filter((value, row) => !Number.isNaN(value) && busy(row) >= DOMINANT);
  return values.length < LOADED_SAMPLES ? null : { best: Math.max(...values), samples: values.length };
}

function largest({ series }: JudgedGpu, id: MetricId): number {
  const values = [...(series.columns.get(id) ?? [])].filter((value) => !Number.isNaN(value));
  return values.length === 0 ? Number.NaN : Math.max(...values);
}

/** How much a count rose over the run; NaN where it was seen less than twice. */
function growth({ series }: JudgedGpu, id: MetricId): number {
  const values = [...(series.columns.get(id) ?? [])].filter((value) => !Number.isNaN(value));
  const [first] = values;
  const last = values[values.length - 1];
  return first === undefined || last === undefined || values.length <= 1 ? Number.NaN : last - first;
}

/** A MIG slice whose utilisation nothing shows: the driver hides it from nvidia-smi. The GPU that holds slices is none of them. */
export function findMigHidden(judged: JudgedRun): Finding[] {
  const slices = judged.gpus.filter(isSlice);
  const split = slices.length > 0 ? slices : judged.gpus.filter(({ series }) => /^enabled/i.test(series.facts.get('migMode') ?? ''));
  const hidden = split.filter(
    ({ series }) =>
      !(['gpu.util', 'gpu.grActive', 'gpu.smActive'] as const).some((id) => series.columns.get(id)?.some((value) => !Number.isNaN(value)) ?? false),
  );
  const [first] = hidden;
  if (first === undefined) return [];
  return [
    finding(
      judged,
      {
        id: 'mig-hidden',
        text: `${whoIsHidden(judged, hidden)} nvidia-smi shows no utilisation for slices: how busy they are cannot be told from these figures. DCGM measures slices (dcgmi dmon -e 1001,1002,1004,1005 -i i:0,i:1 …); the engine's own metrics or a trainer's log tell, too.`,
        evidence: [
          isSlice(first) ? 'ids of slices' : `MIG mode ${first.series.facts.get('migMode') ?? ''}`,
          `neither a utilisation nor DCGM’s 1002 in the whole run: ${listed(hidden.map(gpuName))}`,
        ],
      },
      { entity: hidden.length === 1 ? first.id : null, from: judged.from, to: judged.to },
    ),
  ];
}

/** A slice has a UUID of its own kind, or names the GPU that it is a part of. */
function isSlice({ id, series }: JudgedGpu): boolean {
  return id.startsWith('MIG-') || series.facts.has('parent');
}

function whoIsHidden({ gpus }: JudgedRun, hidden: readonly JudgedGpu[]): string {
  const [first] = hidden;
  if (first === undefined) return '';
  const parents = [...new Set(hidden.map(({ series }) => series.facts.get('parent') ?? null))];
  const [parent] = parents;
  const holder = parents.length === 1 ? gpus.find(({ id }) => id === parent) : undefined;
  const on = holder !== undefined ? ` on ${gpuName(holder)}` : parents.length > 1 && parents.every((one) => one !== null) ? ` on ${parents.length} GPUs` : '';
  if (!isSlice(first)) return hidden.length === 1 ? `${gpuName(first)} is split by MIG, and` : `${hidden.length} GPUs are split by MIG, and`;
  return hidden.length === 1 ? `${gpuName(first)} is a MIG slice${on}, and` : `There are ${hidden.length} MIG slices${on}, and`;
}
