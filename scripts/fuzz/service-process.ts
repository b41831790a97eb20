// The service in a process of its own, to be fuzzed and killed: FOLDER, then a line with its address and a token of each scope.
import { start } from '../../server/main/index.ts';
import { readConfig } from '../../server/settings/index.ts';
import type { TokenScope } from '../../server/store/index.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: service-process.ts FOLDER');
const config = readConfig({ HEADROOM_DATA: folder, HEADROOM_PORT: '0', HEADROOM_LOG: 'silent', HEADROOM_CLUSTER: 'c' });
const running = await start({ config, demo: null, agent: false });
const issue = (scope: TokenScope): Promise<string> => running.service.store.tokens.issue({ scope, name: `fuzz-${scope.kind}`, expires: null });
const tokens = {
  node: await issue({ kind: 'node', node: 'n2' }),
  job: await issue({ kind: 'job', cluster: 'c', id: 'own' }),
  read: await issue({ kind: 'read' }),
  admin: await issue({ kind: 'admin' }),
};
process.stdout.write(`${JSON.stringify({ address: running.address, tokens })}\n`);

let closing: Promise<void> | undefined;
const close = (): void => {
  closing ??= running.close().finally(() => process.exit());
};
process.on('SIGTERM', close);
// Whoever started it is gone.
process.stdin.resume().on('end', close).on('error', close);
