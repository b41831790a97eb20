import { describe, expect, it } from 'vitest';
import { openStore, type Viewer } from '../../../../server/store/index.ts';
import { batchOf, gpu } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { listening, storeForTest } from '../../../support/store.ts';

const local: Viewer = { kind: 'local' };

describe('facts, events, nodes, tokens and settings of one folder', () => {
  it('a fact has its latest value, an event happened once however often it is delivered, a node was heard when it was', async () => {
    const { series, facts } = await storeForTest({ now: () => 5000 });
    const about = gpu('a', 'n1');
    const event = { at: 42, entity: about, kind: 'xid', text: 'Xid 79' } as const;
    await series.append(
      batchOf(
        about,
        [100],
        { 'gpu.power': [1] },
        { facts: [{ entity: about, name: 'name', value: 'A40' }], events: [event, { ...event, at: null, text: 'undated' }] },
      ),
    );
    await series.append(
      batchOf(
        about,
        [200],
        { 'gpu.power': [1] },
        {
          facts: [
            { entity: about, name: 'name', value: 'A100' },
            { entity: { kind: 'host', id: 'n2' }, name: 'kernel', value: '6.1' },
          ],
          events: [event],
        },
      ),
    );
    await series.append(batchOf({ kind: 'gpu', id: '#0', node: 'n3' }, [300], { 'gpu.power': [1] }));
    expect(await facts.facts(local, { ids: ['GPU-a'] })).toEqual([{ entity: about, name: 'name', value: 'A100' }]);
    expect(await facts.facts(local, { nodes: ['n2'] })).toEqual([{ entity: { kind: 'host', id: 'n2' }, name: 'kernel', value: '6.1' }]);
    expect(await facts.facts(local, {})).toHaveLength(2);
    expect(await facts.events(local, { ids: ['GPU-a'], from: 0, to: 6000 })).toEqual([event, { ...event, at: 5000, text: 'undated' }]);
    expect(await facts.events(local, { nodes: ['n1'], from: 42, to: 43 })).toEqual([event]);
    expect(await facts.events(local, { nodes: ['n1'], from: 43, to: 44 })).toEqual([]);
    expect(await facts.nodes(local)).toEqual([
      { node: 'n1', gpus: [{ uuid: 'GPU-a', name: 'A100' }], lastReadingAt: 200 },
      { node: 'n2', gpus: [], lastReadingAt: null },
      { node: 'n3', gpus: [], lastReadingAt: 300 },
    ]);
  });

  it('one job’s token hears of that job’s nodes and GPUs only', async () => {
    const { series, facts, jobs } = await storeForTest();
    for (const name of ['a', 'b']) {
      const about = gpu(name, `n-${name}`);
      await series.append(
        batchOf(
          about,
          [100],
          { 'gpu.power': [1] },
          { facts: [{ entity: about, name: 'name', value: 'A40' }], events: [{ at: 1, entity: about, kind: 'oom', text: name }] },
        ),
      );
    }
    await jobs.declare(local, { cluster: 'alvis', id: '1' }, { nodes: ['n-b'], gpus: [{ uuid: 'GPU-b', node: 'n-b' }] });
    const viewer: Viewer = { kind: 'job', cluster: 'alvis', id: '1' };
    expect((await facts.facts(viewer, {})).map(({ entity }) => entity.id)).toEqual(['GPU-b']);
    expect((await facts.facts(viewer, { ids: ['GPU-a'] })).map(({ entity }) => entity.id)).toEqual([]);
    expect((await facts.events(viewer, { from: 0, to: 10 })).map(({ text }) => text)).toEqual(['b']);
    expect((await facts.nodes(viewer)).map(({ node }) => node)).toEqual(['n-b']);
  });

  it('facts of a thousand and more entities are asked for at once, each told once', async () => {
    const { series, facts } = await storeForTest();
    const names = Array.from({ length: 1300 }, (_, index) => `m${index}`);
    const said = names.map((name) => ({ entity: gpu(name, `node-${name}`), name: 'name' as const, value: 'A40' }));
    await series.append(
      batchOf(
        gpu('m0', 'node-m0'),
        [1],
        { 'gpu.power': [1] },
        { facts: said, events: names.map((name) => ({ at: 5, entity: gpu(name, `node-${name}`), kind: 'oom' as const, text: name })) },
      ),
    );
    const query = { ids: said.map(({ entity }) => entity.id), nodes: names.map((name) => `node-${name}`) };
    expect(await facts.facts(local, query)).toHaveLength(1300);
    expect(await facts.events(local, { ...query, from: 0, to: 10 })).toHaveLength(1300);
    expect((await facts.nodes(local)).length).toBe(1300);
  });

  it('facts of processes long gone and old events are dropped, the rest is kept', async () => {
    const clock = { now: 1_700_000_000 };
    const { series, facts } = await storeForTest({ now: () => clock.now, rollupDays: 30 });
    const process = { kind: 'process', id: 'n1/77', node: 'n1' } as const;
    await series.append(
      batchOf(
        gpu('a'),
        [clock.now],
        { 'gpu.power': [1] },
        {
          facts: [
            { entity: process, name: 'command', value: 'python' },
            { entity: gpu('a'), name: 'name', value: 'A40' },
          ],
          events: [{ at: clock.now, entity: null, kind: 'oom', text: 'x' }],
        },
      ),
    );
    clock.now += 8 * 86_400;
    await series.maintain(clock.now);
    expect((await facts.facts(local, {})).map(({ name }) => name)).toEqual(['name']);
    expect(await facts.events(local, { from: 0, to: 1e12 })).toHaveLength(1);
    await series.maintain(clock.now + 23 * 86_400);
    expect(await facts.events(local, { from: 0, to: 1e12 })).toEqual([]);
  });

  it('a page token opens once, a write token until it is revoked or over, and a restart changes neither', async () => {
    const folder = temporaryFolder();
    const options = { folder, rawDays: 30, rollupDays: 400, log: listening().log };
    const first = await openStore(options);
    const page = await first.tokens.issue(local, { scope: 'page', name: 'start', expires: null });
    const write = await first.tokens.issue(local, { scope: 'write', name: 'agent', expires: null });
    const brief = await first.tokens.issue(local, { scope: 'session', name: 'cookie', expires: 1e12 });
    expect(await first.tokens.check(page, 1)).toEqual({ scope: 'page', name: 'start' });
    expect(await Promise.all([first.tokens.redeem(page, 1), first.tokens.redeem(page, 1)])).toEqual([true, false]);
    expect(await first.tokens.redeem(write, 1)).toBe(false);
    expect(await first.tokens.check(page, 1)).toBeNull();
    expect(await first.tokens.check(`${write}x`, 1)).toBeNull();
    await first.setSetting('kind', 'demo');
    await first.setSetting('kind', 'real');
    await first.close();

    const second = await storeForTest(options);
    expect(await second.setting('kind')).toBe('real');
    expect(await second.setting('nothing')).toBeNull();
    expect(await second.tokens.check(page, 1)).toBeNull();
    expect(await second.tokens.check(write, 1)).toEqual({ scope: 'write', name: 'agent' });
    expect(await second.tokens.check(brief, 1e12 - 1)).toEqual({ scope: 'session', name: 'cookie' });
    expect(await second.tokens.check(brief, 1e12)).toBeNull();
    expect(await second.tokens.revoke(local, 'agent')).toBe(1);
    expect(await second.tokens.check(write, 1)).toBeNull();
  });

  it('a token is nowhere in the folder as it was issued', async () => {
    const folder = temporaryFolder();
    const store = await storeForTest({ folder });
    const token = await store.tokens.issue(local, { scope: 'write', name: 'agent', expires: null });
    await store.close();
    const { readFileSync, readdirSync } = await import('node:fs');
    expect(readdirSync(folder).filter((name) => readFileSync(`${folder}/${name}`).includes(token))).toEqual([]);
  });
});
