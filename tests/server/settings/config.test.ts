import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../../server/settings/index.ts';

const faults = (env: Record<string, string>): string => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('the environment', () => {
  it('may be empty: this machine only, the first free port, thirty days of raw readings', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: null, rawDays: 30, rollupDays: 400, cluster: 'local', site: null, url: null, hosts: [] });
  });

  it('is read where it is set, blanks around it removed', () => {
    expect(
      readConfig({
        HEADROOM_PORT: ' 9000 ',
        HEADROOM_RAW_DAYS: '7',
        HEADROOM_HOSTS: 'Login1, headroom.example.org',
        HEADROOM_URL: 'https://headroom.example.org/',
        HEADROOM_LOG: 'WARN',
      }),
    ).toMatchObject({ port: 9000, rawDays: 7, hosts: ['login1', 'headroom.example.org'], url: 'https://headroom.example.org', log: 'warn' });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ HEADROOM_PORT: '' }).port).toBeNull();
  });

  it.each([
    [{ HEADROOM_PORT: '80800' }, 'HEADROOM_PORT', '80800', '0 to 65535'],
    [{ HEADROOM_PORT: '0x50' }, 'HEADROOM_PORT', '0x50', '0 to 65535'],
    [{ HEADROOM_RAW_DAYS: '0' }, 'HEADROOM_RAW_DAYS', '0', '1 to 3650'],
    [{ HEADROOM_RAW_DAYS: '1.5' }, 'HEADROOM_RAW_DAYS', '1.5', 'whole number'],
    [{ HEADROOM_IDLE_SECONDS: '0' }, 'HEADROOM_IDLE_SECONDS', '0', '1 to 3600'],
    [{ HEADROOM_INGEST_MB: '0' }, 'HEADROOM_INGEST_MB', '0', '1 to 100000'],
    [{ HEADROOM_MEMORY_MB: '1' }, 'HEADROOM_MEMORY_MB', '1', '64 to'],
    [{ HEADROOM_LAG_MS: 'x' }, 'HEADROOM_LAG_MS', 'x', '50 to 60000'],
    [{ HEADROOM_LOG: 'loud' }, 'HEADROOM_LOG', 'loud', 'silent, fatal'],
    [{ HEADROOM_HOST: 'http://here' }, 'HEADROOM_HOST', 'http://here', '0.0.0.0'],
    [{ HEADROOM_URL: 'here' }, 'HEADROOM_URL', 'here', 'https://'],
    [{ HEADROOM_HOSTS: 'a b' }, 'HEADROOM_HOSTS', 'a b', 'commas'],
    [{ HEADROOM_SITE: '/nowhere/site.json' }, 'HEADROOM_SITE', '/nowhere/site.json', 'exists'],
    [{ HEADROOM_CLUSTER: 'my cluster' }, 'HEADROOM_CLUSTER', 'my cluster', 'letters'],
  ])('names the variable, its value and the remedy: %o', (env, ...words) => {
    const said = faults(env);
    for (const word of words) expect(said).toContain(word);
    expect(said).toContain('unset it');
  });

  it('names every wrong variable at once', () => {
    expect(faults({ HEADROOM_PORT: 'x', HEADROOM_LOG: 'y' }).split('\n')).toHaveLength(2);
  });

  it('refuses roll-ups that would end before the raw readings', () => {
    expect(faults({ HEADROOM_RAW_DAYS: '60', HEADROOM_ROLLUP_DAYS: '30' })).toContain('HEADROOM_ROLLUP_DAYS is “30”, fewer than HEADROOM_RAW_DAYS (60)');
    expect(faults({ HEADROOM_RAW_DAYS: '30', HEADROOM_ROLLUP_DAYS: '30' })).toBe('');
  });
});
