// Past the door of core/judging: phases that were cut apart are made by hand.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { withNoProgress } from '../../../core/judging/spinning.ts';
import { made, runOf } from '../../support/telemetry.ts';
import { judged, type PhaseSpec } from '../telling/findings/judged.ts';

type Values = Partial<Record<MetricId, number>>;

/** Kernels resident, nothing moved: 0.8 is DRAM's practical peak, 0.87 the tensor pipe's. */
const SPIN: Values = { 'gpu.grActive': 0.99, 'gpu.dramActive': 0.004, 'gpu.tensorActive': 0.001, 'gpu.fp32Active': 0.001 };

/** A look every ten seconds; what verdict, finding and advice say, which is one thing. */
function told(values: Values, { samples = 31, beside = [] }: { readonly samples?: number; readonly beside?: readonly Table[] } = {}) {
  const facts = { name: 'NVIDIA A100-SXM4-40GB' };
  const { verdict, findings } = analyse(runOf(made('gpu', { node: 'n1', samples, period: 10, facts, values }), ...beside));
  return {
    verdict: verdict.modifiers.includes('no progress'),
    finding: findings.some(({ id }) => id === 'hung'),
    // Only an overhead has a list of what to tune that could be left out.
    ...(verdict.bottleneck === 'overhead' ? { advice: /py-spy/.test(verdict.advice[0] ?? '') } : {}),
  };
}

const engine = (values: Values): Table => made('engine', { id: 'vllm@n1', node: 'n1', samples: 31, period: 10, values });

describe('kernels that do nothing', () => {
  it.each<[string, Values, Parameters<typeof told>[1], boolean]>([
    ['are no progress from five minutes on', SPIN, {}, true],
    ['not before', SPIN, { samples: 30 }, false],
    ['nor where the GPU is busy 90 %', { ...SPIN, 'gpu.grActive': 0.9 }, {}, true],
    ['not where it is less', { ...SPIN, 'gpu.grActive': 0.89 }, {}, false],
    ['nor with DRAM below a twentieth of the achievable', { ...SPIN, 'gpu.dramActive': 0.0399 }, {}, true],
    ['not at a twentieth', { ...SPIN, 'gpu.dramActive': 0.04 }, {}, false],
    ['not with tensor cores at a twentieth', { ...SPIN, 'gpu.tensorActive': 0.0435 }, {}, false],
    ['not by tensor cores alone: DRAM must be measured', { 'gpu.grActive': 0.99, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0 }, {}, false],
    ['not by DRAM alone: two shares must be measured', { 'gpu.grActive': 0.99, 'gpu.dramActive': 0 }, {}, false],
    ['not while FP64 works', { ...SPIN, 'gpu.fp64Active': 0.5 }, {}, false],
    // A twentieth of 80 % of 300 GB/s.
    ['not while NVLink works', { ...SPIN, 'gpu.nvlinkRx': 12e9 }, {}, false],
    ['not while tokens come', SPIN, { beside: [engine({ 'engine.running': 1, 'engine.generationTokens': 1 })] }, false],
    ['not while prompts are read: those are tokens, too', SPIN, { beside: [engine({ 'engine.running': 1, 'engine.promptTokens': 1 })] }, false],
    [
      'nor where the trainer says that none come',
      SPIN,
      { beside: [made('engine', { samples: 31, period: 10, values: { 'engine.trainTokenRate': 0 } })] },
      true,
    ],
  ])('%s', (_, values, more, expected) => {
    const { verdict, finding, advice = verdict } = told(values, more);
    expect({ verdict, finding, advice }).toEqual({ verdict: expected, finding: expected, advice: expected });
  });

  it('are told in the verdict as well where DRAM and a link were measured and no pipe, if the power is low', () => {
    const measured = { 'gpu.grActive': 0.99, 'gpu.dramActive': 0, 'gpu.pcieRx': 1e6 };
    expect(told({ ...measured, 'gpu.power': 100, 'gpu.powerLimit': 400 })).toMatchObject({ verdict: true, finding: true });
    // A pipe that was not collected may carry the work, and no power says that it does not.
    expect(told(measured)).toEqual({ verdict: false, finding: false });
  });

  it('are not told of small kernels, which could be tuned', () => {
    const { verdict } = analyse(runOf(made('gpu', { samples: 31, period: 10, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values: SPIN })));
    expect(verdict.why[0]).toContain('hung collective, deadlock or spin wait');
    expect(verdict.why.join()).not.toContain('small kernels');
  });

  it('are no hang while the node reads from storage over its network', () => {
    // Two fifths of the line, one way, with processes that wait for I/O.
    const host = made('host', {
      id: 'n1',
      node: 'n1',
      samples: 31,
      period: 10,
      values: { 'host.netRxRate': 1e9, 'host.netTxRate': 1e7, 'host.netSpeed': 3.125e9, 'host.psiIo': 0.5 },
    });
    expect(told(SPIN, { beside: [host] })).toMatchObject({ verdict: false, finding: false });
  });
});

describe('no progress of a phase', () => {
  const spin = (seconds: number, gap = 0): PhaseSpec => ({ seconds, gap, busy: 0.99, bottleneck: 'overhead', states: { isSpinning: true } });
  const stuck = (phases: readonly PhaseSpec[]) =>
    withNoProgress(judged({ gpus: [{ phases }] }).gpus[0]?.phases ?? [], 10).map(({ verdict }) => verdict.modifiers.includes('no progress'));

  it('is told of each part of five minutes, however they were cut', () => {
    expect(stuck([spin(150), spin(150)])).toEqual([true, true]);
    expect(stuck([spin(150), spin(140)])).toEqual([false, false]);
  });

  it('is not told across work or across a gap of more than three samples', () => {
    expect(stuck([spin(200), { seconds: 60, busy: 0.9, bottleneck: 'compute' }, spin(200)])).toEqual([false, false, false]);
    expect(stuck([spin(200), spin(200, 30)])).toEqual([true, true]);
    expect(stuck([spin(200), spin(200, 40)])).toEqual([false, false]);
  });
});
