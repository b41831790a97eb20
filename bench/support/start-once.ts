// Past the door of server/main: one start of the service, timed from the start of its process.
import { start } from '../../server/main/start.ts';
import { readConfig } from '../../server/settings/index.ts';

const config = readConfig({ ...process.env, HEADROOM_PORT: '0', HEADROOM_LOG: 'silent' });
const running = await start({ config, demo: null, agent: false });
const health = await fetch(`${running.address}/health/ready`);
if (health.status !== 200) throw new Error(`the service is not ready: ${health.status}`);
const ready = performance.now();
const token = await running.service.store.tokens.issue({ scope: { kind: 'admin' }, name: 'bench', expires: null });
const ask = async (path: string): Promise<{ ms: number; bytes: number }> => {
  const begin = performance.now();
  const bytes = (await (await fetch(`${running.address}${path}`, { headers: { authorization: `Bearer ${token}` } })).arrayBuffer()).byteLength;
  return { ms: performance.now() - begin, bytes };
};
const nodes = await ask('/api/nodes');
const largest = await ask('/api/nodes?limit=1000');
process.stdout.write(`${JSON.stringify({ ready, resident: process.memoryUsage.rss(), nodes, largest })}\n`);
await running.close();
