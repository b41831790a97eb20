import type { Plan } from '../../core/planner/index.ts';

/** A plan for programs: everything in SI units, without the tables that it was made from. */
export function planJson(plan: Plan): unknown {
  const { input, placement, allocations, ok: _, ...rest } = plan;
  const { model, site, ...question } = input;
  return {
    ...rest,
    input: { ...question, model: model.id, site: site.name },
    model: {
      id: model.id,
      family: model.family,
      parameters: model.parameters,
      activeParameters: model.activeParameters,
      layers: model.layers,
      hidden: model.hidden,
      heads: model.heads,
      kvHeads: model.kvHeads,
      headSize: model.headSize,
      source: model.source,
    },
    placement: { ...placement, node: placement.node?.id ?? null },
    currency: site.prices?.currency ?? null,
    allocations: allocations.map(({ input: __, ...allocation }) => allocation),
  };
}
