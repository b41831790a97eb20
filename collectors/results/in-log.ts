import type { Collector } from '../collector/index.ts';
import { openNsysStats } from './nsight/index.ts';
import { openLlamaBench } from './llama-bench.ts';
import { openOllama } from './ollama.ts';
import { resultSession } from './kit/index.ts';
import { openSeff } from './seff.ts';
import { openServingBench } from './serving-bench.ts';
import { openTopology } from './topology.ts';

/** The results that jobs print between other lines: an epilog's seff, a benchmark at the end of its server's log, the topology before NCCL. */
export const resultsInLog: Collector = {
  id: 'results-in-log',
  title: 'Results inside a job’s log',
  entities: [],
  embedded: true,
  // A log is recognised by its other lines; a text that holds nothing but a result by the result's own collector.
  sniff: () => 0,
  open(context) {
    // A job on two of a node's eight GPUs prints the whole node's topology: no GPU becomes the job's by it.
    const { line, statements } = openTopology(context);
    return resultSession([openSeff(), { line, statements }, openOllama(), openLlamaBench(), openServingBench(), openNsysStats()]);
  },
};
