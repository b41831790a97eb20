import { GPUS } from '../../../core/knowledge/index.ts';
import { each, type Scenario } from './scenario.ts';

/** Jobs at work whose limit shows only in counters that their nodes do not collect. */
export const UNSEEN: readonly Scenario[] = [
  {
    name: 'sample-images',
    user: 'ines',
    project: 'naiss2026-5-71',
    nodeType: 'A40',
    gpus: 1,
    runs: 8 * 3600,
    timeLimit: 10 * 3600,
    age: 900,
    command: 'python sample_images.py --prompts prompts.txt --steps 50',
    dcgm: false,
    endState: 'completed',
    engine: null,
    frame(moment) {
      const sway = 1 + 0.05 * moment.wander('steps', 120);
      // Memory is what limits it: 0.62 of the bandwidth, of which 0.80 can be had, beside a tensor pipe at a third.
      const gpu = { busy: 0.95 * sway, tensorFlops: 0.32 * 149.7e12 * sway, bytes: 0.62 * GPUS.A40.bandwidth * sway, memory: 21e9 };
      return { gpus: each(moment.gpuCount, () => gpu), hosts: [{ cores: 1.2, thread: 0.7, memory: 14e9 }] };
    },
  },
];
