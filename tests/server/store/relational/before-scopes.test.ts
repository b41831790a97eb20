// Past the door of server/store/sqlite: a database as the version before left it is made by hand.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { expect, it } from 'vitest';
import { connectionConfig } from '../../../../server/store/sqlite/connection.ts';
import { migrate } from '../../../../server/store/sqlite/migrate.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { storeForTest } from '../../../support/store.ts';

const FIRST = '20261122134646_first';

it('a token of the time before scopes is of the first node that uses it, and a session of that time opens nothing', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'headroom.db');
  const before = join(temporaryFolder(), 'migrations');
  mkdirSync(before);
  cpSync(`prisma/main/migrations/${FIRST}`, join(before, FIRST), { recursive: true });
  await migrate(file, before);
  const client = createClient(connectionConfig(file));
  for (const scope of ['write', 'session', 'page']) {
    const hash = createHash('sha256').update(`the ${scope} one`).digest('hex');
    await client.execute({ sql: 'INSERT INTO "Token" (hash, scope, name, issued) VALUES (?, ?, ?, 1)', args: [hash, scope, scope] });
  }
  client.close();

  const store = await storeForTest({ folder });
  expect(store.tokens.check('the write one', 2)).toMatchObject({ scope: { kind: 'node', node: null }, name: 'write' });
  expect(store.tokens.check('the page one', 2)).toMatchObject({ scope: { kind: 'page' } });
  expect(store.tokens.check('the session one', 2)).toBeNull();
  expect(store.sessions.check('the session one', 'the session one', 2)).toBeNull();
});
