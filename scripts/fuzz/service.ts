import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { IngestReply } from '../../core/contract/index.ts';
import type { Table } from '../../core/readings/index.ts';
import { openStore } from '../../server/store/index.ts';
import type { Target } from './fuzz.ts';

/** With what somebody asks: nothing, a token that never was, one of each scope. */
export const CALLERS = ['none', 'wrong', 'node', 'job', 'read', 'admin'] as const;
export type Caller = (typeof CALLERS)[number];

/** Stands in the readings that are sent between all inputs: whoever may not read them never sees it. */
export const MARK = 'GPU-innocent-Zq7xJw9v';

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  /** In pieces, each sent by itself. */
  readonly body?: readonly (string | Uint8Array)[];
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Milliseconds. */
  readonly took: number;
}

/** The service that the inputs go to. */
export interface Served {
  readonly address: string;
  headersOf(caller: Caller): Record<string, string>;
  ask(question: Question): Promise<Reply>;
  /** Sends a reading as everybody else does, and remembers that it was acknowledged; gives its time. */
  innocent(): Promise<number>;
  /** Remembers what was acknowledged; `sent` is not in other batches. */
  acknowledged(sent: readonly Table[]): void;
}

const program = fileURLToPath(new URL('./service-process.ts', import.meta.url));
/** Milliseconds after which no reply will come. */
const NEVER = 30_000;
/** Seconds before now at which the readings of these runs begin. */
const PAST = 20 * 86_400;

let open: Promise<Opened> | undefined;

/** The one service of a run, started for whoever asks first. */
export async function served(): Promise<Served> {
  open ??= openService();
  const { served } = await open;
  await served.innocent();
  return served;
}

interface Opened {
  readonly served: Served;
  readonly folder: string;
  readonly ledger: Ledger;
  readonly process: Started;
}

/** Values by entity (kind and id), metric and time; several where a batch said several. */
type Ledger = Map<string, { readonly entity: { readonly kind: Table['entity']['kind']; readonly id: string }; readonly values: Map<string, number[]> }>;

async function openService(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-fuzz-'));
  const process = await startProcess(folder);
  const ledger: Ledger = new Map();
  const acknowledged = (sent: readonly Table[]): void => {
    for (const { entity, t, columns } of sent) {
      const known = ledger.get(`${entity.kind} ${entity.id}`) ?? { entity: { kind: entity.kind, id: entity.id }, values: new Map<string, number[]>() };
      ledger.set(`${entity.kind} ${entity.id}`, known);
      for (const [id, values] of columns) {
        t.forEach((at, row) => {
          const value = values[row];
          if (value !== undefined && !Number.isNaN(value)) known.values.set(`${id} ${at}`, [...(known.values.get(`${id} ${at}`) ?? []), value]);
        });
      }
    }
  };
  const began = Math.floor(Date.now() / 1000) - PAST;
  let sent = 0;
  const ask = askAt(process);
  return {
    folder,
    ledger,
    process,
    served: {
      address: process.address,
      headersOf: (caller) => headersOf(caller, process.tokens),
      ask,
      acknowledged,
      async innocent() {
        sent += 1;
        const reply = await sendInnocent(ask, began, sent);
        if (reply.durable !== 1 && !reply.duplicate) throw new Error(`an ordinary reading is not stored: ${JSON.stringify(reply)}`);
        acknowledged([
          {
            entity: { kind: 'gpu', id: MARK, node: 'n1' },
            t: Float64Array.of(began + sent),
            columns: new Map([['gpu.power', Float64Array.of(sent % 900)]]),
            facts: new Map(),
          },
        ]);
        return began + sent;
      },
    },
  };
}

