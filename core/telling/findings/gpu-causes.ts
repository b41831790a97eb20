import { listed } from './finding.ts';
import type { Actor } from './xids.ts';

/** A cell without a value at one or two looks passes; from the third on it stays. */
const LASTING_LOOKS = 3;

/** Where only an admin can act, what the user has to do about that. */
export function whoActs(actor: Actor): string {
  return actor === 'admin' ? 'Tell support the node and the GPU. ' : '';
}

/** A kind of fault, by the words in which tools tell it. */
interface Cause {
  readonly id: string;
  readonly pattern: RegExp;
  /** `who` is the GPU, or "A GPU"; `looks` how often it was seen. */
  readonly say: (who: string, line: string, looks: number) => string;
}

const LOST = 'Admins: drain the node and reset the GPU or reboot; one that is lost again is to be replaced.';

/** Messages of nvidia-smi, NVML, CUDA and the kernel, in order: the first that fits. */
export const CAUSES: readonly Cause[] = [
  {
    id: 'cells',
    pattern: /prints ERR! for GPU/,
    say(who, line, looks) {
      const cells = /prints ERR! for GPU \d{1,4} \(([^)]{1,120})\)/.exec(line)?.[1]?.split(', ') ?? [];
      if (cells.length === 1 && looks < LASTING_LOOKS) {
        return `${who} shows ERR! for its ${cells[0] ?? ''} alone: that can be a passing fault, one look does not tell. Look again; where it stays, admins reset the GPU.`;
      }
      return `${who} is broken or lost: nvidia-smi shows ERR! for ${listed(cells)}${looks > 1 ? `, at ${looks} looks` : ''}. ${whoActs('admin')}${LOST}`;
    },
  },
  {
    id: 'nvswitch',
    pattern: /\bSXid \(/,
    say: (_, line) => {
      const sxid = /SXid \([^()]{1,60}\): (\d{1,6})/.exec(line)?.[1] ?? '';
      return `An NVSwitch reports SXid ${sxid}${/\bnon-fatal\b/i.test(line) ? ' (not fatal)' : /\bfatal\b/i.test(line) ? ' (fatal: the GPUs behind it cannot talk to each other)' : ''}. Admins: look it up in the NVSwitch catalogue of the Fabric Manager guide; a fatal one needs a reset of all GPUs of the node.`;
    },
  },
  {
    id: 'reset',
    pattern: /requires reset|reset required/i,
    say: (who) =>
      `${who} requires a reset: the driver gives it no work until then. ${whoActs('admin')}Admins: drain the node and reset the GPU (nvidia-smi --gpu-reset).`,
  },
  {
    id: 'lost',
    pattern: /GPU is lost|fallen off the bus|Unable to determine the device handle/i,
    say: (who, line) =>
      `${who} is lost: ${/fallen off the bus/i.test(line) ? 'it has fallen off the bus and does not answer' : 'the driver cannot reach it'}. ${whoActs('admin')}${LOST}`,
  },
  {
    id: 'mismatch',
    pattern: /version mismatch|API mismatch/i,
    say: () =>
      'The NVIDIA driver was updated while its old kernel module is still loaded (driver/library version mismatch): no new program can use the GPUs of this node. Admins: drain the node and reboot it (or unload and load the nvidia modules). In a container: start it again, so that it gets the node’s new libraries.',
  },
  {
    id: 'no-driver',
    pattern: /couldn't communicate with the NVIDIA driver|Driver Not Loaded/i,
    say: () =>
      'The NVIDIA driver is not loaded on this node: no GPU can be used there. On a login node without GPUs that is as it should be; on a GPU node admins must load it (after a kernel update: build it again), then reboot or return the node.',
  },
  {
    id: 'access',
    pattern: /Failed to initialize NVML: Unknown Error|Insufficient Permissions/i,
    say: () =>
      'The GPUs were taken from this container or job: it may not open their devices any more (known after systemctl daemon-reload under Docker). Start the container again; on a node without containers tell the admins.',
  },
  {
    id: 'nvml',
    pattern: /Failed to initialize NVML/i,
    say: (_, line) => `NVIDIA’s management library does not start (${line.slice(0, 160)}): no GPU of this node can be seen. Tell support the node.`,
  },
  {
    id: 'none',
    pattern: /No devices were found|No NVIDIA GPU found|no CUDA-capable device/i,
    say: () =>
      'No GPU is there for this job: either none was asked for (Slurm: --gpus or --gres=gpu), or the node has lost its GPUs. If some were allocated, tell support the node; admins: look for Xid 79 in the kernel’s log, drain, reboot.',
  },
  {
    id: 'init',
    pattern: /RmInitAdapter failed|rm_init_adapter failed|probe routine failed|failed to initialize/i,
    say: (who) =>
      `The driver cannot start ${who}. ${whoActs('admin')}Admins: drain the node, power it off and on; a GPU that then fails again is to be replaced.`,
  },
  {
    id: 'locked',
    pattern: /RC watchdog: GPU is probably locked|uvm encountered global fatal error/i,
    say: (who) => `${who} hangs and the driver cannot free it. ${whoActs('admin')}${LOST}`,
  },
  {
    id: 'inforom',
    pattern: /infoROM is corrupted/i,
    say: (who) =>
      `The infoROM of ${who} is damaged: it works on, but its error counts may be lost. Admins: replace the card or have it rewritten when the node is free.`,
  },
  {
    id: 'uncorrectable',
    pattern: /uncorrectable (?:NVLink|ECC)/i,
    say: (who) =>
      `${who} has an error in memory or on NVLink that could not be corrected: results since then are not to be trusted. ${whoActs('admin')}${LOST}`,
  },
  {
    id: 'program',
    pattern: /CUDA error|CUBLAS_STATUS|device-side assert/i,
    say: (_, line) =>
      `The program was stopped by a CUDA error of its own (${line.slice(0, 160)}). Run it again with CUDA_LAUNCH_BLOCKING=1 to see where; where other programs fail on this GPU too, tell support the node.`,
  },
  {
    id: 'unknown-error',
    pattern: /unknown error/i,
    say: (who) => `${who} gives the driver no answer to some questions (Unknown Error): it may be lost. ${whoActs('admin')}${LOST}`,
  },
];
