import { formatPercent, formatValue } from '../readings/index.ts';
import { COLUMN } from './columns.ts';
import type { Sight } from './sight.ts';
import { known, largest, mean } from './stats.ts';
import { FLAGS } from './tally.ts';
import { CAPPED_FRACTION, CONTRIBUTING, DOMINANT, INACTIVE, NO_TENSOR, REDUCED_CLOCK, THERMAL_FRACTION, THERMAL_SAMPLES } from './thresholds.ts';

/** What changes how a label reads, never the label: power cap, thermal slowdown (§7.3), locked clocks, no tensor cores (§7.2). */
export function modifiersOf(sight: Sight): string[] {
  if (!(sight.busy >= INACTIVE)) return [];
  const out: string[] = [];
  const clocks = reducedClock(sight);
  const power = capFraction(sight);
  if (power >= CAPPED_FRACTION) {
    const normal = sight.subject.type === 'T4' ? ', normal on a loaded T4' : '';
    out.push(`power-capped ${formatPercent(power)} of the time${clocks === null ? normal : `, clocks reduced to ${clocks}`}`);
  }
  const thermal = thermalFraction(sight);
  if (thermal !== null) out.push(`thermal or brake slowdown ${formatPercent(thermal)} of the busy time`);
  const locked = flag(sight, 'gpu.capApp');
  if (locked >= CAPPED_FRACTION) out.push(`clocks locked by an application setting${clocks === null ? '' : ` to ${clocks}`}`);
  if (!(power >= CAPPED_FRACTION) && !(locked >= CAPPED_FRACTION) && clocks !== null) out.push(`clocks at ${clocks}`);
  if (sight.fp32 >= DOMINANT && sight.tensor < NO_TENSOR) out.push('FP32 without tensor cores');
  if (sight.computeFrom === 'model' && known(sight.clock) && sight.compute >= DOMINANT && sight.compute * sight.clock < DOMINANT) {
    out.push(`clock-limited: ${formatPercent(sight.compute * sight.clock)} of the peak at full clock`);
  }
  if (sight.subject.mig) out.push('MIG slice: utilisation is hidden');
  return out;
}

/** Share of the time under the software power cap: the counter's rate where there is one, else the share of loaded samples with the flag. */
function capFraction(sight: Sight): number {
  const rate = mean(sight.stats, 'gpu.capPowerTime');
  return known(rate) ? rate : flag(sight, 'gpu.capPower');
}

/** Share of loaded samples in which a flag was set; NaN without it. */
function flag(sight: Sight, id: (typeof FLAGS)[number]): number {
  const { tally } = sight;
  if (tally.loaded === 0 || !((sight.stats.count[COLUMN[id]] ?? Number.NaN) > 0)) return Number.NaN;
  return (tally.flags[FLAGS.indexOf(id)] ?? Number.NaN) / tally.loaded;
}

/** Thermal slowdown or brake where it is more than ordinary: 1 % of the time by counters, two samples by flags; null otherwise. */
export function thermalFraction(sight: Sight): number | null {
  const rate = largest(mean(sight.stats, 'gpu.capThermalTime'), mean(sight.stats, 'gpu.capBrakeTime'));
  if (known(rate)) return rate > THERMAL_FRACTION ? rate : null;
  const flags = largest(flag(sight, 'gpu.capHwThermal'), flag(sight, 'gpu.capSwThermal'), flag(sight, 'gpu.capBrake'));
  return flags * sight.tally.loaded >= THERMAL_SAMPLES && flags > THERMAL_FRACTION ? flags : null;
}

/** The clock in words where it is more than a fifth under the card's maximum while it works; null otherwise. */
function reducedClock(sight: Sight): string | null {
  const now = mean(sight.stats, 'gpu.smClock');
  const top = largest(mean(sight.stats, 'gpu.smClockMax'), sight.subject.ceilings?.boostClock ?? Number.NaN);
  if (!(sight.busy >= CONTRIBUTING) || !(now < (1 - REDUCED_CLOCK) * top)) return null;
  return `${formatValue(now, 'hertz')} of ${formatValue(top, 'hertz')}`;
}