async function sendInnocent(ask: Served['ask'], began: number, number: number): Promise<IngestReply> {
  const entity = { kind: 'gpu', id: MARK, node: 'n1' };
  const blocks = [{ entity, t: [began + number], columns: { 'gpu.power': [number % 900] } }];
  const body = [JSON.stringify({ source: 'innocent', seq: number, node: 'n1', blocks })];
  for (let left = 20; ; left -= 1) {
    const { status, text } = await ask({ method: 'POST', path: '/api/ingest', caller: 'admin', headers: { 'content-type': 'application/json' }, body });
    if (status === 200) return JSON.parse(text) as IngestReply; // the contract's reply
    if ((status !== 503 && status !== 429) || left === 0) throw new Error(`an ordinary reading is refused: ${status} ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
  readonly tokens: Readonly<Record<string, string>>;
}

async function startProcess(folder: string): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { address, tokens } = JSON.parse(line) as Pick<Started, 'address' | 'tokens'>; // what service-process.ts prints
    return { child, address, tokens };
  }
  throw new Error('the service did not start');
}

function headersOf(caller: Caller, tokens: Started['tokens']): Record<string, string> {
  if (caller === 'none') return {};
  return { authorization: `Bearer ${caller === 'wrong' ? 'hr_never-issued' : (tokens[caller] ?? '')}` };
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

function askAt({ address, tokens, child }: Started): Served['ask'] {
  const once = ({ method, path, caller, headers = {}, body = [] }: Question): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const asking = request(
        `${address}/`,
        { method, path: onTheWire(path), agent, headers: { ...headersOf(caller, tokens), ...headers }, timeout: NEVER },
        (response) => {
          const parts: Buffer[] = [];
          response
            .on('data', (chunk: Buffer) => parts.push(chunk))
            .on('error', reject)
            .on('end', () =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString(), took: performance.now() - began }),
            );
        },
      );
      asking.on('timeout', () => asking.destroy(new Error(`${method} ${path.slice(0, 200)}: no reply in ${NEVER / 1000} s`)));
      asking.on('error', reject);
      for (const piece of body) asking.write(piece);
      asking.end();
    });
  return async (question) => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the service ended: ${child.exitCode ?? child.signalCode}`);
    try {
      return await once(question);
    } catch (error) {
      // A connection that the server had ended already when it was taken again, or a refusal that came before the body was sent.
      if (error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return once(question);
      throw error;
    }
  };
}

/** A path as a client may send it: what cannot stand in a request line is written as bytes. */
function onTheWire(path: string): string {
  return path.replace(/[^!-~]/gu, (sign) => [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
}

/** Kills the service, starts it again, and looks for everything that was acknowledged; nothing where no target asked for a service. */
export const afterwards: Target = {
  name: 'what was acknowledged, after a kill and a restart',
  async run({ count }) {
    if (open === undefined) return;
    const opened = await open;
    open = undefined;
    try {
      await lookAgain(opened, count);
    } finally {
      opened.process.child.kill('SIGKILL');
      rmSync(opened.folder, { recursive: true, force: true });
    }
  },
};

async function lookAgain({ folder, ledger, process: killed }: Opened, count: () => void): Promise<void> {
  await ended(killed.child, 'SIGKILL');
  const again = await startProcess(folder);
  try {
    const ask = askAt(again);
    for (const path of QUESTIONS) {
      const { status, text } = await ask({ method: 'GET', path, caller: 'admin' });
      if (status !== 200) throw new Error(`after a restart ${path} answers ${status} ${text.slice(0, 300)}`);
    }
  } finally {
    await ended(again.child, 'SIGTERM');
  }
  const said: string[] = [];
  const note = (text: string): void => void said.push(text);
  const store = await openStore({ folder, rawDays: 30, rollupDays: 400, log: { info: () => undefined, warn: note, error: note } });
  try {
    for (const { entity, values } of ledger.values()) {
      const tables = await store.series.tables({ entities: [entity], from: 0, to: 1e11 });
      const there = new Map<string, number | undefined>(
        tables.flatMap(({ t, columns }) => [...columns].flatMap(([id, column]) => [...t].map((at, row) => [`${id} ${at}`, column[row]] as const))),
      );
      for (const [key, allowed] of values) {
        count();
        const found = there.get(key);
        if (found === undefined || !allowed.includes(found))
          throw new Error(`${entity.kind} ${entity.id} ${key}: ${allowed.join(' or ')} was acknowledged, ${found} is there`);
      }
    }
  } finally {
    await store.close();
  }
  if (said.some((text) => text.includes('damaged'))) throw new Error(said.join('\n'));
}

/** What has to be answered whatever came in. */
export const QUESTIONS = ['/api/health', '/api/jobs', '/api/nodes', '/api/overview', '/api/findings', '/api/nodes/n1'] as const;

async function ended(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the service ended by itself: ${child.exitCode ?? child.signalCode}`);
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
