import { AGENT_BOUNDS } from '../collectors/bounds/index.ts';
import { readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AgentOptions, httpDelivery, type Log, type Outcome, ownJob, type Parcel, startAgent } from '../collectors/agent/index.ts';
import { batchFromIntake } from '../core/readings/index.ts';

const HELP = `Usage: headroom agent --server URL --token TOKEN [options]

Watches this node, or, inside a Slurm job, that job's part of it: GPUs (nvidia-smi), CPU, memory, disks, network, LLM processes, and
/metrics pages. While the server is away readings are kept on disk and sent later, in order.

  --server URL      the Headroom server (or HEADROOM_SERVER)
  --token TOKEN     a token of this node or job (headroom token issue); HEADROOM_TOKEN or --token-file keep it out of the process list
  --token-file FILE
  --interval S      seconds between samples (10)
  --metrics URL     a /metrics page to read: vLLM, dcgm-exporter …; may be given several times
  --discover        look for engines and exporters on this machine's usual ports
  --node NAME       default: this machine's name
  --job ID          the job whose readings these are; inside Slurm it is known. ID or CLUSTER/ID
  --spool DIR       where readings wait (default: the user's state folder)
  --spool-limit MB  at most so much of it (${AGENT_BOUNDS.spool}); the oldest go first, and it is told
  --stdout          print batches instead of sending them, one JSON text per line
  --once            print one batch and end
`;

/** `headroom agent`: runs until a signal. Exit 0 after a graceful stop, 2 for wrong arguments, 1 where it could not start. */
export async function run(argv: string[]): Promise<number> {
  const asked = read(argv);
  if (typeof asked === 'string') {
    process.stderr.write(asked === '' ? HELP : `headroom agent: ${asked}\n\n${HELP}`);
    return asked === '' ? 0 : 2;
  }
  const delivery = asked.server === null ? null : httpDelivery({ server: asked.server, token: asked.token });
  const first = deferred();
  const options: AgentOptions = {
    ...asked.agent,
    log,
    send: delivery?.send ?? ((parcel) => print(parcel, first.resolve)),
    ...(delivery === null ? {} : { declare: delivery.declare }),
  };
  const stopped = Promise.race([signal(), ...(asked.once ? [first.promise.then(() => 'done')] : [])]);
  let agent;
  try {
    agent = await startAgent(options);
  } catch (error) {
    process.stderr.write(`headroom agent: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  if (asked.server !== null) log.info(`node ${options.node}${asked.job}: sending to ${new URL(asked.server).host} every ${options.interval} s`);
  await stopped;
  await agent.stop();
  delivery?.close();
  return 0;
}

const log: Log = {
  info: (text) => void process.stderr.write(`headroom agent: ${text}\n`),
  warn: (text) => void process.stderr.write(`headroom agent: ${text}\n`),
};

interface Asked {
  readonly server: string | null;
  readonly token: string | null;
  readonly once: boolean;
  /** For the first line of the log. */
  readonly job: string;
  readonly agent: Omit<AgentOptions, 'send' | 'log'>;
}

/** The arguments, or what is wrong with them; '' where only the help is wanted. */
function read(argv: string[]): Asked | string {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        server: { type: 'string' },
        token: { type: 'string' },
        'token-file': { type: 'string' },
        interval: { type: 'string' },
        metrics: { type: 'string', multiple: true },
        discover: { type: 'boolean' },
        node: { type: 'string' },
        job: { type: 'string' },
        spool: { type: 'string' },
        'spool-limit': { type: 'string' },
        stdout: { type: 'boolean' },
        once: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (values.help === true) return '';
  const printing = values.stdout === true || values.once === true;
  const server = printing ? null : (values.server ?? nonEmpty(process.env['HEADROOM_SERVER']));
  if (!printing && server === null) return 'which server? --server URL (or --stdout to see what would be sent)';
  const wrong = [...(server === null ? [] : [server]), ...(values.metrics ?? [])].find((address) => !isHttp(address));
  if (wrong !== undefined) return `“${wrong}” is no http:// or https:// address`;
  const interval = amount(values.interval, { fallback: 10, least: 1, most: 3600 });
  if (interval === null) return `--interval is “${values.interval ?? ''}”, but must be between 1 and 3600 seconds`;
  const megabytes = amount(values['spool-limit'], { fallback: AGENT_BOUNDS.spool, least: 1, most: 100_000 });
  if (megabytes === null) return `--spool-limit is “${values['spool-limit'] ?? ''}”, but must be between 1 and 100000 MB`;
  const node = values.node ?? hostname().split('.', 1)[0] ?? hostname(); // as Slurm and the server name it
  const job = ownJob(process.env, { node, now: Date.now() / 1000, ...(values.job === undefined ? {} : { id: values.job }) });
  const token = tokenOf(values.token, values['token-file']);
  if (token instanceof Error) return token.message;
  return {
    server,
    token,
    once: values.once === true,
    job: job === null ? '' : `, job ${job.cluster}/${job.id}`,
    agent: {
      node,
      interval,
      job,
      metrics: values.metrics ?? [],
      discover: values.discover === true,
      spool: printing ? null : { folder: values.spool ?? spoolFolder(node, job?.id ?? null), limit: megabytes * 1024 * 1024 },
    },
  };
}

function tokenOf(given: string | undefined, file: string | undefined): string | null | Error {
  if (file === undefined) return given ?? nonEmpty(process.env['HEADROOM_TOKEN']);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A folder of this node's (and job's) own: a home folder is shared by all nodes. */
function spoolFolder(node: string, job: string | null): string {
  const name = `${node}${job === null ? '' : `-${job}`}`.replaceAll(/[^\w.-]/g, '_');
  if (process.getuid?.() === 0) return join('/var/lib/headroom/spool', name);
  const state = process.env['XDG_STATE_HOME'] ?? (process.env['HOME'] === undefined ? undefined : join(process.env['HOME'], '.local/state'));
  return state === undefined ? join(tmpdir(), `headroom-spool-${process.getuid?.() ?? 0}`, name) : join(state, 'headroom/spool', name);
}

function amount(text: string | undefined, { fallback, least, most }: Readonly<Record<'fallback' | 'least' | 'most', number>>): number | null {
  if (text === undefined) return fallback;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function print(parcel: Parcel, printed: () => void): Promise<Outcome> {
  return new Promise((resolve) =>
    process.stdout.write(`${JSON.stringify(batchFromIntake(parcel.intake()))}\n`, () => {
      printed();
      resolve({ kind: 'stored' });
    }),
  );
}

/** Resolves with the first signal's name; a second one ends the process at once. */
function signal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(name);
      });
    }
  });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
