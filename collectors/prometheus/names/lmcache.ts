import { sum, type NameTable } from './rule.ts';

/**
 * LMCache (lmcache/observability.py). Its series stand on the page of the engine that it serves, and belong to that engine
 * (see book.ts). Its own hit rates are not the engine's prefix cache and are left out. Remote times are milliseconds.
 */
export const lmcacheNames: NameTable = {
  exporter: 'LMCache',
  owner: { kind: 'engine', engine: 'lmcache' },
  facts: { model_name: 'model' },
  rules: {
    'lmcache:remote_time_to_get_sum': [sum('engine.remoteReadTime', { div: 1e3 })],
    'lmcache:num_remote_read_bytes_total': [sum('engine.remoteReadBytes')],
    'lmcache:num_remote_write_bytes_total': [sum('engine.remoteWriteBytes')],
  },
};
