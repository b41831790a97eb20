import type { Workload } from '../../core/contract/index.ts';

/** A workload in one line: `vllm · Llama-3.1-70B · awq · fp16 · TP 4`; what is not known is left out. */
export function workloadText(workload: Workload): string {
  const parallel = (
    [
      ['TP', workload.tensorParallel],
      ['PP', workload.pipelineParallel],
      ['DP', workload.dataParallel],
    ] as const
  ).flatMap(([name, degree]) => (degree !== null && degree > 1 ? [`${name} ${degree}`] : []));
  return [workload.engine, workload.model, workload.quantization, workload.dtype, ...parallel].filter((part) => part !== null && part !== '').join(' · ');
}
