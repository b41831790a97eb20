// Past the door of collectors/results/nsight: kinds of kernels and gaps are tried apart from the files that hold them.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { kernelKind, shortKernel } from '../../../collectors/results/nsight/kinds.ts';
import { openTimeline } from '../../../collectors/results/nsight/timeline.ts';
import { type GpuRow, ncu, nsightFile, nsysStats, openNsysRows } from '../../../collectors/results/index.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { describeRecordings, recordingFiles } from '../../support/recordings.ts';

describe('kernels by their names', () => {
  it.each([
    ['ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<(unsigned long)4096>)', 'collective'],
    ['void vllm::cross_device_reduce_1stage<__nv_bfloat16, 2>(vllm::RankData *)', 'collective'],
    ['void flash_fwd_splitkv_kernel<Flash_fwd_kernel_traits<128>>(Flash_fwd_params)', 'attention'],
    ['fmha_cutlassF_bf16_aligned_64x64_rf_sm80(PyTorchMemEffAttention::AttentionKernel<cutlass::bfloat16_t>)', 'attention'],
    ['sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize128x128x64_warpgroupsize1x1x1', 'gemm'],
    ['void cutlass::Kernel2<cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_256x128_32x3_tn_align8>(T1::Params)', 'gemm'],
    ['nvjet_tst_128x256_64x4_2x1_v_bz_coopA_TNT', 'gemm'],
    ['void mul_mat_vec_q<(ggml_type)12, (int)1>(const void *)', 'gemm'],
    ['void at::native::vectorized_elementwise_kernel<(int)4, at::native::bfloat16_copy_kernel_cuda(at::TensorIteratorBase &)>', 'copy'],
    ['void at::native::vectorized_elementwise_kernel<(int)4, at::native::CUDAFunctor_add<float>>(int, T2, T3)', 'elementwise'],
    ['void vllm::rms_norm_kernel<c10::BFloat16>(c10::BFloat16 *)', 'elementwise'],
    ['mysterious_work(int)', 'other'],
  ])('%s is %s', (name, kind) => {
    expect(kernelKind(name)).toBe(kind);
  });

  it('are told without return type, arguments and casts, cut at 90 characters', () => {
    expect(shortKernel('void layer_norm<(int)4, float>(int, T2)')).toBe('layer_norm<4, float>');
    expect(shortKernel('k'.repeat(200))).toHaveLength(90);
  });
});

describe('gaps on a GPU', () => {
  it('are the time between the end of all work and the next start, for each device', () => {
    const timeline = openTimeline();
    timeline.add(0, 0, 1_000_000);
    timeline.add(0, 500_000, 3_000_000); // on another stream, overlapping
    timeline.add(0, 600_000, 700_000); // and inside it
    timeline.add(1, 2_000_000, 3_000_000);
    timeline.add(0, 3_100_000, 4_000_000); // 100 µs: just a gap
    timeline.add(0, 4_099_999, 5_000_000); // a nanosecond less: the pace of launching
    timeline.add(1, 8_000_000, 9_000_000);
    expect(timeline).toMatchObject({ span: 12_000_000, idle: 100_000 + 99_999 + 5_000_000, gaps: 2 });
    expect(timeline.largest()).toEqual([
      { device: 1, from: 3_000_000, to: 8_000_000 },
      { device: 0, from: 3_000_000, to: 3_100_000 },
    ]);
  });
});

describe('rows of an nsys database', () => {
  const kernel = (start: number, end: number, name = 'gemm_kernel'): GpuRow => ({ start, end, device: 0, what: 'kernel', name, bytes: null, copyKind: null });
  const MS = 1_000_000;

  it('tell what the CPU did in the longest gaps: a copy, a synchronisation, or nothing of CUDA', () => {
    const rows = openNsysRows();
    rows.gpu(kernel(0, 10 * MS));
    rows.gpu(kernel(20 * MS, 30 * MS));
    rows.gpu(kernel(60 * MS, 70 * MS));
    rows.gpu(kernel(75 * MS, 80 * MS));
    rows.call({ start: 11 * MS, end: 19 * MS, name: 'cudaMemcpyAsync_v3020' });
    rows.call({ start: 30 * MS, end: 45 * MS, name: 'cudaLaunchKernel_v7000' }); // half of the gap, no more
    rows.call({ start: 70 * MS, end: 75 * MS, name: 'cudaDeviceSynchronize_v3020' });
    const [told] = rows.statements();
    expect(told?.figures).toEqual(
      expect.arrayContaining([
        { name: 'gapTime.hostCode', value: 0.03, unit: 'seconds' },
        { name: 'gapTime.copying', value: 0.01, unit: 'seconds' },
        { name: 'gapTime.synchronising', value: 0.005, unit: 'seconds' },
        { name: 'gpuIdle', value: 45 / 80, unit: 'ratio' },
      ]),
    );
    expect(told?.says.join('\n')).toMatch(
      /In the 3 longest gaps the CPU was:\n {2}outside CUDA .*: 1 gap, 30\.0 ms\.\n {2}in a CUDA copy .*: 1 gap, 10\.0 ms\./,
    );
  });

  it('a graph traced as a whole is busy time, and its kernels are not known', () => {
    const rows = openNsysRows();
    rows.gpu({ ...kernel(0, 10 * MS), what: 'graph' });
    rows.gpu(kernel(10 * MS, 20 * MS));
    const figures = rows.statements()[0]?.figures ?? [];
    expect(figures.find(({ name }) => name === 'gpuIdle')?.value).toBe(0);
    expect(figures.find(({ name }) => name === 'kernelShare.other')?.value).toBe(0.5);
  });

  it('copies are told by their direction, with bytes', () => {
    const rows = openNsysRows();
    rows.gpu({ ...kernel(0, 2 * MS), what: 'copy', bytes: 24_000_000, copyKind: 1 });
    rows.gpu({ ...kernel(2 * MS, 3 * MS), what: 'copy', bytes: 1_000_000, copyKind: 2 });
    expect(rows.statements()[0]?.says).toContain('Copies: host to GPU 24.0 MB in 2.00 ms (12.0 GB/s), GPU to host 1.00 MB in 1.00 ms (1.00 GB/s).');
  });

  it('without work of a GPU say nothing', () => {
    const rows = openNsysRows();
    rows.call({ start: 0, end: MS, name: 'cudaMalloc' });
    expect(rows.statements()).toEqual([]);
  });
});

