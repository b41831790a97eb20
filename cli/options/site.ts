import { type Site } from '../../core/knowledge/index.ts';
import { ConfigError } from '../../server/settings/index.ts';
import { readSite } from '../../server/site/index.ts';

/**
 * The site that `--site` names, else $HEADROOM_SITE as the server reads it, else the built-in one; or the sentence that says
 * what is wrong with the file.
 */
export function siteFrom(given: string | undefined): Site | string {
  const path = given ?? process.env.HEADROOM_SITE?.trim() ?? '';
  try {
    return readSite(path === '' ? null : path, given === undefined ? 'HEADROOM_SITE' : '--site');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
