/** Transfer rate per lane (transfers/s) and line code of each PCIe generation. Source: PCI Express base specification. */
const GENERATIONS: Readonly<Record<number, { transfers: number; code: number }>> = {
  1: { transfers: 2.5e9, code: 8 / 10 },
  2: { transfers: 5e9, code: 8 / 10 },
  3: { transfers: 8e9, code: 128 / 130 },
  4: { transfers: 16e9, code: 128 / 130 },
  5: { transfers: 32e9, code: 128 / 130 },
  6: { transfers: 64e9, code: 242 / 256 },
};

/** Line rate of one direction in bytes/s (generation 4, 16 lanes: 31.5e9); null for a generation that does not exist. */
export function pcieBytesPerSecond(generation: number, lanes: number): number | null {
  const row = GENERATIONS[generation];
  if (row === undefined || !(lanes > 0)) return null;
  return (row.transfers * row.code * lanes) / 8;
}
