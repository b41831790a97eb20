import type { Plan } from '../../core/planner/index.ts';

/** A plan for programs: everything in SI units, without the tables that it was made from; no rates where it does not fit. */
export function planJson(plan: Plan): unknown {
  const { input, placement, allocations, ok: _ok, ...rest } = plan;
  const { model, site, ...question } = input;
  const { prefill, decode, train, memory, options } = rest;
  return {
    ...rest,
    ...(memory.fits
      ? { prefill, decode, train }
      : { prefill: null, decode: null, train: null, options: options.map(({ tokensPerSecondWithout: _without, ...option }) => option) }),
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
    allocations: allocations.map(({ input: _input, ...allocation }) => allocation),
  };
}
