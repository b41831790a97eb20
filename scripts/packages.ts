// `npm run packages`: what a production install brings: its licences, and its known vulnerabilities where the registry tells them.
// Ends non-zero on a licence that is not in the list below and on an advisory of severity high or critical.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { root } from './run.ts';

/** Licences (SPDX) that ask for no more than their text. Another one is a decision for people, not for an install. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'Unlicense'];

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
}

/** The production packages of a lock file by licence (SPDX; `none` where a package names none). */
export function licences(lock: { readonly packages: Readonly<Record<string, Locked>> }): ReadonlyMap<string, readonly string[]> {
  const by = new Map<string, string[]>();
  for (const [path, { version, license = 'none', dev = false }] of Object.entries(lock.packages)) {
    if (path === '' || dev) continue;
    by.set(license, [...(by.get(license) ?? []), `${path.replace(/^.*node_modules\//, '')} ${version ?? ''}`]);
  }
  return new Map([...by].sort(([, a], [, b]) => b.length - a.length));
}

/** True for a licence, or a choice of licences (`(MIT OR GPL-3.0)`), of which one is allowed. */
export function isAllowed(license: string): boolean {
  return license
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((one) => ALLOWED.includes(one));
}

interface Audit {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
}

/** npm's answer about the production packages, in lines; null where the registry does not answer. Urgent: high and critical ones. */
export function told(answer: string): { readonly lines: readonly string[]; readonly urgent: number } | null {
  let audit: Audit;
  try {
    audit = JSON.parse(answer) as Audit; // npm's own report; what is absent from it is looked for below
  } catch {
    return null;
  }
  if (audit.vulnerabilities === undefined) return null;
  const found = Object.entries(audit.vulnerabilities);
  return {
    lines: found.length === 0 ? ['none known'] : found.map(([name, { severity, range }]) => `${severity}: ${name} ${range}`),
    urgent: found.filter(([, { severity }]) => severity === 'high' || severity === 'critical').length,
  };
}

function main(): number {
  const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as Parameters<typeof licences>[0];
  const by = licences(lock);
  console.log(`Production packages: ${[...by.values()].flat().length}`);
  for (const [license, names] of by)
    console.log(`  ${license}: ${names.length}${isAllowed(license) ? '' : ` – not in the list of scripts/packages.ts: ${names.join(', ')}`}`);
  const foreign = [...by.keys()].filter((license) => !isAllowed(license)).length;
  const audit = spawnSync('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0'], { cwd: root, encoding: 'utf8', timeout: 60_000 });
  const report = told(audit.stdout);
  if (report === null) console.log('Known vulnerabilities: not asked, since the package registry answers no audit from here');
  else console.log(`Known vulnerabilities: ${report.lines.join('\n  ')}`);
  return foreign > 0 || (report?.urgent ?? 0) > 0 ? 1 : 0;
}

if (process.argv[1]?.endsWith('packages.ts') === true) process.exitCode = main();
