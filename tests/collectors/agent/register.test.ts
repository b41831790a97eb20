// Past the door of collectors/agent: the declaration alone, without a node to watch.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { httpDelivery } from '../../../collectors/agent/http-send.ts';
import { register } from '../../../collectors/agent/register.ts';
import type { Outcome } from '../../../collectors/agent/types.ts';
import { removeFolders, startService, type TestService } from '../../support/service.ts';

const BACKOFF = { first: 0.01, most: 0.02 };
let said: string[] = [];
const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
afterEach(() => (said = []));

describe('an agent that may not declare its job', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(async () => {
    await service.stop();
    removeFolders();
  });

  it('says so once, with the token that may: the one of a node has no say in a job on several', async () => {
    const { tokens } = service.running.service.store;
    const token = await tokens.issue({ scope: { kind: 'node', node: 'n1' }, name: 'of-n1', expires: null });
    const http = httpDelivery({ server: service.address, token });
    const outcomes: Outcome[] = [];
    const job = { cluster: 'alvis', id: '7', declaration: { nodes: ['n1', 'n2'] }, first: true, gpus: null };
    const own = register({
      job,
      declare: async (...args) => {
        const outcome = await http.declare(...args);
        outcomes.push(outcome);
        return outcome;
      },
      backoff: BACKOFF,
      log,
    });
    await expect.poll(() => outcomes.length).toBeGreaterThan(3);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^job alvis\/7 is not declared \(.*403 .*\): a token of the job may do it on all its nodes: headroom token issue NAME --job alvis\/7$/,
    );
    await own.end(1_700_000_000, 1);
    expect(said).toHaveLength(1);

    const better = httpDelivery({
      server: service.address,
      token: await tokens.issue({ scope: { kind: 'job', cluster: 'alvis', id: '7' }, name: 'of-7', expires: null }),
    });
    expect(await better.declare(job, job.declaration, new AbortController().signal)).toEqual({ kind: 'stored' });
    http.close();
    better.close();
  });

  it('does not come again before the server said', async () => {
    const at: number[] = [];
    const own = register({
      job: { cluster: 'alvis', id: '9', declaration: {}, first: false, gpus: null },
      declare: async () => {
        at.push(performance.now());
        return at.length === 1 ? { kind: 'later', reason: 'the limit “jobs” is reached', retryAfter: 1 } : { kind: 'stored' };
      },
      backoff: BACKOFF,
      log,
    });
    await expect.poll(() => at.length).toBe(2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(990);
    await own.end(1_700_000_000, 1);
  });

  it('a server that is away or a proxy that forbids says nothing about tokens', async () => {
    const answers: Outcome[] = [
      { kind: 'later', reason: 'connect ECONNREFUSED' },
      { kind: 'later', reason: 'the token is not accepted (403): give one that may write' },
      { kind: 'stored' },
    ];
    let calls = 0;
    const own = register({
      job: { cluster: 'alvis', id: '8', declaration: {}, first: false, gpus: null },
      declare: async () => answers[(calls += 1) - 1] ?? { kind: 'stored' },
      backoff: BACKOFF,
      log,
    });
    await expect.poll(() => calls).toBe(3);
    await own.end(1_700_000_000, 1);
    expect(said).toEqual([]);
  });
});
