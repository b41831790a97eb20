// Past the door of server/auth: identities are made without requests.
import { describe, expect, it } from 'vitest';
import { OWNER, personOf, VISITOR } from '../../../server/auth/identity.ts';
import { recogniser, turnKeyOf } from '../../../server/auth/index.ts';
import { storeForTest } from '../../support/store.ts';

describe('what lets a caller in', () => {
  it('that ended before anybody watched it ends what is opened with it at once: nothing falls between two steps', async () => {
    const store = await storeForTest({});
    const who = recogniser({ store, demo: false, cookie: 'c', isOwner: () => false, now: () => 100 });
    const token = await store.tokens.issue({ scope: { kind: 'admin' }, name: 'brief', expires: null });
    const page = await store.tokens.redeem(await store.tokens.issue({ scope: { kind: 'page' }, name: 'page', expires: null }), 50);
    if (page === null) throw new Error('the page token is good');
    const session = await store.sessions.open({ principal: 'p', from: page, expires: 500 });
    const program = who.identify({ headers: { authorization: `Bearer ${token}` } });
    const person = who.identify({ headers: { cookie: `c=${session.cookie}` } }, session.secret);
    if (program === null || person === null) throw new Error('both are known');
    let over = 0;
    who.whenOver(program, () => (over += 1));
    who.whenOver(person, () => (over += 1));
    expect([over, who.stands(program), who.stands(person)]).toEqual([0, true, true]);

    await store.tokens.revoke('brief');
    await store.sessions.end(session.id);
    expect([over, who.stands(program), who.stands(person)]).toEqual([2, false, false]);
    who.whenOver(program, () => (over += 10));
    who.whenOver(person, () => (over += 10));
    expect(over).toBe(22);
    await store.close();
  });
});

describe('whose turn a question is', () => {
  it('is a browser’s own, though all sessions are the operator’s; whoever has no name is told apart by its address', () => {
    const session = (id: string) => personOf({ id, principal: 'operator', expires: 500 });
    expect(turnKeyOf(session('1'), '10.0.0.1')).not.toBe(turnKeyOf(session('2'), '10.0.0.1'));
    expect(turnKeyOf(session('1'), '10.0.0.1')).toBe(turnKeyOf(session('1'), '10.0.0.2'));
    expect([VISITOR, null].map((one) => turnKeyOf(one, '10.0.0.1'))).toEqual(['address 10.0.0.1', 'address 10.0.0.1']);
    expect(turnKeyOf(OWNER, '127.0.0.1')).toBe('owner');
  });
});
