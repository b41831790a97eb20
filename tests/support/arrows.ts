import type { Edge } from './import-graph.ts';

const pure = (path: string): boolean => path.startsWith('collectors/') && !path.startsWith('collectors/agent/');
const within =
  (...rooms: string[]) =>
  (path: string): boolean =>
    rooms.some((room) => path.startsWith(`${room}/`));
const named =
  (...packages: string[]) =>
  (name: string): boolean =>
    packages.some((one) => name === one || name.startsWith(`${one}/`));
const isNode = (name: string): boolean => name.startsWith('node:');
const isDatabase = (name: string): boolean => /^(@prisma|prisma|@?libsql)(\/|$)/.test(name);
const isFastify = (name: string): boolean => /^(@fastify\/|fastify(\/|$))/.test(name);

interface Room {
  readonly name: string;
  readonly holds: (path: string) => boolean;
  readonly mayImport: (path: string) => boolean;
  readonly mayUse: (packageName: string) => boolean;
}

/** The arrows of the house: first match wins, every source file is in one room. */
export const rooms: readonly Room[] = [
  { name: 'core', holds: within('core'), mayImport: within('core'), mayUse: named('typebox') },
  {
    name: 'the agent',
    holds: within('collectors/agent'),
    mayImport: within('core', 'collectors'),
    mayUse: (name) => !isDatabase(name) && !isFastify(name),
  },
  {
    name: 'a pure collector',
    holds: within('collectors'),
    mayImport: (path) => within('core')(path) || pure(path),
    mayUse: named('typebox', 'fast-xml-parser', '@xterm/headless'),
  },
  { name: 'the store', holds: within('server/store'), mayImport: within('server', 'core', 'collectors'), mayUse: (name) => !isFastify(name) },
  { name: 'the server', holds: within('server'), mayImport: within('server', 'core', 'collectors'), mayUse: (name) => !isDatabase(name) },
  { name: 'the page’s build', holds: (path) => path === 'web/vite.config.ts', mayImport: () => false, mayUse: () => true },
  { name: 'charts', holds: within('web/charts'), mayImport: (path) => within('web', 'core')(path) || pure(path), mayUse: named('svelte', 'chart.js') },
  {
    name: 'the page',
    holds: within('web'),
    mayImport: (path) => within('web', 'core')(path) || pure(path),
    mayUse: named('svelte', 'socket.io-client', 'typebox'),
  },
  // Nsight's export is a database: the one that the store uses opens it, and its rows go to a pure collector.
  {
    name: 'the opener of nsys’ databases',
    holds: (path) => path === 'cli/diagnose/nsys-database.ts',
    mayImport: within('core', 'collectors'),
    mayUse: (name) => isNode(name) || name === 'libsql',
  },
  { name: 'the CLI', holds: within('cli'), mayImport: within('cli', 'server', 'collectors', 'core'), mayUse: (name) => isNode(name) || !isDatabase(name) },
];

/** Each import that goes against the arrows, as a sentence. */
export function violations(edges: readonly Edge[]): string[] {
  return edges.flatMap((edge) => {
    const room = rooms.find((one) => one.holds(edge.from));
    if (room === undefined) return [`${edge.from} is in no room`];
    const allowed = edge.isPackage ? room.mayUse(edge.to) : room.mayImport(edge.to) || edge.to === 'package.json';
    return allowed ? [] : [`${edge.from} (${room.name}) imports ${edge.to}`];
  });
}
