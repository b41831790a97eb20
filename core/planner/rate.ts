/** A rate or a time with its hard limit and the range in which working programs were seen. */
export interface Estimate {
  /** Rates: no more than this is possible. Times: no less. */
  readonly ceiling: number;
  readonly low: number;
  readonly high: number;
}

/** What a step spends its time on when every resource works at its achievable rate, seconds. Resources overlap. */
export interface StepParts {
  readonly memory: number;
  readonly compute: number;
  /** Between GPUs, over NVLink or a network, latency included. */
  readonly network: number;
  /** Between GPUs of a node over PCIe. */
  readonly transfer: number;
  /** Launching kernels one by one from Python; CUDA graphs avoid most of it. */
  readonly overhead: number;
}

export type PlanResource = keyof StepParts | 'capacity';

/** The resource that takes longest. Launching is left out: CUDA graphs remove it, and a warning says where it matters. */
export function bindingOf(parts: StepParts): PlanResource {
  const order: readonly (keyof StepParts)[] = ['memory', 'compute', 'network', 'transfer'];
  return order.reduce((best, resource) => (parts[resource] > parts[best] ? resource : best), 'memory');
}

/** An estimate of a rate from the three times that produce `amount`. */
export function rates(amount: number, seconds: { readonly least: number; readonly good: number; readonly poor: number }): Estimate {
  return { ceiling: amount / seconds.least, low: amount / seconds.poor, high: amount / seconds.good };
}
