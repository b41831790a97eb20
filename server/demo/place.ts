import type { DemoGpu, DemoNode } from './cluster.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Where a job runs. */
export interface Place {
  readonly nodes: readonly DemoNode[];
  readonly gpus: readonly DemoGpu[];
}

/** Gives each scenario nodes of its own, in order; what is left of the cluster is returned beside. */
export function placeAll(cluster: readonly DemoNode[], scenarios: readonly Scenario[]): { places: Place[]; rest: DemoNode[] } {
  const free = [...cluster];
  const places = scenarios.map((scenario) => {
    const nodes: DemoNode[] = [];
    const gpus: DemoGpu[] = [];
    while (gpus.length < scenario.gpus) {
      const index = free.findIndex((node) => node.type?.id === scenario.nodeType);
      const node = free[index];
      if (node === undefined) throw new Error(`the pretend cluster has no ${scenario.nodeType} node left for ${scenario.name}`);
      free.splice(index, 1);
      nodes.push(node);
      gpus.push(...node.gpus.slice(0, scenario.gpus - gpus.length));
    }
    return { nodes, gpus };
  });
  return { places, rest: free };
}
