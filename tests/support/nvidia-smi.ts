import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./fake-nvidia-smi', import.meta.url));

/** Two A100 cards that never existed: three sweeps, the last of which repeats. */
export const TWO_GPUS = [
  'timestamp, index, uuid, pci.bus_id, name, driver_version, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], enforced.power.limit [W], clocks.current.sm [MHz], temperature.gpu',
  'now, 0, GPU-aaaaaaaa-0000-0000-0000-000000000001, 00000000:17:00.0, NVIDIA A100-SXM4-40GB, 575.57.08, 97, 61, 30000, 40960, 325.10, 400.00, 1410, 61',
  'now, 1, GPU-aaaaaaaa-0000-0000-0000-000000000002, 00000000:65:00.0, NVIDIA A100-SXM4-40GB, 575.57.08, 0, 0, 10, 40960, 58.00, 400.00, 210, 30',
  '',
  'now, 0, GPU-aaaaaaaa-0000-0000-0000-000000000001, 00000000:17:00.0, NVIDIA A100-SXM4-40GB, 575.57.08, 98, 62, 30000, 40960, 326.10, 400.00, 1410, 61',
  'now, 1, GPU-aaaaaaaa-0000-0000-0000-000000000002, 00000000:65:00.0, NVIDIA A100-SXM4-40GB, 575.57.08, [N/A], [N/A], 10, 40960, 58.00, 400.00, 210, 30',
  '',
].join('\n');

export interface FakeNvidiaSmi {
  /** Put this in front of PATH. */
  readonly folder: string;
  /** Command lines it was started with so far, its process id first. */
  calls(): string[];
}

export interface FakeOptions {
  readonly rows?: string;
  readonly apps?: string;
  readonly dmon?: string;
  readonly error?: string;
  readonly hangAfter?: number;
  readonly dieAfter?: number;
  readonly pace?: number;
}

/** Installs the stand-in as `nvidia-smi` in a folder. What each option does stands in the script. */
export function fakeNvidiaSmi(folder: string, options: FakeOptions = {}): FakeNvidiaSmi {
  const settings = join(folder, 'fake');
  mkdirSync(settings, { recursive: true });
  copyFileSync(SCRIPT, join(folder, 'nvidia-smi'));
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  const put = (name: string, text: string | undefined): void => {
    if (text !== undefined) writeFileSync(join(settings, name), text);
  };
  put('rows', options.rows ?? TWO_GPUS);
  put('apps', options.apps);
  put('dmon', options.dmon);
  put('error', options.error);
  put('hang-after', options.hangAfter?.toString());
  put('die-after', options.dieAfter?.toString());
  put('pace', options.pace?.toString());
  writeFileSync(join(settings, 'calls'), '');
  // A test may run it as somebody else.
  chmodSync(settings, 0o777);
  for (const name of ['rows', 'calls']) chmodSync(join(settings, name), 0o666);
  return {
    folder,
    calls: () =>
      existsSync(join(settings, 'calls'))
        ? readFileSync(join(settings, 'calls'), 'utf8')
            .split('\n')
            .filter((line) => line !== '')
        : [],
  };
}
