import type { NameTable } from '../rule.ts';
import { dcgmNames } from './dcgm.ts';
import { engineNames } from './engines.ts';
import { lmcacheNames } from './lmcache.ts';
import { nodeNames } from './node.ts';
import { nvidiaGpuNames, nvidiaProcessNames } from './nvidia-gpu.ts';
import { tritonGpuNames } from './triton.ts';

/** Every exporter that we know. Adding one is a file and a row here. */
export const nameTables: readonly NameTable[] = [dcgmNames, nodeNames, ...engineNames, lmcacheNames, nvidiaGpuNames, nvidiaProcessNames, tritonGpuNames];
