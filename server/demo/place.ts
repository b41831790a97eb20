import type { DemoGpu, DemoNode } from './cluster.ts';
import type { Scenario } from './scenarios/index.ts';

/** Where a job runs. */
export interface Place {
  readonly nodes: readonly DemoNode[];
  readonly gpus: readonly DemoGpu[];
}

export interface Placed {
  readonly places: Place[];
  /** Nodes without such a job. */
  readonly rest: DemoNode[];
  /** The GPUs that a small job leaves free on its node, as nodes with only those. */
  readonly beside: DemoNode[];
}

/** Gives each scenario nodes of its own, in order. */
export function placeAll(cluster: readonly DemoNode[], scenarios: readonly Scenario[]): Placed {
  const free = [...cluster];
  const beside: DemoNode[] = [];
  const places = scenarios.map((scenario) => {
    const nodes: DemoNode[] = [];
    const gpus: DemoGpu[] = [];
    while (gpus.length < scenario.gpus) {
      const index = free.findIndex((node) => node.type?.id === scenario.nodeType);
      const node = free[index];
      if (node === undefined) throw new Error(`the pretend cluster has no ${scenario.nodeType} node left for ${scenario.name}`);
      free.splice(index, 1);
      nodes.push(node);
      const taken = scenario.gpus - gpus.length;
      gpus.push(...node.gpus.slice(0, taken));
      if (taken < node.gpus.length) beside.push({ ...node, gpus: node.gpus.slice(taken) });
    }
    return { nodes, gpus };
  });
  return { places, rest: free, beside };
}
