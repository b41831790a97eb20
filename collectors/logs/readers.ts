import { hfTrainerLog } from './hf-trainer.ts';
import { incidentLog } from './incidents.ts';
import { llamacppLog } from './llamacpp.ts';
import type { LogReader } from './reader.ts';
import { sglangLog } from './sglang.ts';
import { tgiLog } from './tgi.ts';
import { megatronArguments, trainerLogs } from './trainers.ts';
import { vllmLog } from './vllm.ts';

/** Every program whose lines are read, in order; incidents last, since an engine knows its own loading better. */
export const logReaders: readonly LogReader[] = [vllmLog, sglangLog, llamacppLog, tgiLog, hfTrainerLog, ...trainerLogs, megatronArguments, incidentLog];
