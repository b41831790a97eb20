interface LoadInput {
  /** Bytes that one node reads. */
  readonly nodeBytes: number;
  /** Bytes that one GPU takes from host memory. */
  readonly gpuBytes: number;
  /** Line rate of the node's network, bytes/s; null when weights are on the node. */
  readonly network: number | null;
  /** What storage delivers to one node, bytes/s; null when not known. */
  readonly storage: number | null;
  /** Between host memory and GPU, bytes/s. */
  readonly host: number;
}

/** Seconds to first load of weights: max(size ÷ network, size ÷ storage) + size ÷ the GPU's link to the host. A floor: line rates, one reader. Derived. */
export function loadSeconds(input: LoadInput): { readonly read: number; readonly copy: number; readonly total: number } {
  const over = (rate: number | null) => (rate === null ? 0 : input.nodeBytes / rate);
  const read = Math.max(over(input.network), over(input.storage));
  const copy = input.gpuBytes / input.host;
  return { read, copy, total: read + copy };
}