describe('Nsight’s own files', () => {
  it.each([
    ['run.nsys-rep', /nsys stats --format csv/],
    ['run.ncu-rep', /ncu --import/],
  ])('%s is told how to be exported', (file, remedy) => {
    const text = 'binary\u0001\u0002';
    expect(sniff(text, file)?.collector).toBe(nsightFile);
    expect(parseAll(nsightFile, text, { file }).statements?.[0]?.instead).toMatch(remedy);
    expect(sniff(text, 'run.bin')).toBeNull();
  });
});

describe('long and hostile profiles', () => {
  it('a hundred thousand different kernels are kept in bounds and told in seconds', () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => `0.0,1000,1,1.0,1.0,1,1,0.0,"kernel_${n}<${'('.repeat(40)}>"`).join('\n');
    const text = `Time (%),Total Time (ns),Instances,Avg (ns),Med (ns),Min (ns),Max (ns),StdDev (ns),Name\n${rows}\n`;
    const started = performance.now();
    const [told] = parseAll(nsysStats, text).statements ?? [];
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(told?.figures.find(({ name }) => name === 'kernels')?.value).toBe(100_000);
    expect(told?.says.length).toBeLessThan(20);
  });

  it('a line of a megabyte costs its line', () => {
    const text = `"ID","Process ID","Process Name","Host Name","Kernel Name","Section Name","Metric Name","Metric Unit","Metric Value"\n"0","1","p","h","${'<('.repeat(500_000)}","s","Duration","us","1"\n"1","1","p","h","k","s","Duration","us","2"\n`;
    expect(parseAll(ncu, text).statements?.[0]?.figures).toContainEqual({ name: 'ncu.launches', value: 1, unit: 'count' });
  });
});

describeRecordings('Nsight on recordings of an LLM', 'nsys', () => {
  const told = (path: string) => {
    const text = readFileSync(path, 'utf8');
    const found = sniff(text);
    return found === null ? null : { id: found.collector.id, statement: parseAll(found.collector, text).statements?.[0] };
  };

  it('every summary of nsys is known; its kinds add up to the kernel time, and the largest is GEMM', () => {
    const files = recordingFiles('nsys/nsys', /kern_sum\.csv$/);
    expect(files).toHaveLength(4);
    for (const file of files) {
      const one = told(file);
      expect(one?.id, file).toBe('nsys-stats');
      const shares = one?.statement?.figures.filter(({ name }) => name.startsWith('kernelShare.')) ?? [];
      expect(
        shares.reduce((sum, { value }) => sum + value, 0),
        file,
      ).toBeCloseTo(1, 6);
      expect([...shares].sort((a, b) => b.value - a.value)[0]?.name, file).toBe('kernelShare.gemm');
      expect(shares.find(({ name }) => name === 'kernelShare.other')?.value, file).toBeLessThan(0.05);
    }
  });

  it('every page of ncu is known, and its shares are those of the file', () => {
    const files = recordingFiles('nsys/ncu', /^ncu\.(?:details|section_SpeedOfLight)\.csv$/);
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      const one = told(file);
      expect(one?.id, file).toBe('ncu');
      const dram = /"GPU Speed Of Light Throughput","DRAM Throughput","%","([\d.]+)"/.exec(readFileSync(file, 'utf8'))?.[1];
      expect(one?.statement?.figures.find(({ name }) => name === 'ncu.dram')?.value, file).toBeCloseTo(Number(dram) / 100, 6);
    }
  });
});
