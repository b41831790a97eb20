// Past the door of server/main: ports are tried that a whole service would not get.
import { createServer, type Server } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../server/settings/index.ts';
import { choosePort } from '../../../server/main/port.ts';

const taken: Server[] = [];
afterAll(() => {
  for (const server of taken) server.close();
});
const take = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    taken.push(server);
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

describe('the port', () => {
  it('that was given must be free, and the refusal says what to do', async () => {
    const port = await take();
    await expect(choosePort('127.0.0.1', port)).rejects.toThrow(ConfigError);
    await expect(choosePort('127.0.0.1', port)).rejects.toThrow(/EADDRINUSE.*--port or HEADROOM_PORT/);
  });

  it('is the first free one from 8080 on where none was given, and any for 0', async () => {
    const port = await choosePort('127.0.0.1', null);
    expect(port).toBeGreaterThanOrEqual(8080);
    expect(port).toBeLessThanOrEqual(8099);
    expect(await choosePort('127.0.0.1', 0)).toBe(0);
  });

  it('of an address that this machine does not have is refused', async () => {
    await expect(choosePort('192.0.2.1', 8080)).rejects.toThrow(/EADDRNOTAVAIL/);
  });
});
