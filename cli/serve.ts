import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, integer, readConfig, type Config } from '../server/settings/index.ts';
import { start } from '../server/main/index.ts';

const HELP = `Usage: headroom serve [options]

Starts the service: API, page and scheduler in one process, with an agent for this machine.

  --demo          a pretend Alvis instead of real readings, in a data folder of its own
  --seed N        the demo's seed (default 1)
  --port N        default: HEADROOM_PORT, or the first free one from 8080 on
  --host ADDRESS  default: HEADROOM_HOST, or 127.0.0.1
  --data DIR      default: HEADROOM_DATA, or ./headroom-data
  --no-agent      do not watch this machine
  --open          open the page in a browser

The last line printed is the address to open. Its token works once and signs the browser in.
More settings: docs/operations.md.
`;

/** `headroom serve`: runs until a signal. Exit 0 after a graceful stop, 2 for a setting that is wrong, 1 for a fault of ours. */
export async function run(argv: string[]): Promise<number> {
  const asked = options(argv);
  if (typeof asked === 'string') {
    process.stderr.write(`headroom serve: ${asked}\n\n${HELP}`);
    return 2;
  }
  if (asked.help) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    const config = asked.config();
    const running = await start({ config, demo: asked.demo ? { seed: asked.seed } : null, agent: asked.agent });
    const stopped = signal();
    if (!asked.demo)
      process.stdout.write(
        `A token for this or another node’s agent:  ${config.data === resolve('headroom-data') ? '' : `HEADROOM_DATA=${config.data} `}npx --no-install headroom token issue NAME\n`,
      );
    process.stdout.write(`Headroom is at\n${running.url}\n`);
    if (asked.open) openBrowser(running.url);
    const name = await stopped;
    process.stderr.write(`\n${name}: stopping …\n`);
    await running.close();
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || (error.name !== 'ConfigError' && error.name !== 'StoreError' && error.name !== 'StoreBusy')) throw error;
    process.stderr.write(`headroom serve: ${error.message}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

/** Resolves with the first signal's name; a second one ends the process at once. */
function signal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(name);
      });
    }
  });
}

interface Asked {
  config: () => Config;
  demo: boolean;
  seed: number;
  agent: boolean;
  open: boolean;
  help: boolean;
}

function options(argv: string[]): Asked | string {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        demo: { type: 'boolean' },
        seed: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        'no-agent': { type: 'boolean' },
        open: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const seed = values.seed === undefined ? 1 : integer(values.seed, 0, 999_999_999);
    if (seed === undefined) return `--seed is “${values.seed ?? ''}”, but must be a whole number`;
    const demo = values.demo === true;
    return {
      demo,
      seed,
      // A pretend Alvis has nothing to do with this machine.
      agent: values['no-agent'] !== true && !demo,
      open: values.open === true,
      help: values.help === true,
      config: () => {
        const given = readConfig({
          ...process.env,
          ...(values.port === undefined ? {} : { HEADROOM_PORT: values.port }),
          ...(values.host === undefined ? {} : { HEADROOM_HOST: values.host }),
        });
        const named = values.data !== undefined || (process.env['HEADROOM_DATA'] ?? '') !== '';
        const data = values.data === undefined ? given.data : resolve(values.data);
        return { ...given, data: demo && !named ? join(data, 'demo') : data, cluster: demo ? 'alvis' : given.cluster };
      },
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function openBrowser(url: string): void {
  const [program, ...args] = process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url];
  const child = spawn(program ?? 'xdg-open', args, { detached: true, stdio: 'ignore' });
  child.on('error', (error) => {
    process.stderr.write(`headroom serve: no browser could be opened (${error.message}); open the address above yourself\n`);
  });
  child.unref();
}
