import { readFileSync } from 'node:fs';
import { ALVIS, parseSite, type Site } from '../../core/knowledge/index.ts';
import { ConfigError } from '../settings/index.ts';

/**
 * The site of a file, the built-in Alvis where none is named; `named` is the variable or option that names it. Throws
 * ConfigError with every fault of the file and its place.
 */
export function readSite(path: string | null, named: 'HEADROOM_SITE' | '--site' = 'HEADROOM_SITE'): Site {
  if (path === null) return ALVIS;
  const wrong = (what: string) => new ConfigError(`${named} names ${path}, but ${what}`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(`it cannot be read as JSON (${why}): correct it, or leave it out for the built-in site.`);
  }
  const result = parseSite(json);
  if (!result.ok) throw wrong(`it does not describe a site (docs/planner.md says how):\n${result.errors.map((line) => `  ${line}`).join('\n')}`);
  return result.site;
}
