import { parseDecimal } from '../text/index.ts';

/** A length of time as Slurm prints it, in seconds: `3-12:00:00`, `00:07:20`, `02:37`, `00:00.640`; null for any other text (`UNLIMITED`). */
export function slurmSeconds(text: string): number | null {
  const match = /^(?:(\d{1,5})-)?(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)$/.exec(text.trim());
  if (match === null) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  const parts = [days, hours, minutes, seconds].map(parseDecimal);
  const [d = null, h = null, m = null, s = null] = parts;
  return d === null || h === null || m === null || s === null ? null : ((d * 24 + h) * 60 + m) * 60 + s;
}
