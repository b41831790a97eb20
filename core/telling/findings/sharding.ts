import type { Finding } from '../../contract/index.ts';
import { COMMON_CONTEXT, type GpuId, siteLine, type NodeType, parseQuantization, parseWeightType, typeAtWork, UNKNOWN_SITE } from '../../knowledge/index.ts';
import { isAtWork, type JudgedPhase, type JudgedRun } from '../../judging/index.ts';
import { plan } from '../../planner/index.ts';
import { finding, siteOf } from './finding.ts';
import { meanOver } from './stretches.ts';

/**
 * A model spread over more GPUs than pay (§5b row 7: 7B on eight A100 reads at half the rate of one). By the planner's
 * arithmetic with this job's model, cards, requests and cache, and only where half the GPUs would hold it, too.
 */
export function findOverSharded(judged: JudgedRun): Finding[] {
  const { workload, model } = judged;
  const tp = workload.tensorParallel;
  const gpu = judged.gpus.find(({ type, engines }) => type !== null && engines.length > 0);
  if (tp === null || tp <= 1 || model === null || gpu === undefined || gpu.type === null) return [];
  const phases = gpu.phases.filter(isServing);
  const running = meanOver(phases, 'engine.running');
  if (phases.length === 0 || Number.isNaN(running)) return [];
  const batch = Math.max(1, Math.round(running));
  const context = contextOf(judged, phases, running);
  const result = plan({
    model,
    gpu: gpu.type,
    type: (workload.dtype === null ? null : parseWeightType(workload.dtype)) ?? typeAtWork(model.nativeType, { gpu: gpu.type, serving: true }),
    quantization: workload.quantization === null ? undefined : parseQuantization(workload.quantization),
    card: { memoryTotal: gpu.ceilings?.memoryBytes },
    tensorParallel: tp,
    pipelineParallel: workload.pipelineParallel ?? undefined,
    batch,
    context,
    site: { ...UNKNOWN_SITE, nodeTypes: [nodeSeen(judged, gpu.type)] },
  });
  const warning = result.ok ? result.warnings.find(({ id }) => id === 'over-sharded') : undefined;
  if (!result.ok || warning === undefined) return [];
  return [
    finding(
      judged,
      {
        id: 'over-sharded',
        text: `${model.id} is spread thin: ${warning.text}`,
        evidence: [
          `tensor parallelism ${tp}, ${batch} requests at once of about ${context} tokens (means of the time with requests)`,
          `weights per GPU ${(result.memory.weights / 1e9).toFixed(1)} GB of ${(result.memory.usable / 1e9).toFixed(0)} GB usable`,
        ],
      },
      { entity: null, from: phases[0]?.from ?? judged.from, to: phases[phases.length - 1]?.to ?? judged.to },
    ),
  ];
}

function isServing(phase: JudgedPhase): boolean {
  return isAtWork(phase) && (phase.figures.mean.get('engine.running') ?? Number.NaN) > 0;
}

/** Tokens in the cache per running request; from how full it is where the engine tells its size. */
function contextOf(judged: JudgedRun, phases: readonly JudgedPhase[], running: number): number {
  const tokens = meanOver(phases, 'engine.kvTokens');
  const usage = meanOver(phases, 'engine.kvUsage');
  const size = meanOver(phases, 'engine.kvTokensMax');
  const cached = Number.isNaN(tokens) ? usage * size : tokens;
  const context = Math.round(cached / Math.max(1, running));
  const most = judged.model?.maxContext ?? COMMON_CONTEXT;
  return context >= 1 ? Math.min(context, most) : Math.min(COMMON_CONTEXT, most);
}

/** The node as this run shows it: as many GPUs as share one; the network of the site's nodes with that card. */
function nodeSeen(judged: JudgedRun, gpu: GpuId): NodeType {
  const counts = new Map<string, number>();
  for (const { entity, type } of judged.gpus) if (type === gpu) counts.set(entity.node ?? '', (counts.get(entity.node ?? '') ?? 0) + 1); // none yet is 0
  const known = siteLine(siteOf(judged), gpu);
  return {
    id: 'as seen',
    gpu,
    gpusPerNode: Math.max(...counts.values()),
    nodes: null,
    cores: known?.node.cores ?? 1,
    cpu: null,
    hostMemory: known?.node.hostMemory ?? [],
    networks: known?.node.networks ?? [],
    scratchBytes: null,
    notes: [],
    source: 'this run',
  };
}
