import fc from 'fast-check';
import { hostileJson, change, changed } from './json.ts';
import type { Target } from './fuzz.ts';
import { type Schema, valuesOf } from './schemas.ts';
import { asking, servedTarget } from './served.ts';
import { type Caller, CALLERS, MARK, type Question, type Reply, type Served } from './service.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | null;
}

type Document = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly parameters?: Operation['parameters'];
          readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
        }
      >
    >
  >
>;

async function operationsOf(service: Served): Promise<readonly Operation[]> {
  const { text } = await service.ask({ method: 'GET', path: '/api/openapi.json', caller: 'admin' });
  const { paths } = JSON.parse(text) as { paths: Document }; // the service's own description
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content?.['application/json']?.schema ?? (path === '/api/ingest/raw' ? {} : null),
    })),
  );
}

/** What no address expects, as it is written there. */
const ODD_TEXT = [
  '',
  '%00',
  '%ff',
  '%ED%A0%80',
  '%',
  '%zz',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..',
  '.',
  '//',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-1',
  '0',
  '1.79e308',
  '-1.79e308',
  '1e400',
  '5e-324',
  '9007199254740993',
  'null',
  'undefined',
  '[]',
  '{}',
  'Nope/Zone',
  'a'.repeat(300),
  'a'.repeat(5_000),
  '1'.repeat(400),
  'gpu.util,'.repeat(500),
  '=1+1',
  '<script>',
  "';drop%20table%20Job;--",
  '🙂',
  '\ud800',
  '%C0%AF',
  'a%0d%0aset-cookie:%20a=b',
];
const oddText = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXT) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map(encoded) },
);

function encoded(value: unknown): string {
  return encodeURIComponent(wellFormed(typeof value === 'string' ? value : JSON.stringify(value)));
}

/** The same without half characters, of which an address has none. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

const texts = (schema: Schema): fc.Arbitrary<string> => fc.oneof(valuesOf(schema).map(encoded), oddText);

function bodiesOf(schema: Schema): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(valuesOf(schema), fc.array(change, { maxLength: 1 }))
        .map(([value, [one]]) => (one === undefined ? JSON.stringify(value) : changed(value, one))),
    },
    { weight: 1, arbitrary: hostileJson },
    { weight: 1, arbitrary: fc.constantFrom('', '{', 'nope', '\u0000', '\uFEFF{}', '{}{}', `${'['.repeat(100_000)}`) },
  );
}

/** A question to an operation: its method, a path with values in it, a body, and who asks. */
function questionsTo({ method, path, parameters, body }: Operation): fc.Arbitrary<Question> {
  const values = parameters.map((parameter) =>
    parameter.in === 'path' ? texts(parameter.schema) : fc.option(texts(parameter.schema), { freq: 1, nil: null }),
  );
  const fewQueries = fc.nat({ max: 3 });
  const types = fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', 'application/json; charset=utf-16', 'x');
  return fc
    .tuple(
      fc.tuple(...values),
      fewQueries,
      fc.constantFrom(...CALLERS, 'admin' as const, 'admin' as const),
      body === null ? fc.constant(null) : bodiesOf(body),
      types,
    )
    .map(([given, most, caller, sent, type]) => {
      let filled = path;
      const query: string[] = [];
      parameters.forEach(({ name, in: where }, index) => {
        const value = given[index] ?? null;
        if (where === 'path') filled = filled.replace(`{${name}}`, () => value ?? 'x');
        else if (value !== null && query.length < most) query.push(`${name}=${value}`);
      });
      return {
        method,
        path: query.length === 0 ? filled : `${filled}?${query.join('&')}`,
        caller,
        ...(sent === null ? {} : { body: [sent], headers: { 'content-type': type } }),
      };
    });
}

