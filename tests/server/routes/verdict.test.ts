import { io, type Socket } from 'socket.io-client';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Analysis, ClientToServer, JobDetail, LiveVerdict, ServerToClient } from '../../../core/contract/index.ts';
import { ask, dataFolder, removeFolders, startService, type TestService } from '../../support/service.ts';

afterAll(removeFolders);

const PERIOD = 5;
const MINUTES = 20;

/** One A40 that first reads its memory as fast as it can, then multiplies; `from` and `to` are sample numbers. */
function batch(seq: number, start: number, from: number, to: number): object {
  const samples = Array.from({ length: to - from }, (_, index) => from + index);
  const half = (MINUTES * 60) / PERIOD / 2;
  const reads = (sample: number) => sample < half;
  const entity = { kind: 'gpu', id: 'GPU-v', node: 'v1' };
  return {
    source: 'verdict',
    seq,
    node: 'v1',
    facts: [{ entity, name: 'name', value: 'NVIDIA A40' }],
    blocks: [
      {
        entity,
        t: samples.map((sample) => start + sample * PERIOD),
        columns: {
          'gpu.util': samples.map(() => 0.99),
          'gpu.grActive': samples.map(() => 0.98),
          'gpu.dramActive': samples.map((sample) => (reads(sample) ? 0.76 : 0.2)),
          'gpu.tensorActive': samples.map((sample) => (reads(sample) ? 0.06 : 0.72)),
          'gpu.smActive': samples.map(() => 0.9),
          'gpu.power': samples.map((sample) => (reads(sample) ? 220 : 290)),
          'gpu.memUsed': samples.map(() => 40e9),
          'gpu.memTotal': samples.map(() => 48e9),
        },
      },
    ],
  };
}

const declare = (service: TestService, body: object) =>
  ask(service.address, '/api/jobs/c/v', {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
  });
/** What is asked for, once it is good. */
const until = async <T>(what: () => Promise<T>, good: (value: T) => boolean): Promise<T> => {
  const found = await vi.waitUntil(
    async () => {
      const value = await what();
      return good(value) && { value };
    },
    { timeout: 300_000, interval: 100 },
  );
  return found.value;
};
const words = ({ phases }: Analysis) => phases.map((phase) => `${phase.verdict.bottleneck} ${Math.round(phase.from)}-${Math.round(phase.to)}`);

describe('the verdict of a job', () => {
  it('is told live, stands after a restart, and is judged whole when the job has ended', async () => {
    const data = dataFolder();
    let service = await startService({ data });
    const samples = (MINUTES * 60) / PERIOD;
    const start = Math.floor(Date.now() / 1000) - MINUTES * 60 - 5;
    await declare(service, { name: 'verdict', start, state: 'running', nodes: ['v1'], gpus: [{ uuid: 'GPU-v', node: 'v1' }] });
    await service.ingest(batch(0, start, 0, samples / 2));

    const page: Socket<ServerToClient, ClientToServer> = io(service.address, { transports: ['websocket'], extraHeaders: await service.signIn() });
    const heard: LiveVerdict[] = [];
    page.on('verdict', (verdict) => heard.push(verdict));
    await new Promise((resolve) => page.emit('watch', { kind: 'job', cluster: 'c', id: 'v' }, resolve));
    await until(
      async () => heard,
      (all) => all.some((one) => one.verdict.bottleneck === 'memory'),
    );
    expect(heard.at(-1)?.verdict.bottleneck).toBe('memory');
    expect(heard[0]?.fromPhase).toBe(0);

    await service.ingest(batch(1, start, samples / 2, samples));
    await until(
      async () => heard,
      (all) => all.some((one) => one.phases.some((phase) => phase.verdict.bottleneck === 'compute')),
    );
    page.close();

    const analysis = () => service.get<Analysis>('/api/jobs/c/v/analysis');
    const live = await until(analysis, (one) => one.phases.length === 2);
    expect(live.phases.map((phase) => phase.verdict.bottleneck)).toEqual(['memory', 'compute']);
    expect(live.hardware).toEqual({ gpu: 'A40', from: 'detected' });

    await service.stop();
    service = await startService({ data });
    const detail = await until(
      () => service.get<JobDetail>('/api/jobs/c/v'),
      (one) => one.analysis !== null,
    );
    expect(detail.job.state).toBe('running');
    const again = await until(analysis, (one) => one.to >= live.to && one.phases.length === 2);
    expect(words(again)).toEqual(words(live));
    expect(again.verdict).toEqual(live.verdict);

    const { store } = service.running.service;
    const saves = vi.spyOn(store.jobs, 'saveAnalysis');
    await declare(service, { state: 'completed', end: start + samples * PERIOD });
    const stored = () => store.jobs.get({ cluster: 'c', id: 'v' });
    await until(stored, (record) => record?.summary !== null && record?.job.end !== null);
    // Of the job that has ended the last live verdict is saved, and, when nothing comes any more, that of a worker on the whole.
    const ofEnded = () => saves.mock.calls.filter((all) => all.some((one) => 'end' in one && one.end !== null));
    await expect.poll(() => ofEnded().length).toBe(2);
    await saves.mock.results.at(-1)?.value;
    const final = await until(analysis, (one) => one.to >= start + (samples - 1) * PERIOD);
    expect(words(final)).toEqual(words(live));
    expect((await stored())?.summary).toMatchObject({ bottleneck: final.verdict.bottleneck, lastReadingAt: start + (samples - 1) * PERIOD });
    await service.stop();
  });
});
