import { describe, expect, it } from 'vitest';
import { gpuNames } from '../../../web/lib/entities.ts';
import { withVerdict } from '../../../web/lib/live-analysis.ts';
import { sortedMix } from '../../../web/lib/mix.ts';
import { splitLines } from '../../../web/lib/split.ts';
import { treeParts } from '../../../web/lib/tree.ts';
import { findingTags, findingWord, headroomWords, knownWords, phaseWords, stateWord } from '../../../web/lib/words.ts';
import { workloadText } from '../../../web/lib/workload.ts';
import { analysis, detail, NOW } from '../../pages/support/fixtures.ts';
import { aVerdict, aWorkload, someShares } from '../../support/analysis.ts';

describe('names of phases', () => {
  it('names phases shortly, and findings that it does not know by their id', () => {
    expect(phaseWords({ bottleneck: 'storage', activity: 'loading' })).toBe('loading, storage');
    expect(phaseWords({ bottleneck: 'network', activity: 'unknown' })).toBe('network');
    expect(phaseWords({ bottleneck: 'overhead', activity: 'training', mark: 'hung' })).toBe('hung');
    expect(phaseWords({ bottleneck: 'compute', activity: 'training', mark: 'slowed' })).toBe('training, throttled, compute');
    expect([findingWord('held-idle'), findingWord('brand-new')]).toEqual(['Held idle', 'brand-new']);
  });
});

describe('findings in a list', () => {
  it('are told once each, with how often', () => {
    expect(findingTags(['thermal', 'hung', 'thermal', 'thermal'])).toEqual(['Thermal slowdown × 3', 'Hung']);
  });
});

describe('words of a row', () => {
  it('call a headroom of 1.00 × the ceiling that it is, in lists as on the card', () => {
    expect([1.004, 1.005, 1.53].map(headroomWords)).toEqual(['at its ceiling', 'headroom 1.00 ×', 'headroom 1.53 ×']);
  });

  it('call nothing running that nobody has heard of since', () => {
    expect([stateWord('running', false), stateWord('running', true), stateWord('completed', true)]).toEqual(['running', 'was running', 'completed']);
  });

  it('say what is known where nothing is named, and nothing where nothing is', () => {
    expect(knownWords(aVerdict({ shares: someShares({ busy: 0.82, memory: 0.6 }) }))).toBe('GPU 82 % busy, memory bandwidth 60 %');
    expect(knownWords(aVerdict())).toBeNull();
  });
});

describe('the time tree', () => {
  it('draws the largest busy share, the unexplained and the empty causes, which sum to one', () => {
    const parts = treeParts(
      aVerdict({ tree: { busy: { memory: 0.6, compute: 0.2 }, unexplained: 0.1, unexplainedAtLeast: 0, empty: { host: 0.25, unknown: 0.05 } } }),
    );
    expect(parts.map(({ label, share }) => [label, share])).toEqual([
      ['busy, memory bandwidth', 0.6],
      ['busy, not explained', 0.1],
      ['empty, host', 0.25],
      ['empty, cause not known', 0.05],
    ]);
    expect(parts.reduce((sum, part) => sum + part.share, 0)).toBeCloseTo(1, 10);
  });

  it('gives time without a cause to the verdict’s resource, as far as its share reaches', () => {
    const tree = { busy: { memory: 0.1 }, unexplained: 0.2, unexplainedAtLeast: 0.1, empty: { unknown: 0.7 } };
    const drawn = (bottleneck: 'transfer' | 'network' | 'memory', share: number) =>
      treeParts(aVerdict({ bottleneck, tree, shares: someShares({ transfer: share, network: share, memory: share }) })).map(({ label, share: of }) => [
        label,
        Math.round(of * 100),
      ]);
    expect(drawn('transfer', 0.85)).toEqual([
      ['busy, memory bandwidth', 10],
      ['busy, waits for transfer (PCIe)', 15],
      ['busy, not explained', 5],
      ['empty, transfer (PCIe)', 70],
    ]);
    expect(drawn('network', 0.15)).toEqual([
      ['busy, memory bandwidth', 10],
      ['busy, waits for network', 15],
      ['busy, not explained', 5],
      ['empty, cause not known', 70],
    ]);
    expect(drawn('memory', 0.9)).toContainEqual(['empty, cause not known', 70]);
  });

  it('of a job that hangs says that its kernels do nothing, which explains the time', () => {
    const tree = { busy: { memory: 0.006 }, unexplained: 0.99, unexplainedAtLeast: 0.99, empty: { unknown: 0.004 } };
    expect(treeParts(aVerdict({ bottleneck: 'overhead', modifiers: ['no progress'], tree })).map(({ label }) => label)).toEqual([
      'busy, memory bandwidth',
      'busy, kernels that do nothing',
      'empty, cause not known',
    ]);
  });

  it('is not drawn where busy time is not known', () => {
    expect(treeParts(aVerdict({ tree: { busy: {}, unexplained: null, unexplainedAtLeast: null, empty: { unknown: 0.4 } } }))).toEqual([]);
  });
});

