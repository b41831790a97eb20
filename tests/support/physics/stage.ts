import type { Bottleneck } from '../../../core/contract/index.ts';

/** What a job does for a while; resources as parts of what is achievable on this card, 0–1, over the stage. */
export interface Stage {
  readonly seconds: number;
  /** Part of the time with a kernel resident. */
  readonly busy: number;
  readonly tensor: number;
  readonly fp32: number;
  readonly fp64: number;
  readonly dram: number;
  readonly nvlink: number;
  readonly pcieIn: number;
  readonly pcieOut: number;
  readonly nicIn: number;
  readonly nicOut: number;
  /** What the time without a kernel waits for. */
  readonly waits: 'host' | 'storage' | 'nobody' | 'link' | 'neighbour';
  /** Kernels that spin until other GPUs are there: collectives. */
  readonly exchange: boolean;
}

export const REST: Stage = {
  seconds: 1,
  busy: 0,
  tensor: 0,
  fp32: 0,
  fp64: 0,
  dram: 0,
  nvlink: 0,
  pcieIn: 0,
  pcieOut: 0,
  nicIn: 0,
  nicOut: 0,
  waits: 'nobody',
  exchange: false,
};

export type TrueShares = Readonly<Partial<Record<Bottleneck, number>>>;

/** How much of the time (of that in which anything was asked; idle: of all) each thing must have worked or was waited for: the truth. */
export function trueShares(stages: readonly Stage[]): TrueShares {
  const sum = (of: (stage: Stage) => number) => stages.reduce((total, stage) => total + stage.seconds * of(stage), 0);
  const all = sum(() => 1);
  const waiting = (what: Stage['waits']) => sum(({ busy, waits }) => (waits === what ? 1 - busy : 0));
  const nobody = waiting('nobody');
  const asked = Math.max(all - nobody, all * 1e-9);
  const ofPipe = (pipe: 'tensor' | 'fp32' | 'fp64') => sum((stage) => stage[pipe]);
  const link = (stage: Stage) => Math.max(stage.nvlink, Math.min(stage.nicIn, stage.nicOut));
  const own = ({ tensor, fp32, fp64, dram, ...stage }: Stage) => Math.max(tensor, fp32, fp64, dram, link({ tensor, fp32, fp64, dram, ...stage }));
  return {
    compute: Math.max(ofPipe('tensor'), ofPipe('fp32'), ofPipe('fp64')) / asked,
    memory: sum(({ dram }) => dram) / asked,
    network: sum((stage) => (stage.exchange ? 1 : link(stage))) / asked,
    transfer: sum(({ pcieIn, pcieOut }) => Math.max(pcieIn, pcieOut)) / asked,
    storage: waiting('storage') / asked,
    host: waiting('host') / asked,
    // A kernel that does nothing that counts: latency, small kernels, spinning.
    overhead: sum((stage) => Math.max(0, stage.busy - own(stage))) / asked,
    idle: nobody / all,
  };
}

/** The largest share: what the job is limited by. Nobody asked for anything in nearly all of the time: idle. */
export function truest(shares: TrueShares): Bottleneck {
  if (shares.capacity !== undefined) return 'capacity';
  if ((shares.idle ?? 0) >= 0.95) return 'idle';
  const rest = (Object.entries(shares) as [Bottleneck, number][]).filter(([label]) => label !== 'idle'); // keys of a typed literal
  return rest.reduce<[Bottleneck, number]>((best, one) => (one[1] > best[1] ? one : best), ['unknown', 0])[0];
}
