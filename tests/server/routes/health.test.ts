// Past the door of server/routes: a store in trouble stands behind these addresses, which no service has at will.
import fastify from 'fastify';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Health } from '../../../core/contract/index.ts';
import { healthRoutes } from '../../../server/routes/health.ts';
import type { SeriesStats } from '../../../server/store/interface/types.ts';
import { ask as exchange, removeFolders, startService } from '../../support/service.ts';
import { temporaryFolder } from '../../support/folders.ts';

const STATS: SeriesStats = { bytes: 1, values: 2, chunks: 3, walRows: 4, open: 5, openSince: 900, heldBackCount: 0, heldBack: [] };

function health(trouble: string | null, stats: Partial<SeriesStats> = {}, clock = { now: 1000 }) {
  const app = fastify();
  let values = 1;
  onTestFinished(() => app.close());
  const series = { stats: async () => ({ ...STATS, ...stats, values: (values += 1) }) };
  // A look more, a value more.
  healthRoutes(app, {
    store: { series: series as never, trouble: () => trouble }, // the only part that health asks
    streams: { count: 0 },
    pressure: { now: () => null, lag: () => 0.25 },
    config: { data: temporaryFolder() },
    log: pino({ enabled: false }),
    version: '1',
    demo: false,
    started: 0,
    now: () => clock.now,
  });
  return async (path: string) => {
    const reply = await app.inject(path);
    return { status: reply.statusCode, body: reply.json<Health>() };
  };
}

describe('health', () => {
  it('tells what waits to be sealed, the lag and the disk', async () => {
    const { status, body } = await health(null)('/api/health');
    expect([status, body.status, body.lag]).toEqual([200, 'ok', 0.25]);
    expect(body.store).toEqual({ bytes: 1, values: 2, chunks: 3, walRows: 4, open: 5, openFor: 100, heldBack: 0, reasons: [] });
    expect(body.disk?.free).toBeGreaterThan(0);
    expect(body.disk?.total).toBeGreaterThanOrEqual(body.disk?.free ?? Number.NaN);
    expect(body.warnings).toEqual([]);
  });

  it('warns of sealing that fails and of sealing that is behind, and is well all the same', async () => {
    const { status, body } = await health(null, { heldBackCount: 2, heldBack: ['gpu:a: no'], openSince: 1000 - 4 * 3600 })('/api/health');
    expect([status, body.store?.heldBack, body.store?.reasons]).toEqual([200, 2, ['gpu:a: no']]);
    expect(body.warnings.join('\n')).toMatch(/readings of 2 .* cannot be sealed[^]*sealing is behind: some readings wait for 4 hours/);
  });

  it('of a store that cannot write is trouble and not ready, but alive: nothing is gained by a restart', async () => {
    const ask = health('The disk is full');
    expect(await ask('/api/health')).toMatchObject({ status: 503, body: { status: 'trouble', trouble: 'The disk is full' } });
    expect(await ask('/health/ready')).toEqual({ status: 503, body: { status: 'trouble', trouble: 'The disk is full' } });
    expect(await ask('/health/live')).toEqual({ status: 200, body: { status: 'ok', trouble: null } });
  });

  it('looks anew every five seconds, and at once when the clock was set back', async () => {
    const clock = { now: 10_000 };
    const ask = health(null, {}, clock);
    const seen = async (now: number) => {
      clock.now = now;
      return (await ask('/api/health')).body.store?.values;
    };
    expect([await seen(10_000), await seen(10_004), await seen(10_006)]).toEqual([2, 2, 3]);
    expect([await seen(6_400), await seen(6_404), await seen(6_406)]).toEqual([4, 4, 5]);
    clock.now = -5;
    expect((await ask('/api/health')).body.uptime).toBe(0);
  });

  it('is open to everybody at all three addresses', async () => {
    const service = await startService();
    for (const path of ['/api/health', '/health/live', '/health/ready']) expect([path, (await fetch(`${service.address}${path}`)).status]).toEqual([path, 200]);
    // A probe names the service as its own network does.
    for (const path of ['/api/health', '/health/live', '/health/ready']) {
      expect([path, (await exchange(service.address, path, { headers: { host: 'probe.example' } })).status]).toEqual([path, 200]);
    }
    await service.stop();
    removeFolders();
  });
});