describe('the mix of GPU time', () => {
  it('is shares of its sum, largest first, without empty labels', () => {
    expect(sortedMix({ memory: 30, idle: 10, host: 0 })).toEqual([
      { key: 'memory', seconds: 30, share: 0.75 },
      { key: 'idle', seconds: 10, share: 0.25 },
    ]);
    expect(sortedMix({})).toEqual([]);
  });
});

describe('prefill and decode', () => {
  it('come phase by phase, as steps', () => {
    const half = { flops: null, bytes: null, time: { prefill: 0.25, decode: 0.5, other: 0.25 }, estimated: false };
    expect(
      splitLines({
        phases: [
          { from: 0, to: 5, verdict: aVerdict() },
          { from: 5, to: 9, verdict: aVerdict({ split: half }) },
        ],
      }),
    ).toEqual({ t: [0, 5, 5, 9], prefill: [Number.NaN, Number.NaN, 0.25, 0.25], decode: [Number.NaN, Number.NaN, 0.5, 0.5], estimated: false });
  });

  it('are absent where no phase is split', () => {
    expect(splitLines({ phases: [{ from: 0, to: 5, verdict: aVerdict() }] })).toBeNull();
  });
});

describe('names', () => {
  it('calls GPUs by their index, and by their node where there are several', () => {
    const gpu = (id: string, node: string | null, facts: Record<string, string>) => ({ kind: 'gpu', id, node, facts });
    expect([...gpuNames([gpu('GPU-a', 'n1', { minor: '2', index: '0' }), gpu('#1', 'n1', {})]).values()]).toEqual(['GPU 2', 'GPU 1']);
    expect([...gpuNames([gpu('n1/c/1#2', 'n1', {})]).values()]).toEqual(['GPU 2']);
    expect([...gpuNames([gpu('GPU-a', 'n1', { index: '0' }), gpu('GPU-0123456789abcdef', 'n2', {})]).values()]).toEqual(['n1 GPU 0', 'n2 GPU-01234567…']);
  });

  it('writes a workload without what is not known', () => {
    expect(workloadText(analysis().workload)).toBe('vLLM 0.11 · Llama-3.1-70B · awq int4 · fp16 · TP 4');
    expect(workloadText(aWorkload({ tensorParallel: 1 }))).toBe('');
  });
});

describe('a verdict that comes live', () => {
  const live = {
    cluster: 'alvis',
    id: '4182931',
    at: NOW + 5,
    verdict: aVerdict({ bottleneck: 'host' }),
    fromPhase: 4,
    phases: [{ from: NOW - 100, to: NOW + 5, verdict: aVerdict({ bottleneck: 'host' }) }],
    findings: [],
  };

  it('replaces the verdict and the phases from its first on', () => {
    const next = withVerdict(detail(), live).analysis;
    expect(next?.verdict.bottleneck).toBe('host');
    expect(next?.phases.map((phase) => phase.verdict.bottleneck)).toEqual(['storage', 'compute', 'idle', 'balanced', 'host']);
    expect(next?.to).toBe(NOW + 5);
  });

  it('changes nothing where it is older than what is shown', () => {
    const before = detail();
    expect(withVerdict(before, { ...live, at: NOW - 1 })).toBe(before);
  });
});
