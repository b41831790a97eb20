import { readFileSync } from 'node:fs';

/** CPU time that a process has had so far, in seconds, as the kernel counts it: in hundredths. */
export function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
