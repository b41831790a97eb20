import { readFileSync } from 'node:fs';
import { ALVIS, parseSite, type Site } from '../../core/knowledge/index.ts';
import { ConfigError } from './config.ts';

/** The site that HEADROOM_SITE names, else the built-in Alvis. Throws ConfigError with every fault of the file and its place. */
export function readSite(path: string | null): Site {
  if (path === null) return ALVIS;
  const wrong = (what: string) => new ConfigError(`HEADROOM_SITE names ${path}, but ${what}`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong(
      `it cannot be read as JSON (${error instanceof Error ? error.message : String(error)}): correct it, or unset the variable for the built-in site.`,
    );
  }
  const result = parseSite(json);
  if (!result.ok) throw wrong(`it does not describe a site:\n${result.errors.map((line) => `  ${line}`).join('\n')}`);
  return result.site;
}