/** What may be asked by whom: `open` by everybody, `known` by whoever has a token. */
function needOf({ method, path }: Pick<Operation, 'method' | 'path'>): 'open' | 'known' | 'read' | 'write' | 'manage' {
  if (/^\/(?:api\/)?health\b|^\/api\/session$/.test(path)) return 'open';
  if (/^\/api\/(?:openapi\.json|site)$/.test(path)) return 'known';
  if (path.startsWith('/api/tokens')) return 'manage';
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

const MAY: Readonly<Record<Caller, readonly ReturnType<typeof needOf>[]>> = {
  none: ['open'],
  wrong: ['open'],
  node: ['open', 'known', 'write'],
  job: ['open', 'known', 'read', 'write'],
  read: ['open', 'known', 'read'],
  admin: ['open', 'known', 'read', 'write', 'manage'],
};

/** Milliseconds that a reply may take, where the machine has nothing else to do. */
const SOON = 2_000;

/** A reply that no question may get. */
export function fault({ method, path, caller }: Question, { status, headers, text }: Reply): string | null {
  if (status >= 500 && status !== 503) return 'the server failed';
  if (caller !== 'admin' && caller !== 'read' && text.includes(MARK)) return `${caller} reads what others measured`;
  // Refusals of the sockets' own protocol have its own shape.
  if (status < 400 || method === 'HEAD' || path.startsWith('/socket.io/')) return null;
  if (headers['content-type']?.startsWith('application/json') !== true) return 'a refusal is no JSON';
  const reply = JSON.parse(text) as Record<string, unknown>; // looked at below
  return ['error', 'where', 'remedy'].every((key) => typeof reply[key] === 'string' && reply[key] !== '')
    ? null
    : 'a refusal does not say error, where and remedy';
}

async function asked(service: Served, question: Question, may: boolean): Promise<void> {
  let reply = await service.ask(question);
  // Other programs take the processor, too: what is slow is slow three times.
  for (let left = 2; left > 0 && reply.took > SOON; left -= 1) reply = await service.ask(question);
  const said = `${reply.status} ${reply.text.slice(0, 300)}`;
  if (reply.took > SOON) throw new Error(`it took ${Math.round(reply.took)} ms: ${said}`);
  const found = fault(question, reply) ?? (!may && reply.status < 400 ? `${question.caller} may not` : null);
  if (found !== null) throw new Error(`${found}: ${said}`);
}

/** Questions after which it is looked whether the others are answered still. */
const BURST = 40;

/** Addresses that no route has, or that several could. */
const ADDRESSES = [
  '//',
  '///',
  '//api/health',
  '/..',
  '/%',
  '/%2',
  '/%zz',
  '/%00',
  '/api/%00',
  '/?%',
  '/api',
  '/api/',
  '/api//jobs',
  '/jobs/%',
  '/jobs/a/%ff',
  '/assets/../../package.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/\\',
  '/a\\b',
  '//evil.example/x',
  '/;',
  '/%61pi/nodes',
  '/api/%6eodes',
  '/API/nodes',
  '/api/nodes/',
  '/api/nodes/n1;x',
  '/socket.io/',
  '/socket.io/?EIO=4&transport=nope',
  '/socket.io/?EIO=9',
  '/%ED%A0%80',
  '*',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'];

/** Every operation of the OpenAPI document, and addresses beside them. */
export const routeTargets: readonly Target[] = [
  servedTarget('routes of the OpenAPI document', { share: 20, burst: BURST }, async (service) =>
    asking(
      fc.constantFrom(...(await operationsOf(service))).chain((operation) => questionsTo(operation).map((question) => ({ question, need: needOf(operation) }))),
      ({ question, need }) => asked(service, question, MAY[question.caller].includes(need)),
    ),
  ),
  servedTarget('addresses without a route', { share: 3 }, (service) =>
    asking(
      fc.tuple(
        fc.constantFrom(...METHODS),
        fc.oneof(
          fc.constantFrom(...ADDRESSES),
          fc.tuple(fc.constantFrom('/', '/api/', '/api/jobs/', '/assets/', '/socket.io/'), oddText).map((parts) => parts.join('')),
        ),
        fc.constantFrom(...CALLERS),
      ),
      ([method, path, caller]) => asked(service, { method, path, caller }, true),
    ),
  ),
];
