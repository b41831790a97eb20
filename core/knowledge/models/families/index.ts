import type { NamedModel } from '../spec/index.ts';
import { DEEPSEEK } from './deepseek.ts';
import { GEMMA } from './gemma.ts';
import { GPT_OSS } from './gpt-oss.ts';
import { LLAMA } from './llama.ts';
import { MISTRAL } from './mistral.ts';
import { OPT } from './opt.ts';
import { OTHER } from './other.ts';
import { PHI } from './phi.ts';
import { QWEN } from './qwen.ts';
import { SMALL } from './small.ts';

/** The models of every family with their names, family by family. */
export const NAMED: readonly NamedModel[] = [...LLAMA, ...MISTRAL, ...QWEN, ...GEMMA, ...PHI, ...DEEPSEEK, ...GPT_OSS, ...OPT, ...SMALL, ...OTHER];
