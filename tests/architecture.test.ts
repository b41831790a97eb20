import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rooms, violations } from './support/arrows.ts';
import { circles, climbing, doorless, doorsIn, FLOORS, folderArrows, reachingPast, toldFloors, unexplained, unusedAllowances } from './support/floors.ts';
import { edgesOf, importGraph, reachable, sourceFiles } from './support/import-graph.ts';
import { impurities } from './support/impurities.ts';
import { undocumented } from './support/undocumented.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['core', 'collectors', 'server', 'cli', 'web'];
const edges = importGraph(root, folders);

describe('the arrows of the house', () => {
  it('point inward everywhere', () => {
    expect(violations(edges)).toEqual([]);
  });

  it('cover every source file with a room', () => {
    expect(sourceFiles(root, folders).filter((path) => !rooms.some((room) => room.holds(path)))).toEqual([]);
    expect(edges.length).toBeGreaterThan(10);
  });

  it('lead only to files that exist', () => {
    const files = new Set(sourceFiles(root, folders));
    const missing = edges.filter((edge) => !edge.isPackage && /\.(ts|svelte)$/.test(edge.to) && !edge.to.includes('/generated/') && !files.has(edge.to));
    expect(missing).toEqual([]);
  });

  it('keep Prisma and Fastify out of all that the agent reaches', () => {
    const reached = [...reachable(edges, (path) => path.startsWith('collectors/agent/'))];
    expect(reached.filter((name) => /prisma|libsql|fastify/i.test(name) || name.startsWith('server/'))).toEqual([]);
  });

  it('keep Node’s modules out of all that the page reaches', () => {
    const reached = [...reachable(edges, (path) => path.startsWith('web/') && path !== 'web/vite.config.ts')];
    expect(reached.filter((name) => name.startsWith('node:') || name.startsWith('server/') || name.startsWith('collectors/agent/'))).toEqual([]);
  });
});

describe('the floors inside core and server', () => {
  it('are climbed by no import, type or value', () => {
    expect(climbing(edges)).toEqual([]);
  });

  it('allow nothing that nobody does', () => {
    expect(unusedAllowances(edges)).toEqual([]);
  });

  it('are those that docs/architecture.md tells', () => {
    expect(toldFloors(readFileSync(join(root, 'docs/architecture.md'), 'utf8'))).toEqual(FLOORS);
  });

  it('have a door in every folder', () => {
    expect(doorless(root, ['core', 'server', 'collectors'])).toEqual([]);
  });

  it('are entered at the doors only', () => {
    expect(reachingPast(edges, doorsIn(root, ['core', 'server', 'collectors']))).toEqual([]);
  });

  it('are reached past a door by no test or bench without a reason in its first line', () => {
    const outside = importGraph(root, ['tests', 'bench', 'scripts']);
    expect(unexplained(root, reachingPast(outside, doorsIn(root, ['core', 'server', 'collectors'])))).toEqual([]);
  });

  it('go round in no circle of files', () => {
    expect(circles(edges.filter((edge) => !edge.isPackage))).toEqual([]);
  });

  it('go round in no circle of folders', () => {
    expect(circles(folderArrows(edges))).toEqual([]);
  });
});

describe('purity', () => {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');

  it('core has no clock, process, console, chance or await', () => {
    expect(sourceFiles(root, ['core']).flatMap((path) => impurities(path, read(path)))).toEqual([]);
  });

  it('the pure collectors have no clock, process, console or chance', () => {
    const files = sourceFiles(root, ['collectors']).filter((path) => !path.startsWith('collectors/agent/'));
    expect(files.flatMap((path) => impurities(path, read(path))).filter((line) => !line.endsWith('awaits'))).toEqual([]);
  });
});

