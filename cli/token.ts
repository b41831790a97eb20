import { request } from 'node:http';
import { parseArgs } from 'node:util';
import { ownerSocketPath } from '../server/auth/index.ts';
import { ConfigError, readConfig } from '../server/settings/index.ts';

const HELP = `Usage: headroom token issue NAME [--node N | --job CLUSTER/ID | --read | --admin] [--days N]
       headroom token page
       headroom token revoke NAME

Run on the machine, and as the account, that runs the service (it asks through the socket in HEADROOM_DATA).

  issue     a token for agents, curl and scripts; shown once. It writes of one node and reads nothing:
    --node N          that node; without it the first that it is used for
    --job CLUSTER/ID  instead: writes of one job, on all its nodes, and sees that job
    --read            instead: sees everything, writes nothing
    --admin           instead: may do everything, tokens too
    --days N          ends by itself
  page      a new one-time address for a browser
  revoke    ends every token of this name and what it opened, at once; \`page\` and \`start\` are the browsers that signed in
`;

interface Ask {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: Record<string, unknown> | null;
  readonly show: (reply: Record<string, unknown>) => string;
}

/** `headroom token`: through the running service, which alone may open its database. Exit 0, 1 where it refused, 2 where it cannot be asked. */
export async function run(argv: string[]): Promise<number> {
  const ask = askOf(argv);
  if (ask === null) {
    const wanted = argv.includes('--help') || argv.includes('-h');
    (wanted ? process.stdout : process.stderr).write(HELP);
    return wanted ? 0 : 2;
  }
  let path = '';
  try {
    path = ownerSocketPath(readConfig(process.env).data);
    const { status, reply } = await send(path, ask);
    if (status < 300) {
      process.stdout.write(`${ask.show(reply)}\n`);
      return 0;
    }
    process.stderr.write(`headroom token: ${String(reply['error'])}\n${String(reply['remedy'])}\n`);
    return 1;
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`headroom token: ${error.message}\n`);
    else
      process.stderr.write(
        `headroom token: no service answers at ${path} (${error instanceof Error ? error.message : String(error)})\nStart it (npm start), or name its data folder: HEADROOM_DATA=DIR headroom token …\n`,
      );
    return 2;
  }
}

function askOf(argv: readonly string[]): Ask | null {
  const [verb, ...rest] = argv;
  if (verb === 'page' && rest.length === 0) {
    return { method: 'POST', path: '/api/tokens', body: { name: 'page', scope: 'page' }, show: (reply) => String(reply['url']) };
  }
  const given = optionsOf(rest);
  const [name, ...more] = given?.positionals ?? [];
  if (given === null || name === undefined || more.length > 0) return null;
  const { node, job, read, admin, days } = given.values;
  const scopes = [node, job, read, admin].filter((one) => one !== undefined);
  if (verb === 'revoke' && scopes.length === 0 && days === undefined) {
    return { method: 'DELETE', path: `/api/tokens/${encodeURIComponent(name)}`, body: null, show: (reply) => `${String(reply['revoked'])} revoked` };
  }
  if (verb !== 'issue' || scopes.length > 1 || (days !== undefined && !(Number(days) > 0))) return null;
  const scope = read === true ? 'read' : admin === true ? 'admin' : job === undefined ? 'node' : 'job';
  const body = {
    name,
    scope,
    ...(node === undefined ? {} : { node }),
    ...(job === undefined ? {} : { job }),
    ...(days === undefined ? {} : { days: Number(days) }),
  };
  return { method: 'POST', path: '/api/tokens', body, show: (reply) => String(reply['token']) };
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { node: { type: 'string' }, job: { type: 'string' }, read: { type: 'boolean' }, admin: { type: 'boolean' }, days: { type: 'string' } },
    });
  } catch {
    return null; // the usage tells what there is
  }
}

function send(socketPath: string, ask: Ask): Promise<{ status: number; reply: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const headers = ask.body === null ? {} : { 'content-type': 'application/json' };
    const asking = request({ socketPath, method: ask.method, path: ask.path, headers, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, reply: JSON.parse(text) as Record<string, unknown> }); // a parse boundary: our own API
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    asking.on('timeout', () => asking.destroy(new Error('no reply within 10 s')));
    asking.on('error', reject);
    asking.end(ask.body === null ? undefined : JSON.stringify(ask.body));
  });
}
