import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

function modifiers(values: Values, name = 'NVIDIA A100-SXM4-40GB', samples = 60) {
  const base: Values = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3 };
  return analyse(runOf(made('gpu', { samples, facts: { name }, values: { ...base, ...values } }))).verdict.modifiers;
}

describe('what changes how a label reads', () => {
  it('nothing on an ordinary card', () => {
    expect(modifiers({ 'gpu.smClock': 1.4e9, 'gpu.capPower': 0, 'gpu.capHwThermal': 0 })).toEqual([]);
  });
  it('a power cap in a third of the samples', () => {
    expect(modifiers({ 'gpu.capPower': (i) => (i % 100 < 33 ? 1 : 0) }, undefined, 100)).toEqual(['power-capped 33 % of the time']);
    expect(modifiers({ 'gpu.capPower': (i) => (i % 100 < 32 ? 1 : 0) }, undefined, 100)).toEqual([]);
  });
  it('by the counter of capped time where there is one', () => {
    expect(modifiers({ 'gpu.capPowerTime': 0.33, 'gpu.capPower': 0 })).toEqual(['power-capped 33 % of the time']);
    expect(modifiers({ 'gpu.capPowerTime': 0.32, 'gpu.capPower': 1 })).toEqual([]);
  });
  it('clocks are reduced only a fifth below the maximum', () => {
    expect(modifiers({ 'gpu.capPowerTime': 0.5, 'gpu.smClock': 1.127e9 })).toEqual(['power-capped 50 % of the time, clocks reduced to 1127 MHz of 1410 MHz']);
    expect(modifiers({ 'gpu.capPowerTime': 0.5, 'gpu.smClock': 1.129e9 })).toEqual(['power-capped 50 % of the time']);
  });
  it('a capped T4 is a normal T4', () => {
    expect(modifiers({ 'gpu.capPowerTime': 0.9 }, 'Tesla T4')).toEqual(['power-capped 90 % of the time, normal on a loaded T4']);
  });
  it('thermal slowdown of more than a hundredth of the time', () => {
    expect(modifiers({ 'gpu.capThermalTime': 0.02 })).toEqual(['thermal or brake slowdown 2 % of the busy time']);
    expect(modifiers({ 'gpu.capThermalTime': 0.01 })).toEqual([]);
  });
  it('or flagged in two samples', () => {
    expect(modifiers({ 'gpu.capHwThermal': (i) => (i < 2 ? 1 : 0) })).toEqual(['thermal or brake slowdown 3 % of the busy time']);
    expect(modifiers({ 'gpu.capHwThermal': (i) => (i < 1 ? 1 : 0) })).toEqual([]);
    expect(modifiers({ 'gpu.capBrake': (i) => (i < 2 ? 1 : 0) })).toHaveLength(1);
  });
  it('two flags are a cooling fault, however long the time: a flag tells of a moment', () => {
    const flagged = (samples: number) => modifiers({ 'gpu.capHwThermal': (i) => (i < samples ? 1 : 0) }, undefined, 300);
    expect(flagged(1)).toEqual([]);
    expect(flagged(2)).toEqual(['thermal or brake slowdown 0.7 % of the busy time']);
  });
  it('flags of a long phase count from its beginning: a card that cooled down was too hot', () => {
    expect(modifiers({ 'gpu.capHwThermal': (i) => (i % 500 < 15 && i < 3000 ? 1 : 0) }, undefined, 3000)).toEqual([
      'thermal or brake slowdown 3 % of the busy time',
    ]);
  });
  it('flags of either kind are of one fault, as in the finding', () => {
    expect(modifiers({ 'gpu.capHwThermal': (i) => (i === 3 ? 1 : 0), 'gpu.capSwThermal': (i) => (i === 7 ? 1 : 0) })).toEqual([
      'thermal or brake slowdown 3 % of the busy time',
    ]);
  });
  it('a slowdown is a part of the busy time, not of all of it, as in the finding', () => {
    const half = (value: number) => (i: number) => (i % 20 < 10 ? value : 0);
    expect(modifiers({ 'gpu.grActive': half(0.98), 'gpu.capThermalTime': half(0.018) }).filter((text) => text.startsWith('thermal'))).toEqual([
      'thermal or brake slowdown 2 % of the busy time',
    ]);
  });
  it('clocks locked by a setting', () => {
    expect(modifiers({ 'gpu.capApp': 1, 'gpu.smClock': 0.9e9 })).toEqual(['clocks locked by an application setting to 900 MHz of 1410 MHz']);
  });
  it('FP32 work beside idle tensor cores', () => {
    expect(modifiers({ 'gpu.fp32Active': 0.6, 'gpu.tensorActive': 0.01 })).toEqual(['FP32 without tensor cores']);
    expect(modifiers({ 'gpu.fp32Active': 0.6, 'gpu.tensorActive': 0.1 })).toEqual([]);
    // Half of 87 % is where a pipe dominates, a twentieth of it where tensor cores are in use.
    expect(modifiers({ 'gpu.fp32Active': 0.436, 'gpu.tensorActive': 0.0434 })).toEqual(['FP32 without tensor cores']);
    expect(modifiers({ 'gpu.fp32Active': 0.434, 'gpu.tensorActive': 0.0434 })).toEqual([]);
    expect(modifiers({ 'gpu.fp32Active': 0.6, 'gpu.tensorActive': 0.0436 })).toEqual([]);
  });
  it('nothing is said of a resting card: its counters of capped time run on', () => {
    expect(modifiers({ 'gpu.grActive': 0.01, 'gpu.tensorActive': 0, 'gpu.dramActive': 0, 'gpu.capPowerTime': 0.9, 'gpu.capThermalTime': 0.5 })).toEqual([]);
  });
  it('no flags are counted on a resting card, whose clocks are low', () => {
    expect(modifiers({ 'gpu.grActive': 0.01, 'gpu.tensorActive': 0, 'gpu.dramActive': 0, 'gpu.smClock': 0.2e9, 'gpu.capPower': 1 })).toEqual([]);
  });
});
