import type { NameTable } from '../rule.ts';
import { llamacppNames } from './llamacpp.ts';
import { sglangNames } from './sglang.ts';
import { tgiNames } from './tgi.ts';
import { tritonNames } from './triton.ts';
import { vllmNames } from './vllm.ts';

/** The serving engines' tables. Where a bare column name fits several equally, the first wins. */
export const engineNames: readonly NameTable[] = [vllmNames, sglangNames, tgiNames, llamacppNames, tritonNames];
