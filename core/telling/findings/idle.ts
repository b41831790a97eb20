import { DOMINANT, type JudgedGpu, type JudgedRun, restsOf } from '../../judging/index.ts';
import { formatAgainst, formatDuration, formatGpuHours, formatPercent, formatValue, meanOf, slice } from '../../readings/index.ts';
import type { Finding } from '../../contract/index.ts';
import { type Case, type Said, gpuName, toldTogether } from './finding.ts';
import { meanOver, over } from './stretches.ts';
import { EMPTY_MEMORY, HELD_MEMORY } from './limits.ts';

type Kind = 'idle' | 'held-idle' | 'no-process';

/** Idle GPUs, each rest once and as exactly as is known: nobody on it, memory held, or just idle. */
export function findIdle(judged: JudgedRun, gpus: readonly JudgedGpu[]): Finding[] {
  const cases = gpus.flatMap((gpu) => restsOf(gpu.phases, judged.period).map((stretch) => ({ gpu, stretch })));
  const kinds: readonly Kind[] = ['no-process', 'held-idle', 'idle'];
  return kinds.flatMap((kind) =>
    toldTogether(
      judged,
      cases.filter((one) => kindOf(one) === kind),
      (group) => say(kind, group, judged),
    ),
  );
}

function kindOf({ stretch: { phases } }: Case): Kind {
  const used = meanOver(phases, 'gpu.memUsed');
  const processes = meanOver(phases, 'gpu.processes');
  if (used >= HELD_MEMORY) return 'held-idle';
  if (processes === 0 || used <= EMPTY_MEMORY) return 'no-process';
  return 'idle';
}

const ADVICE: Readonly<Record<Kind, string>> = {
  idle: 'If nothing more is to come, cancel the job (scancel) and take the GPU for as long as it computes.',
  'held-idle': 'A server without requests, a notebook, a CPU phase or a hang holds it: stop it, or shorten the job and let a batch job do the work.',
  'no-process': 'No process uses it: cancel the job, or ask for as many GPUs as the program takes.',
};

function say(kind: Kind, group: readonly Case[], judged: JudgedRun): Said {
  const [first] = group;
  const seconds = first === undefined ? 0 : first.stretch.to - first.stretch.from;
  const who = group.length === 1 && first !== undefined ? gpuName(first.gpu) : `All ${group.length} GPUs`;
  const phases = group.flatMap(({ stretch }) => stretch.phases);
  const used = meanOver(phases, 'gpu.memUsed');
  const held =
    kind === 'held-idle'
      ? ` while ${formatValue(used, 'bytes')} of memory ${group.length > 1 ? 'each ' : ''}stayed taken`
      : kind === 'no-process'
        ? ', with no process on it'
        : '';
  return {
    id: kind,
    text: `${who} did nothing for ${formatDuration(seconds)}${held}: ${formatGpuHours(group.length, seconds)}. ${ADVICE[kind]}`,
    evidence: idleEvidence(group, used, judged),
  };
}

function idleEvidence(group: readonly Case[], used: number, judged: JudgedRun): string[] {
  const phases = group.flatMap(({ stretch }) => stretch.phases);
  const busy = over(phases, ({ figures }) => figures.busy);
  const power = meanOver(phases, 'gpu.power');
  const processes = meanOver(phases, 'gpu.processes');
  const asked = over(phases, ({ figures }) => figures.idleFraction);
  return [
    ...(Number.isNaN(busy) ? [] : [`a kernel ran ${formatPercent(busy)} of the time`]),
    ...(asked >= DOMINANT && hasEngine(group) ? ['no request ran or waited'] : []),
    ...(Number.isNaN(used) ? [] : [`memory ${formatAgainst(used, meanOver(phases, 'gpu.memTotal'), 'bytes')}`]),
    ...(Number.isNaN(power) ? [] : [`power ${formatAgainst(power, meanOver(phases, 'gpu.powerLimit'), 'watts')}`]),
    ...(Number.isNaN(processes) ? [] : [`${processes.toFixed(0)} ${Math.round(processes) === 1 ? 'process' : 'processes'} on it`]),
    ...hostLine(group, judged),
    ...(judged.options.gpusAllocated === undefined ? ['taken as allocated: nothing says which GPUs the job was given'] : []),
  ];
}

function hasEngine(group: readonly Case[]): boolean {
  return group.some(({ gpu }) => gpu.engines.length > 0);
}

/** A CPU phase looks idle to a GPU: what the host did meanwhile belongs to the evidence. */
function hostLine(group: readonly Case[], judged: JudgedRun): string[] {
  const [first] = group;
  if (first === undefined || first.gpu.host === null) return [];
  const host = judged.hosts[first.gpu.host];
  if (host === undefined) return [];
  const cpu = meanOf(slice(host, first.stretch.from, first.stretch.to).columns.get('host.cpu'));
  return cpu === null ? [] : [`the host's CPUs were ${formatPercent(cpu)} busy meanwhile`];
}