describe('exported functions', () => {
  it('have a doc line each', () => {
    const files = sourceFiles(root, ['core', 'server', 'collectors', 'cli', 'web/lib']);
    expect(files.flatMap((path) => undocumented(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it('find who climbs, who reaches past a door, and who goes round in a circle', () => {
    const up = edgesOf('core/readings/a.ts', `import type { B } from '../judging/index.ts';`);
    expect(climbing(up)).toEqual(['core/readings/a.ts climbs to core/judging/index.ts']);
    expect(climbing(edgesOf('server/attic/a.ts', `import { b } from '../store/index.ts';`))).toEqual(['server/attic/a.ts is on no floor']);
    expect(reachingPast(edgesOf('cli/a.ts', `import { b } from '../core/readings/b.ts';`), ['core/readings'])).toHaveLength(1);
    expect(reachingPast(edgesOf('cli/a.ts', `import { b } from '../core/readings/index.ts';`), ['core/readings'])).toEqual([]);
    expect(reachingPast(edgesOf('core/x/a.ts', `import { b } from './y/index.ts';`), ['core/x', 'core/x/y'])).toEqual([]);
    const round = [...edgesOf('a/a.ts', `import type { B } from '../b/b.ts';`), ...edgesOf('b/b.ts', `import { C } from '../c/c.ts';`)];
    expect(circles(round)).toEqual([]);
    expect(circles([...round, ...edgesOf('c/c.ts', `import { A } from '../a/a.ts';`)])).toEqual([['a/a.ts', 'b/b.ts', 'c/c.ts']]);
    expect(circles(folderArrows([...round, ...edgesOf('b/other.ts', `import { A } from '../a/other.ts';`)]))).toEqual([['a', 'b']]);
  });

  it.each([
    ['core/a.ts', `import { readFileSync } from 'node:fs';`],
    ['core/a.ts', `import { parse } from '../collectors/x.ts';`],
    ['core/a.ts', `export type { A } from '../server/a.ts';`],
    ['core/a.ts', `const late = import('../web/a.ts');`],
    ['collectors/a.ts', `import { spawn } from 'node:child_process';`],
    ['collectors/a.ts', `import { send } from './agent/send.ts';`],
    ['collectors/agent/a.ts', `import { PrismaClient } from '@prisma/client';`],
    ['server/routes/a.ts', `import type { Job } from '@prisma/client';`],
    ['server/a.ts', `import x from '../web/a.ts';`],
    ['web/pages/A.svelte', `<script lang="ts">import { Chart } from 'chart.js';</script>`],
    ['web/lib/a.ts', `const worker = new Worker(new URL('../../server/a.ts', import.meta.url));`],
    ['cli/a.ts', `import x from '../web/a.ts';`],
  ])('find a bad import in %s: %s', (path, text) => {
    expect(violations(edgesOf(path, text))).toHaveLength(1);
  });

  it('follow imports through other files', () => {
    const chain = [
      ...edgesOf('collectors/agent/a.ts', `import { b } from '../b.ts';`),
      ...edgesOf('collectors/b.ts', `import { c } from '../core/c.ts';`),
      ...edgesOf('core/c.ts', `import fastify from 'fastify';`),
    ];
    expect([...reachable(chain, (path) => path.startsWith('collectors/agent/'))]).toContain('fastify');
  });

  it('find an allowance that nobody uses, and the floors that a text tells', () => {
    const used = edgesOf('core/planner/a.ts', `import { b } from '../knowledge/index.ts';`);
    expect(unusedAllowances(used, { 'core/planner': ['core/knowledge', 'core/contract'] })).toEqual(['core/planner may import core/contract, and does not']);
    expect(toldFloors('| `core/planner/` | what if | knowledge, contract |\n| `server/threads/` | starts | – |\n| `core/` | pure | itself |\n')).toEqual({
      'core/planner': ['core/knowledge', 'core/contract'],
      'server/threads': [],
    });
  });

  it('find an exported function without a doc line, whichever way it is written', () => {
    const text = `export function a() {}
/** Told. */
export async function b() {}
export const c = () => 1;
// Only a comment.
export const d = function () {};
export const e = 1;
function f() {}
/** Told once. */
export function g(x: string): void;
export function g(x: number): void;
export function g() {}
`;
    expect(undocumented('core/a.ts', text)).toEqual(['core/a.ts:1 a', 'core/a.ts:4 c', 'core/a.ts:6 d']);
  });

  it('find a clock, a console and an await, and leave a given date alone', () => {
    expect(impurities('core/a.ts', `const a = Date.now();\nconsole.log(new Date());\nawait x;\nnew Date(0);`)).toEqual([
      'core/a.ts:1 reads the clock',
      'core/a.ts:2 prints',
      'core/a.ts:2 reads the clock',
      'core/a.ts:3 awaits',
    ]);
  });
});
