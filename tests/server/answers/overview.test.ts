// Past the door of server/answers: days of other zones are asked for without a site file for each.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALVIS } from '../../../core/knowledge/index.ts';
import { overviewOf } from '../../../server/answers/overview.ts';
import { someAnalysis, someFinding, someSummary } from '../../support/analysis.ts';
import { removeFolders, startService, type TestService } from '../../support/service.ts';

const SYSTEM = { kind: 'system' } as const;
const at = (text: string) => Date.parse(text) / 1000;
let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

describe('GPU-hours lost today', () => {
  it('begin at the site’s midnight, not at that of UTC', async () => {
    const { service: inner } = service.running;
    const key = { cluster: 'c', id: 'idle' };
    // One GPU that was held and idle from noon until noon, UTC.
    const [start, end] = [at('2026-07-10T12:00:00Z'), at('2026-07-11T12:00:00Z')];
    await inner.jobs.declare(SYSTEM, key, { start, end, state: 'completed', gpus: [{ uuid: 'GPU-1', node: 'n1' }] });
    await inner.store.jobs.saveAnalysis(SYSTEM, key, someAnalysis({ findings: [someFinding({ entity: null, from: start, to: end })] }), someSummary());
    const lost = async (timeZone: string) => {
      const now = () => at('2026-07-11T10:00:00Z');
      return (await overviewOf({ ...inner, now, site: { ...ALVIS, timeZone } }, SYSTEM)).gpuHoursLostToday;
    };
    expect(await lost('Europe/Stockholm')).toBeCloseTo(12, 5);
    expect(await lost('Asia/Kolkata')).toBeCloseTo(15.5, 5);
    expect(await lost('UTC')).toBeCloseTo(10, 5);
  });

  it('count a job that ended in the first hour of a day of 25', async () => {
    const { service: inner } = service.running;
    const key = { cluster: 'c', id: 'autumn' };
    const [start, end] = [at('2026-10-24T20:00:00Z'), at('2026-10-24T22:30:00Z')]; // half an hour into Stockholm's Sunday
    await inner.jobs.declare(SYSTEM, key, { start, end, state: 'completed', gpus: [{ uuid: 'GPU-2', node: 'n1' }] });
    await inner.store.jobs.saveAnalysis(SYSTEM, key, someAnalysis({ findings: [someFinding({ entity: null, from: start, to: end })] }), someSummary());
    const overview = await overviewOf({ ...inner, now: () => at('2026-10-25T22:45:00Z') }, SYSTEM);
    expect(overview.gpuHoursLostToday).toBeCloseTo(0.5, 5);
    expect(overview.finished.map(({ job }) => job.id)).not.toContain('autumn'); // more than 24 hours ago
  });
});
