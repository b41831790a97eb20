import type { PlanInput } from './input.ts';
import { linkTable, type LinkKind, type Placement } from './links.ts';
import { exchange } from './stage.ts';
import { gradientBytes } from './train.ts';

/** One kind of traffic of one step, and what it would take on each link at line rate. */
export interface Traffic {
  readonly kind: 'tensor' | 'pipeline' | 'data';
  /** Bytes per step that one end of the link sends. */
  readonly bytes: number;
  /** The link that this plan uses. */
  readonly uses: LinkKind;
  readonly seconds: Readonly<Partial<Record<LinkKind, number>>>;
}

/**
 * Communication per step: a decode step when serving, an optimiser step when training. Tensor and pipeline traffic are
 * per GPU, data-parallel traffic is per GPU inside a node and per node between nodes. Empty for one GPU.
 */
export function communication(input: PlanInput, place: Placement): readonly Traffic[] {
  const tokens = input.mode === 'serve' ? input.batch : input.batch * input.context;
  const passes = input.mode === 'serve' ? 1 : input.train.checkpointing ? 3 : 2;
  const sent = exchange(input, tokens);
  const rows: readonly Omit<Traffic, 'seconds'>[] = [
    { kind: 'tensor', bytes: passes * sent.tensorBytes, uses: place.tensor.kind },
    { kind: 'pipeline', bytes: Math.min(passes, 2) * sent.pipelineBytes, uses: place.pipeline.kind },
    { kind: 'data', bytes: input.mode === 'serve' ? 0 : gradientBytes(input, place), uses: place.data.kind },
  ];
  const links = linkTable(input);
  return rows
    .filter((row) => row.bytes > 0)
    .map((row) => ({
      ...row,
      seconds: Object.fromEntries(links.map((link) => [link.kind, row.bytes / link.rate])),
    }));
}
