import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '/proc/driver/nvidia/gpus';

/** Minor numbers of the GPUs by PCI bus id (`0000:17:00.0`), from the driver's own files; empty where there is no driver. */
export function minorNumbers(folder = FOLDER): Map<string, string> {
  const minors = new Map<string, string>();
  for (const name of listed(folder)) {
    const text = read(join(folder, name, 'information'));
    const bus = /^Bus Location:\s+(\S+)/m.exec(text)?.[1];
    const minor = /^Device Minor:\s+(\d+)/m.exec(text)?.[1];
    if (bus !== undefined && minor !== undefined) minors.set(bus.toLowerCase(), minor);
  }
  return minors;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no NVIDIA driver here
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a GPU that went away: it has no number then
  }
}
