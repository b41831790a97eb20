/**
 * Fields of `--query-gpu` that are asked for, where the driver knows them: one that it does not know refuses the whole query.
 * Of several names for one thing the first that is known is asked. Order as printed.
 */
const WANTED: readonly (readonly string[])[] = [
  ['timestamp'],
  ['index'],
  ['uuid'],
  ['pci.bus_id'],
  ['name'],
  ['driver_version'],
  ['mig.mode.current'],
  ['utilization.gpu'],
  ['utilization.memory'],
  ['memory.used'],
  ['memory.total'],
  ['memory.reserved'],
  ['power.draw'],
  ['enforced.power.limit', 'power.limit'],
  ['clocks.sm', 'clocks.current.sm'],
  ['clocks.max.sm'],
  ['clocks.mem', 'clocks.current.memory'],
  ['temperature.gpu'],
  ['temperature.memory'],
  ['pcie.link.gen.current'],
  ['pcie.link.gen.max'],
  ['pcie.link.width.current'],
  ['pcie.link.width.max'],
  ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'],
  ['clocks_event_reasons_counters.sw_power_cap'],
  ['clocks_event_reasons_counters.sw_thermal_slowdown'],
  ['clocks_event_reasons_counters.hw_thermal_slowdown'],
  ['clocks_event_reasons_counters.hw_power_brake_slowdown'],
  ['ecc.errors.uncorrected.volatile.total'],
  ['ecc.errors.corrected.volatile.total'],
  ['remapped_rows.uncorrectable'],
  ['retired_pages.double_bit.count'],
];

/** Asked for where the list of fields cannot be had: every driver since 2015 knows them. */
export const OLD_FIELDS: readonly string[] = [
  'timestamp',
  'index',
  'uuid',
  'pci.bus_id',
  'name',
  'driver_version',
  'utilization.gpu',
  'utilization.memory',
  'memory.used',
  'memory.total',
  'power.draw',
  'power.limit',
  'clocks.sm',
  'clocks.mem',
  'temperature.gpu',
];

/** The wanted fields that `nvidia-smi --help-query-gpu` names (in double quotes, several with "or"). */
export function knownFields(help: string): string[] {
  const named = new Set([...help.matchAll(/"([a-z][\w.]+)"/gi)].flatMap((match) => match[1] ?? []));
  return WANTED.flatMap((names) => names.find((name) => named.has(name)) ?? []);
}
