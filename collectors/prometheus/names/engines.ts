import type { NameTable } from '../rule.ts';
import { vllmNames } from './vllm.ts';

/** The serving engines' tables. Where a bare column name fits several, the first wins. */
export const engineNames: readonly NameTable[] = [vllmNames];
