// One start of the built service, timed from the start of its process.
import { start } from '../../dist/server/main/index.js';
import { readConfig } from '../../dist/server/settings/index.js';

const config = readConfig({ ...process.env, HEADROOM_PORT: '0', HEADROOM_LOG: 'silent' });
const running = await start({ config, demo: null, agent: false });
const health = await fetch(`${running.address}/health/ready`);
if (health.status !== 200) throw new Error(`the service is not ready: ${health.status}`);
const ready = performance.now();
const { user, system } = process.cpuUsage();
const token = await running.service.store.tokens.issue({ scope: { kind: 'admin' }, name: 'bench', expires: null });
const ask = async (path) => {
  const begin = performance.now();
  const bytes = (await (await fetch(`${running.address}${path}`, { headers: { authorization: `Bearer ${token}` } })).arrayBuffer()).byteLength;
  return { ms: performance.now() - begin, bytes };
};
const nodes = await ask('/api/nodes');
const largest = await ask('/api/nodes?limit=1000');
process.stdout.write(`${JSON.stringify({ ready, cpu: (user + system) / 1000, resident: process.memoryUsage.rss(), nodes, largest })}\n`);
await running.close();
