import { describe, expect, it } from 'vitest';
import { topologyCells } from '../../../collectors/results/index.ts';
import { ALVIS, findModel, type GpuId, parseSite, type Site, type Wiring, wiringFrom } from '../../../core/knowledge/index.ts';
import { plan, type Plan, type PlanQuestion } from '../../../core/planner/index.ts';

const PAIRS = ['X NV4 SYS SYS', 'NV4 X SYS SYS', 'SYS SYS X NV4', 'SYS SYS NV4 X'];
/** Bridged crosswise: neighbours by number are no neighbours by link. */
const CROSSED = ['X SYS NV4 SYS', 'SYS X SYS NV4', 'NV4 SYS X SYS', 'SYS NV4 SYS X'];

function wiring(rows: readonly string[]): Wiring {
  const made = wiringFrom(rows.map((row) => row.split(' ')));
  if (made === null) throw new Error('no wiring');
  return made;
}

function asked(gpu: GpuId, question: Partial<PlanQuestion> & { readonly site?: Site } = {}): ReturnType<typeof plan> {
  const model = findModel('llama-3-70b')?.model;
  if (model === undefined) throw new Error('no model');
  return plan({ model, gpu, quantization: 'awq', batch: 16, context: 2048, site: ALVIS, ...question });
}

function planned(gpu: GpuId, question: Parameters<typeof asked>[1] = {}): Plan {
  const result = asked(gpu, question);
  if (!result.ok) throw new Error(result.errors.join('; '));
  return result;
}

const vias = ({ placement: { tensor, pipeline, data } }: Plan) => [tensor.via, pipeline.via, data.via];

