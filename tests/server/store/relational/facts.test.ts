import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../server/store/index.ts';
import { batchOf, gpu } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { listening, storeForTest } from '../../../support/store.ts';

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
    expect(await facts.facts({ ids: ['GPU-a'] })).toEqual([{ entity: about, name: 'name', value: 'A100', at: 5000 }]);
    expect(await facts.facts({ nodes: ['n2'] })).toEqual([{ entity: { kind: 'host', id: 'n2' }, name: 'kernel', value: '6.1', at: 5000 }]);
    expect(await facts.facts({})).toHaveLength(2);
    expect(await facts.events({ ids: ['GPU-a'], from: 0, to: 6000 })).toEqual([event, { ...event, at: 5000, text: 'undated' }]);
    expect(await facts.events({ nodes: ['n1'], from: 42, to: 43 })).toEqual([event]);
    expect(await facts.events({ nodes: ['n1'], from: 43, to: 44 })).toEqual([]);
    expect(await facts.nodes()).toEqual([
      { node: 'n1', gpus: [{ uuid: 'GPU-a', name: 'A100' }], lastReadingAt: 200 },
      { node: 'n2', gpus: [], lastReadingAt: null },
      { node: 'n3', gpus: [], lastReadingAt: 300 },
    ]);
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
    expect(await facts.facts(query)).toHaveLength(1300);
    expect(await facts.events({ ...query, from: 0, to: 10 })).toHaveLength(1300);
    expect((await facts.nodes()).length).toBe(1300);
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
    expect((await facts.facts({})).map(({ name }) => name)).toEqual(['name']);
    expect(await facts.events({ from: 0, to: 1e12 })).toHaveLength(1);
    await series.maintain(clock.now + 23 * 86_400);
    expect(await facts.events({ from: 0, to: 1e12 })).toEqual([]);
  });

  it('what is only spoken of is forgotten a week after it was last said; what has readings keeps its facts, for the page of an old job', async () => {
    const clock = { now: 1_700_000_000 };
    const { series, facts } = await storeForTest({ now: () => clock.now, rollupDays: 400 });
    const engine = (id: string) => ({ kind: 'engine', id, node: 'n1' }) as const;
    const said = (id: string) => ({ entity: engine(id), name: 'model', value: 'x' }) as const;
    const cards = [{ entity: gpu('spoken'), name: 'name', value: 'A40' } as const];
    await series.append(batchOf(engine('runs'), [clock.now], { 'engine.running': [1] }, { facts: [said('runs'), said('spoken'), said('again'), ...cards] }));
    clock.now += 6 * 86_400;
    await series.append(batchOf(engine('runs'), [clock.now], { 'engine.running': [1] }, { facts: [said('again')] }));
    await series.maintain(clock.now);
    expect((await facts.known()).engine).toEqual(['runs', 'spoken', 'again']);
    clock.now += 2 * 86_400;
    await series.maintain(clock.now);
    expect(await facts.known()).toEqual({ gpu: [], host: [], engine: ['runs', 'again'], process: [] });
    expect((await facts.facts({ nodes: ['n1'] })).map(({ entity }) => entity.id).sort()).toEqual(['again', 'runs']);
  });

  it('a page token opens once, a program’s until it is revoked or over, a session until it ends, and a restart changes none of it', async () => {
    const folder = temporaryFolder();
    const options = { folder, rawDays: 30, rollupDays: 400, log: listening().log };
    const first = await openStore({ ...options, now: () => 100 });
    const page = await first.tokens.issue({ scope: { kind: 'page' }, name: 'start', expires: null });
    const write = await first.tokens.issue({ scope: { kind: 'node', node: null }, name: 'agent', expires: null });
    const brief = await first.tokens.issue({ scope: { kind: 'job', cluster: 'c', id: '7' }, name: 'brief', expires: 1e12 });
    expect(first.tokens.check(page, 1)).toMatchObject({ scope: { kind: 'page' }, name: 'start' });
    const [redeemed, again] = await Promise.all([first.tokens.redeem(page, 1), first.tokens.redeem(page, 1)]);
    expect(again).toBeNull();
    if (redeemed === null) throw new Error('it was not redeemed');
    expect(await first.tokens.redeem(write, 1)).toBeNull();
    expect(first.tokens.check(page, 1)).toBeNull();
    expect(first.tokens.check(`${write}x`, 1)).toBeNull();
    const { id = '' } = first.tokens.check(write, 1) ?? {};
    const [one, two] = [first.tokens.bind(id, 'n1'), first.tokens.bind(id, 'n2')];
    expect([one.node, two.node]).toEqual(['n1', 'n1']);
    await one.kept;
    const session = await first.sessions.open({ principal: 'p', from: redeemed, expires: 500 });
    const other = await first.sessions.open({ principal: 'p', from: redeemed, expires: 500 });
    await first.sessions.end(other.id);
    await first.setSetting('kind', 'demo');
    await first.setSetting('kind', 'real');
    await first.close();

    const second = await storeForTest({ ...options, now: () => 200 });
    expect(await second.setting('kind')).toBe('real');
    expect(await second.setting('nothing')).toBeNull();
    expect(second.tokens.check(page, 1)).toBeNull();
    expect(second.tokens.check(write, 1)).toMatchObject({ scope: { kind: 'node', node: 'n1' }, name: 'agent' });
    expect(second.tokens.check(brief, 1e12 - 1)).toMatchObject({ scope: { kind: 'job', cluster: 'c', id: '7' } });
    expect(second.tokens.check(brief, 1e12)).toBeNull();
    expect(second.sessions.check(session.cookie, session.secret, 499.9)).toMatchObject({ id: session.id, principal: 'p', created: 100 });
    expect(second.sessions.check(session.cookie, other.secret, 300)).toBeNull();
    expect(second.sessions.check(other.cookie, other.secret, 300)).toBeNull();
    const ended: string[] = [];
    second.onEnd((gone) => ended.push(gone));
    expect(await second.tokens.revoke('agent')).toBe(1);
    expect(second.tokens.check(write, 1)).toBeNull();
    await second.tokens.revoke('start');
    expect(second.sessions.check(session.cookie, session.secret, 300)).toBeNull();
    expect(ended).toContain(id);
    expect(ended).toContain(session.id);
  });

  it('a token is nowhere in the folder as it was issued', async () => {
    const folder = temporaryFolder();
    const store = await storeForTest({ folder });
    const token = await store.tokens.issue({ scope: { kind: 'admin' }, name: 'agent', expires: null });
    await store.close();
    const { readFileSync, readdirSync } = await import('node:fs');
    expect(readdirSync(folder).filter((name) => readFileSync(`${folder}/${name}`).includes(token))).toEqual([]);
  });
});
