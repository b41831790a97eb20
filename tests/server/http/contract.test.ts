// Past the door of core/contract: every shape of a socket’s events is asked for by name.
import { io, type Socket } from 'socket.io-client';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClientToServer,
  HealthSchema,
  OpenApiSchema,
  type ServerToClient,
  SessionSchema,
  SiteReplySchema,
  type WatchReply,
  type WatchTarget,
} from '../../../core/contract/index.ts';
import { LiveReadingsSchema, LiveRowsSchema, LiveVerdictSchema, ServerStatusSchema, WatchReplySchema } from '../../../core/contract/live.ts';
import { gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

interface Answer {
  readonly content?: Record<string, { readonly schema?: object }>;
}
type Paths = Record<string, Record<string, { responses: Record<string, Answer> }>>;

let service: TestService;
let paths: Paths = {};
beforeAll(async () => {
  service = await startService();
  paths = (await service.get<{ paths: Paths }>('/api/openapi.json')).paths;
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

/** Places in a schema that say nothing: `{}` takes everything, and so does an array or a record of it. */
function untyped(schema: unknown, place: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [`${place}: no schema`];
  if (Object.keys(schema).filter((key) => key !== 'description').length === 0) return [`${place}: says nothing`];
  const parts = schema as { items?: unknown; anyOf?: unknown[]; properties?: Record<string, unknown>; patternProperties?: Record<string, unknown> };
  return [
    ...('items' in parts ? untyped(parts.items, `${place}[]`) : []),
    ...(parts.anyOf ?? []).flatMap((one, index) => untyped(one, `${place}|${index}`)),
    ...Object.entries({ ...parts.properties, ...parts.patternProperties }).flatMap(([name, one]) => untyped(one, `${place}.${name}`)),
  ];
}

/** Fields of a value that its schema lacks, by their places; those of a schema that says it is open are its own affair. */
function undeclared(schema: TSchema, value: unknown, place = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = schema as { items?: TSchema; anyOf?: TSchema[]; properties?: Record<string, TSchema>; patternProperties?: Record<string, TSchema> };
  if (parts.anyOf !== undefined) {
    const fitting = parts.anyOf.filter((one) => Value.Check(one, value)).map((one) => undeclared(one, value, place));
    return fitting.sort((a, b) => a.length - b.length)[0] ?? [`${place}: none of its shapes`];
  }
  if (Array.isArray(value))
    return value.flatMap((one: unknown, index) => (parts.items === undefined ? [] : undeclared(parts.items, one, `${place}[${index}]`)));
  if ('additionalProperties' in schema && schema.additionalProperties === true) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    const pattern = Object.entries(parts.patternProperties ?? {}).find(([key]) => new RegExp(key).test(name));
    const found = parts.properties?.[name] ?? pattern?.[1];
    return found === undefined ? [`${place}.${name}`] : undeclared(found, one, `${place}.${name}`);
  });
}

describe('every address below /api', () => {
  it('tells the shape of what it answers, down to the last field', () => {
    const found = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) => {
        const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
        if (good.length === 0) return [`${method} ${path}: no good answer`];
        return good
          .filter(([status]) => status !== '204')
          .flatMap(([status, { content = {} }]) => {
            const types = Object.entries(content);
            return types.length === 0
              ? [`${method} ${path} ${status}: no schema`]
              : types.flatMap(([type, { schema }]) => untyped(schema, `${method} ${path} ${status} ${type}`));
          });
      }),
    );
    expect(found).toEqual([]);
    expect(Object.keys(paths).length).toBeGreaterThan(15);
  });

  it.each<[string, TSchema]>([
    ['/api/site', SiteReplySchema],
    ['/api/health', HealthSchema],
    ['/api/session', SessionSchema],
    ['/api/openapi.json', OpenApiSchema],
  ])('%s answers as it says, and nothing besides', async (path, schema) => {
    const reply = await service.get(path);
    expect([...Value.Errors(schema, reply)]).toEqual([]);
    expect(undeclared(schema, reply)).toEqual([]);
  });
});

describe('every event', () => {
  it('is as the contract says', async () => {
    const key = { cluster: 'c', id: '1' };
    await service.running.service.jobs.declare({ kind: 'system' }, key, {
      start: Date.now() / 1000 - 60,
      state: 'running',
      gpus: [{ uuid: 'GPU-1', node: 'n1' }],
    });
    const page: Socket<ServerToClient, ClientToServer> = io(service.address, { transports: ['websocket'], extraHeaders: await service.signIn() });
    const first = (event: keyof ServerToClient) => new Promise<unknown>((resolve) => page.once(event, resolve)); // the event's own argument
    const events = { status: ServerStatusSchema, readings: LiveReadingsSchema, rows: LiveRowsSchema, verdict: LiveVerdictSchema };
    const heard = Promise.all(Object.keys(events).map((event) => first(event as keyof ServerToClient)));
    const watch = (target: WatchTarget) => new Promise<WatchReply>((resolve) => page.emit('watch', target, resolve));
    const replies = [await watch({ kind: 'job', ...key }), await watch({ kind: 'overview', since: 0 }), await watch({ kind: 'node', node: 'none' })];
    for (const reply of replies) expect([...Value.Errors(WatchReplySchema, reply)]).toEqual([]);
    await service.ingest(gpuBatch('contract', 1, 'GPU-1', [Date.now() / 1000], { 'gpu.util': [0.5] }));
    const values = await heard;
    for (const [index, schema] of Object.values(events).entries()) expect([...Value.Errors(schema as TSchema, values[index])]).toEqual([]);
    page.close();
  });
});
