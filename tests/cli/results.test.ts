import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nsysDatabase } from '../../cli/diagnose/nsys-database.ts';
import { headroom } from '../support/cli.ts';

const MS = 1_000_000;
const SCHEMA = `
  CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, "end" INTEGER, deviceId INTEGER, streamId INTEGER, correlationId INTEGER, demangledName INTEGER, shortName INTEGER);
  CREATE TABLE CUPTI_ACTIVITY_KIND_MEMCPY (start INTEGER, "end" INTEGER, deviceId INTEGER, bytes INTEGER, copyKind INTEGER);
  CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER, "end" INTEGER, globalTid INTEGER, correlationId INTEGER, nameId INTEGER);
  CREATE TABLE NVTX_EVENTS (start INTEGER, "end" INTEGER, eventType INTEGER, text TEXT, textId INTEGER);
  INSERT INTO StringIds VALUES (1, 'ampere_bf16_s16816gemm_bf16_128x128_tn'), (2, 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL'), (3, 'cudaMemcpyAsync_v3020'), (4, 'step');
`;

const saysOf = (told: Awaited<ReturnType<typeof nsysDatabase>>): readonly string[] | undefined => (typeof told === 'string' ? [told] : told?.[0]?.says);

describe('results at the terminal', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-results-'));
    const database = new Database(path('run.sqlite'));
    database.exec(SCHEMA);
    const kernel = database.prepare('INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (?, ?, ?, 7, 1, ?, ?)');
    // Written out of order: the reader sorts.
    kernel.run(10 * MS, 13 * MS, 0, 1, 1);
    kernel.run(0, 3 * MS, 0, 1, 1);
    kernel.run(13 * MS, 15 * MS, 0, 2, 2);
    kernel.run(3 * MS, 5 * MS, 0, 2, 2);
    database.prepare('INSERT INTO CUPTI_ACTIVITY_KIND_MEMCPY VALUES (?, ?, 0, ?, 1)').run(5 * MS, 6 * MS, 12_000_000);
    database.prepare('INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (?, ?, 1, 1, 3)').run(5 * MS, 10 * MS);
    database.prepare('INSERT INTO NVTX_EVENTS VALUES (?, ?, 59, NULL, 4)').run(0, 15 * MS);
    database.close();
    const other = new Database(path('other.sqlite'));
    other.exec('CREATE TABLE people (name TEXT)');
    other.close();
    writeFileSync(path('cut.sqlite'), readFileSync(path('run.sqlite')).subarray(0, 5_000));
    writeFileSync(path('eval.txt'), 'total duration: 2s\neval count: 80 token(s)\neval duration: 2s\neval rate: 40.00 tokens/s');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('an nsys export is told: kernels by kind, copies, gaps and what the CPU did in them', async () => {
    const told = await nsysDatabase(path('run.sqlite'));
    expect(saysOf(told)).toEqual([
      'Kernel time 10.0 ms: GEMM 60 %, collective communication (NCCL) 40 %.',
      '  ampere_bf16_s16816gemm_bf16_128x128_tn (gemm): 60 %, 2 times, 3.00 ms each.',
      '  ncclDevKernel_AllReduce_Sum_bf16_RING_LL (collective): 40 %, 2 times, 2.00 ms each.',
      'NCCL’s kernels also wait on the GPU for the slowest rank: their time is the most that the links can cost, and a late rank looks the same.',
      'Copies: host to GPU 12.0 MB in 1.00 ms (12.0 GB/s).',
      'Nothing ran on the GPU for 27 % of 15.0 ms of GPU time (1 gap over 100 µs, the longest 4.00 ms).',
      'In the only long gap the CPU was:',
      '  in a CUDA copy (memory that is not pinned is copied twice): 1 gap, 4.00 ms.',
      'Of the CPU’s time in CUDA calls (5.00 ms): cudaMemcpyAsync 100 % (1 calls).',
      'Longest named ranges: step 15.0 ms (1 times).',
    ]);
  });

  it('an export without a table is told by the others', async () => {
    const database = new Database(path('kernels.sqlite'));
    database.exec(SCHEMA.replace(/CREATE TABLE (?!StringIds|CUPTI_ACTIVITY_KIND_KERNEL).*\n/g, ''));
    database.exec(`INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (0, ${MS}, 0, 7, 1, 1, 1)`);
    database.close();
    const told = await nsysDatabase(path('kernels.sqlite'));
    expect(saysOf(told)?.[0]).toBe('Kernel time 1.00 ms: GEMM 100 %.');
  });

  it('another database, a damaged one and a text are not taken for one', async () => {
    expect(await nsysDatabase(path('other.sqlite'))).toMatch(/without CUDA work of nsys/);
    expect(await nsysDatabase(path('cut.sqlite'))).toMatch(/could not be read/);
    expect(await nsysDatabase(path('eval.txt'))).toBeNull();
    expect(await nsysDatabase(path('missing'))).toBeNull();
    expect(await nsysDatabase(folder)).toBeNull();
  });

  it('begin the answer where they are all there is, and the exit code says that something was told', async () => {
    const { code, stdout, stderr } = await headroom(['diagnose', path('eval.txt'), path('run.sqlite')]);
    expect(stdout).toMatch(/^This is ollama’s --verbose timing of one request \(.*eval\.txt\)\n {2}Generation 40\.0 tokens\/s/);
    expect(stdout).toContain('This is an nsys recording (Nsight Systems, SQLite export)');
    expect(stderr).not.toContain('unknown format');
    expect(code).toBe(0);
  });

  it('a database of somebody else’s alone is nothing read', async () => {
    const { code, stdout, stderr } = await headroom(['diagnose', path('other.sqlite')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('without CUDA work of nsys');
  });
});