describe('a plan on a machine whose links are known', () => {
  it('puts tensor ranks on the GPUs that NVLink joins, whatever their numbers', () => {
    const { placement, assumed } = planned('A40', { tensorParallel: 2, wiring: wiring(CROSSED) });
    expect(placement.chosen).toEqual([[0, 2]]);
    expect(placement.tensor).toMatchObject({ kind: 'nvlink', via: 'NV4', rate: 56.25e9 });
    expect(assumed).toContain('It runs on the GPUs of a node that are joined best: 0, 2 (CUDA_VISIBLE_DEVICES=0,2).');
  });

  it('is slower over PCIe across the sockets than the table’s PCIe, and its ceiling is the same', () => {
    const known = planned('A40', { tensorParallel: 4, wiring: wiring(PAIRS) });
    const unknown = planned('A40', { tensorParallel: 4 });
    expect(vias(known)).toEqual(['SYS', null, null]);
    expect(known.decode?.tokensPerSecond.ceiling).toBe(unknown.decode?.tokensPerSecond.ceiling);
    expect(known.decode?.tokensPerSecond.high ?? NaN).toBeLessThan(unknown.decode?.tokensPerSecond.high ?? NaN);
    expect(known.warnings.find(({ id }) => id === 'tensor-over-pcie')?.text).toBe(
      'Tensor parallelism over 4 GPUs of this node goes over PCIe across CPU sockets (SYS): NVLink joins 0–1, 2–3 only. Take --tp 2 on such a pair and pipeline stages or replicas between pairs.',
    );
  });

  it('takes NVLink inside a stage and PCIe between stages and replicas', () => {
    expect(vias(planned('A40', { tensorParallel: 2, pipelineParallel: 2, wiring: wiring(CROSSED) }))).toEqual(['NV4', 'SYS', null]);
    const replicas = planned('A40', { tensorParallel: 2, dataParallel: 2, wiring: wiring(CROSSED) });
    expect(vias(replicas)).toEqual(['NV4', null, 'SYS']);
    expect(replicas.placement.chosen).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('orders stages so that NVLink joins those that hand over where it can', () => {
    expect(vias(planned('A40', { pipelineParallel: 2, wiring: wiring(CROSSED) }))).toEqual([null, 'NV4', null]);
  });

  it('with fewer links between two GPUs than a card has is told their rate, in the table of traffic as well', () => {
    const mesh = wiring(['X NV4 NV4 NV4', 'NV4 X NV4 NV4', 'NV4 NV4 X NV4', 'NV4 NV4 NV4 X']);
    const two = planned('A100-80', { tensorParallel: 2, wiring: mesh });
    expect(two.placement.tensor).toMatchObject({ via: 'NV4', rate: 100e9 });
    expect(two.links.find(({ kind }) => kind === 'nvlink')?.rate).toBe(100e9);
    expect(planned('A100-80', { tensorParallel: 4, wiring: mesh }).placement.tensor.rate).toBe(300e9);
    expect(planned('A100-80', { tensorParallel: 2 }).placement.tensor.rate).toBe(300e9);
  });

  it('does not believe another machine’s matrix', () => {
    expect(asked('T4', { wiring: wiring(PAIRS) })).toEqual({
      ok: false,
      errors: ["the topology shows NVLink between GPUs, which T4 16 GB does not have: it is another machine's"],
    });
  });

  it('that tells of fewer GPUs than are taken goes by the table of cards, and says so', () => {
    const { placement, warnings } = planned('A40', { tensorParallel: 4, wiring: wiring(['X NV4', 'NV4 X']) });
    expect(placement.tensor).toMatchObject({ kind: 'pcie', via: null });
    expect(warnings.map(({ id }) => id)).toContain('topology-too-small');
    expect(planned('A40', { tensorParallel: 2, wiring: wiring(PAIRS) }).warnings.map(({ id }) => id)).not.toContain('topology-too-small');
  });

  it('is read from what nvidia-smi prints, cards and legend beside it, in a longer text', () => {
    const printed = [
      'job 12 starts',
      '\t\u001b[4mGPU0\tGPU1\tNIC0\tCPU Affinity\tNUMA Affinity\u001b[0m',
      'GPU0\t X \tNV12\tPXB\t0-31\t0',
      'GPU1\tNV12\t X \tSYS\t32-63\t1',
      'NIC0\tPXB\tSYS\t X ',
      '',
      'Legend:',
      '  X    = Self',
    ].join('\r\n');
    expect(topologyCells(printed)).toEqual([
      ['X', 'NV12'],
      ['NV12', 'X'],
    ]);
    expect(wiringFrom(topologyCells('nothing of the kind'))).toBeNull();
  });
});

describe('a site file that tells what joins the GPUs of a node', () => {
  const file = (topology: readonly string[] | undefined, gpu = 'A40') => ({
    name: 'Example',
    nodeTypes: [
      {
        id: 'a40',
        gpu,
        gpusPerNode: 4,
        cores: 64,
        hostMemoryGB: [256],
        networks: [{ kind: 'ethernet', gbit: 25 }],
        ...(topology === undefined ? {} : { topology }),
      },
    ],
  });
  const siteOf = (topology: readonly string[] | undefined): Site => {
    const result = parseSite(file(topology));
    if (!result.ok) throw new Error(result.errors.join('; '));
    return result.site;
  };

  it('is planned on as the machine is, in the smallest allocations too; the machine’s own word wins', () => {
    const site = siteOf(PAIRS);
    expect(vias(planned('A40', { tensorParallel: 2, site }))).toEqual(['NV4', null, null]);
    expect(planned('A40', { tensorParallel: 2, site, wiring: wiring(CROSSED) }).placement.chosen).toEqual([[0, 2]]);
    expect(vias(planned('A40', { tensorParallel: 2, site: siteOf(undefined) }))).toEqual([null, null, null]);
  });

  it('is refused with its place where it is no matrix of the node, or of another card', () => {
    const errors = (topology: readonly string[], gpu?: string) => {
      const result = parseSite(file(topology, gpu));
      return result.ok ? [] : result.errors;
    };
    expect(errors(PAIRS.slice(1))).toEqual([
      '/nodeTypes/0/topology: expected 4 rows of as many cells each (X, NV4, PIX, PXB, PHB, NODE, SYS), as "nvidia-smi topo -m" prints them between GPUs',
    ]);
    expect(errors(PAIRS, 'T4')).toEqual(['/nodeTypes/0/topology: T4 has no NVLink']);
  });
});
