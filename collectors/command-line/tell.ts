import type { EntityRef } from '../../core/readings/index.ts';
import type { Output } from '../text/index.ts';
import { llmProcess } from './programs.ts';

/** States a process's name or command line, and what it says of an LLM workload: `VLLM::Worker_TP0` serves. */
export function tellCommand(out: Output, entity: EntityRef, command: string): void {
  out.fact(entity, 'command', command);
  for (const { name, value } of llmProcess(command.split(' ').filter((part) => part !== ''))?.facts ?? []) out.fact(entity, name, value);
}
