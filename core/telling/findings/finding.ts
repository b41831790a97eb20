import { BRIDGED_PERIODS, type JudgedGpu, type JudgedRun, SAME_EDGE, type Stretch } from '../../judging/index.ts';
import type { Finding, FindingId } from '../../contract/index.ts';
import { type Site, UNKNOWN_SITE } from '../../knowledge/index.ts';

/** A MIG slice by its GPU and its instances, as tools name it that print no UUID: `#0/7/0`, `MIG-GPU-…/7/0`, `MIG-#0@n1/7`. */
const SLICE = /^(?:MIG-)?(?:#(\d{1,4})(?:@[^/]{1,200})?|(GPU-[0-9a-f-]{4,40}))\/(\d{1,4})(?:\/(\d{1,4}))?$/i;
/** One that DCGM numbers, without its GPU. */
const INSTANCE = /^MIG-C?I(\d{1,4})$/;

/** `GPU 2` where its index is known, with the start of its UUID where it has one; a slice by its GPU and instance. */
export function gpuName(gpu: JudgedGpu): string {
  const index = gpu.series.facts.get('index') ?? /^#(\d+)$/.exec(gpu.id)?.[1];
  const slice = SLICE.exec(gpu.id);
  if (slice !== null) {
    const [, printed, uuid = '', instance = '', compute = '0'] = slice;
    const whole = index ?? printed;
    return `${whole === undefined ? uuid.slice(0, 12) : `GPU ${whole}`} slice ${instance}${compute === '0' ? '' : `/${compute}`}`;
  }
  const numbered = INSTANCE.exec(gpu.id)?.[1];
  if (numbered !== undefined) return `MIG instance ${numbered}`;
  const short = gpu.id.startsWith('#') ? null : gpu.id.slice(0, 12);
  if (index === undefined) return short ?? gpu.id;
  return short === null ? `GPU ${index}` : `GPU ${index} (${short})`;
}

/** What a finding says, before times and entity. */
export interface Said {
  readonly id: FindingId;
  readonly text: string;
  readonly evidence: readonly string[];
}

/** What is known of the cluster. */
export function siteOf({ options }: JudgedRun): Site {
  return options.site ?? UNKNOWN_SITE;
}

/** A finding; its end is null while the run goes on and it reaches to now. */
export function finding(judged: JudgedRun, said: Said, where: { entity: string | null; from: number | null; to: number | null }): Finding {
  return { ...said, evidence: [...said.evidence], ...where, to: where.to === null || isOpen(judged, where.to) ? null : where.to };
}

/** Whether something that was so until `to` is so still: only a caller that gave its clock follows a running job. */
function isOpen(judged: JudgedRun, to: number): boolean {
  return judged.options.now !== undefined && judged.to - to <= BRIDGED_PERIODS * judged.period;
}

/** Lists a few names and counts the rest. */
export function listed(names: readonly string[], most = 8): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** A stretch of one GPU. */
export interface Case {
  readonly gpu: JudgedGpu;
  readonly stretch: Stretch;
}

/**
 * Cases of one kind as findings: those that all GPUs of the run share are one, about the whole job; the others are told
 * GPU by GPU.
 */
export function toldTogether(judged: JudgedRun, cases: readonly Case[], say: (cases: readonly Case[]) => Said): Finding[] {
  const near = SAME_EDGE * judged.period;
  const groups: Case[][] = [];
  for (const one of cases) {
    const group = groups.find(
      ([first]) => first !== undefined && Math.abs(first.stretch.from - one.stretch.from) <= near && Math.abs(first.stretch.to - one.stretch.to) <= near,
    );
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.flatMap((group) => {
    const whole = group.length > 1 && group.length === judged.gpus.length;
    const parts = whole ? [group] : group.map((one) => [one]);
    return parts.map((part) =>
      finding(judged, say(part), {
        entity: whole ? null : (part[0]?.gpu.id ?? null),
        from: Math.min(...part.map(({ stretch }) => stretch.from)),
        to: Math.max(...part.map(({ stretch }) => stretch.to)),
      }),
    );
  });
}
