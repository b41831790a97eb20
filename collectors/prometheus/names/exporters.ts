import type { NameTable } from './rule.ts';
import { dcgmNames } from './dcgm.ts';
import { lmcacheNames } from './lmcache.ts';
import { nodeNames } from './node.ts';
import { nvidiaGpuNames, nvidiaProcessNames } from './nvidia-gpu.ts';
import { tritonGpuNames, tritonNames } from './triton.ts';
import { firstDcgmNames, firstNvmlNames } from './first-exporters.ts';
import { rayGpuNames, rayNodeNames } from './ray.ts';
import { llamacppNames } from './llamacpp.ts';
import { sglangNames } from './sglang.ts';
import { tgiNames } from './tgi.ts';
import { vllmNames } from './vllm.ts';

/** The serving engines' tables. Where a bare column name fits several equally, the first wins. */
export const engineNames: readonly NameTable[] = [vllmNames, sglangNames, tgiNames, llamacppNames, tritonNames];

/** Every exporter that we know. Adding one is a file and a row here. */
export const nameTables: readonly NameTable[] = [
  dcgmNames,
  nodeNames,
  ...engineNames,
  lmcacheNames,
  nvidiaGpuNames,
  nvidiaProcessNames,
  tritonGpuNames,
  firstDcgmNames,
  firstNvmlNames,
  rayGpuNames,
  rayNodeNames,
];
