import { createServer } from 'node:net';
import { ConfigError } from '../settings/index.ts';

const FIRST = 8080;
const LAST = 8099;

/**
 * The port to listen on: the given one, which must be free (0 is any), or else the first free one from 8080 on, since on a
 * login node somebody else's service may well have 8080. Throws ConfigError with the remedy.
 */
export async function choosePort(host: string, given: number | null): Promise<number> {
  if (given === 0) return 0;
  if (given !== null) {
    const trouble = await tryPort(host, given);
    if (trouble === null) return given;
    throw new ConfigError(
      `port ${given} of ${host} cannot be used (${trouble}): stop what uses it, or choose another with --port or HEADROOM_PORT (0 takes any free one).`,
    );
  }
  let last = '';
  for (let port = FIRST; port <= LAST; port += 1) {
    const trouble = await tryPort(host, port);
    if (trouble === null) return port;
    last = trouble;
  }
  throw new ConfigError(
    `none of the ports ${FIRST} to ${LAST} of ${host} can be used (${last}): choose one with --port or HEADROOM_PORT, and check HEADROOM_HOST.`,
  );
}

/** Null where a server can listen there now, else the system's word for why not. */
function tryPort(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      resolve('code' in error && typeof error.code === 'string' ? error.code : error.message);
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => {
        resolve(null);
      });
    });
  });
}
