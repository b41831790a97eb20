import type { GpuId } from './gpus.ts';

/** Watts of a card on which a context is open, at full clocks, and nothing runs. Only where somebody measured it. */
const MEASURED: Readonly<Partial<Record<GpuId, { readonly watts: number; readonly source: string }>>> = {
  'H100-80': { watts: 121, source: 'own recording, driver 580: 20 GiB held for 17 s at 1980 MHz, 120.7–121.7 W every half second' },
  'A100-80': { watts: 86, source: 'SXM cards of a published set of serving recordings, driver 550 (docs/science.md §7.5)' },
};

/** Watts at rest with a context open; null where nobody measured this type. */
export function restPower(gpu: GpuId): number | null {
  return MEASURED[gpu]?.watts ?? null;
}
