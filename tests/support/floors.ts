import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sourceFiles, type Edge } from './import-graph.ts';

/** For each room the neighbours that it may import. */
type Floors = Readonly<Record<string, readonly string[]>>;

/**
 * The floors of core and server: what each room may import of its neighbours, from the ground up. A room that is not named
 * here may not exist, and none is allowed what it does not do. docs/architecture.md tells the same, with what each room is for.
 */
export const FLOORS: Floors = {
  'core/bounds': [],
  'core/readings': [],
  'core/knowledge': ['core/readings'],
  'core/contract': ['core/bounds', 'core/readings', 'core/knowledge'],
  'core/judging': ['core/readings', 'core/knowledge', 'core/contract'],
  'core/planner': ['core/knowledge'],
  'core/telling': ['core/readings', 'core/knowledge', 'core/contract', 'core/judging', 'core/planner'],
  'core/analyse': ['core/readings', 'core/knowledge', 'core/contract', 'core/judging', 'core/telling'],

  'server/settings': [],
  'server/site': ['server/settings'],
  'server/threads': ['server/settings'],
  'server/http': ['server/settings'],
  'server/store': ['server/settings', 'server/threads'],
  'server/auth': ['server/http', 'server/store'],
  'server/ownership': ['server/settings', 'server/http', 'server/store', 'server/auth'],
  'server/nodes': [],
  'server/jobs': ['server/settings', 'server/store', 'server/auth', 'server/ownership'],
  'server/ingest': ['server/threads', 'server/settings', 'server/http', 'server/store', 'server/auth', 'server/ownership'],
  'server/analysis': ['server/settings', 'server/threads', 'server/store', 'server/ownership'],
  'server/answers': ['server/settings', 'server/http', 'server/store', 'server/auth', 'server/ownership', 'server/nodes', 'server/analysis'],
  'server/routes': ['server/settings', 'server/http', 'server/store', 'server/auth', 'server/ownership', 'server/jobs', 'server/ingest', 'server/answers'],
  'server/live': ['server/settings', 'server/http', 'server/store', 'server/auth', 'server/ownership', 'server/analysis', 'server/answers'],
  'server/schedule': ['server/store', 'server/jobs', 'server/nodes', 'server/analysis'],
  'server/demo': [],
  'server/main': [
    'server/threads',
    'server/settings',
    'server/site',
    'server/http',
    'server/store',
    'server/auth',
    'server/ownership',
    'server/nodes',
    'server/jobs',
    'server/ingest',
    'server/analysis',
    'server/answers',
    'server/routes',
    'server/live',
    'server/schedule',
    'server/demo',
  ],
};

const roomOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const hasFloors = (path: string): boolean => path.startsWith('core/') || path.startsWith('server/');

/** Each import of a neighbour that stands beside or above, as a sentence; rooms that no floor names too. */
export function climbing(edges: readonly Edge[]): string[] {
  return edges.flatMap(({ from, to, isPackage }) => {
    if (isPackage || !hasFloors(from)) return [];
    const room = roomOf(from);
    const below = FLOORS[room];
    if (below === undefined) return [`${from} is on no floor`];
    if (!hasFloors(to) || roomOf(to) === room || from.split('/')[0] !== to.split('/')[0]) return [];
    return below.includes(roomOf(to)) ? [] : [`${from} climbs to ${to}`];
  });
}

/** Allowances that no import makes use of, as sentences: what is allowed for nothing is soon done for nothing. */
export function unusedAllowances(edges: readonly Edge[], floors: Floors = FLOORS): string[] {
  const used = new Set(edges.filter(({ isPackage }) => !isPackage).map(({ from, to }) => `${roomOf(from)} ${roomOf(to)}`));
  return Object.entries(floors).flatMap(([room, below]) =>
    below.filter((one) => !used.has(`${room} ${one}`)).map((one) => `${room} may import ${one}, and does not`),
  );
}

/** The floors as the tables of docs/architecture.md tell them: a room in the first cell, what it stands on in the last, by name. */
export function toldFloors(text: string): Floors {
  const rows = text.matchAll(/^\| `((core|server)\/\w+)\/` \|.*\| ([^|]+) \|$/gm);
  return Object.fromEntries(
    [...rows].map(([, room = '', house = '', below = '']) => [room, below === '–' ? [] : below.split(', ').map((name) => `${house}/${name}`)]),
  );
}

/** The folders that are entered only at their index.ts: each that has one, in the rooms that keep doors. */
export function doorsIn(root: string, folders: readonly string[]): string[] {
  return sourceFiles(root, folders)
    .filter((path) => path.endsWith('/index.ts') && dirname(path) !== folders.find((folder) => folder === dirname(path)))
    .map((path) => dirname(path));
}

/** Folders of source files that have no door. */
export function doorless(root: string, folders: readonly string[]): string[] {
  const doors = new Set(doorsIn(root, folders));
  const all = sourceFiles(root, folders)
    .map((path) => dirname(path))
    .filter((folder) => !folders.includes(folder));
  return [...new Set(all)].filter((folder) => !doors.has(folder));
}

/** Imports that reach past a door: into a folder from outside it, by another way than its index.ts. */
export function reachingPast(edges: readonly Edge[], doors: readonly string[]): Edge[] {
  const outermostFirst = [...doors].sort((a, b) => a.length - b.length);
  return edges.filter(({ from, to, isPackage }) => {
    if (isPackage) return false;
    const door = outermostFirst.find((folder) => to.startsWith(`${folder}/`) && !from.startsWith(`${folder}/`));
    return door !== undefined && to !== `${door}/index.ts`;
  });
}

/** Tests and benches that reach past a door without saying why in their first line. */
export function unexplained(root: string, edges: readonly Edge[]): string[] {
  const files = new Set(edges.map((edge) => edge.from));
  return [...files].filter((path) => !/^\/\/ Past the door of \S+.*: .{10,}/.test(readFileSync(join(root, path), 'utf8').split('\n', 1)[0] ?? ''));
}

/** Circles among things that point at each other (files, folders): each as the list of its members, sorted. */
export function circles(arrows: readonly { readonly from: string; readonly to: string }[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of arrows) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const open = [start];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      for (const to of next.get(one) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        open.push(to);
      }
    }
    return seen;
  };
  const reached = new Map([...next.keys()].map((one) => [one, reach(one)]));
  const found = new Map<string, string[]>();
  for (const [one, seen] of reached) {
    if (!seen.has(one)) continue;
    const members = [...seen].filter((other) => reached.get(other)?.has(one) === true).sort();
    found.set(members.join(' '), members);
  }
  return [...found.values()];
}

/** The same imports between folders instead of files. A door that hands on what lives in its own sub-folders points at nobody. */
export function folderArrows(edges: readonly Edge[]): { from: string; to: string }[] {
  return edges
    .filter(({ from, to, isPackage }) => !isPackage && !(from.endsWith('/index.ts') && to.startsWith(`${dirname(from)}/`)))
    .map(({ from, to }) => ({ from: dirname(from), to: dirname(to) }));
}
