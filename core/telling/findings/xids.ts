/** Who can do something about a fault of a GPU. */
export type Actor = 'user' | 'admin';

/** What an Xid number of the kernel driver means, and what to do about it. */
export interface XidMeaning {
  /** What happened, as the part of a sentence behind "Xid 79: ". */
  readonly what: string;
  readonly actor: Actor;
  /** The next step, as a sentence. */
  readonly next: string;
}

const RESTART = 'Restart the process; where it comes again, look for the fault in the program (compute-sanitizer finds bad addresses).';
const DRAIN_RESET = 'Admins: drain the node, reset the GPU (nvidia-smi --gpu-reset), and where that fails reboot.';
const DRAIN_REBOOT = 'Admins: drain the node and reboot it; a GPU that comes back like this again is to be replaced.';
const NVLINK = 'Admins: drain the node and reset its GPUs; where it comes again, have links and bridges looked at.';
const AT_NEXT_RESET = 'The GPU works on and the bad memory is out of use from its next reset on: admins reset it when the node is free.';
const FIRMWARE = 'Admins: drain the node and reset the GPU or reboot; a newer driver, or one without GSP firmware, where it comes again.';

const user = (what: string, next: string = RESTART): XidMeaning => ({ what, actor: 'user', next });
const admin = (what: string, next: string = DRAIN_RESET): XidMeaning => ({ what, actor: 'admin', next });

/** NVIDIA's Xid catalogue (docs.nvidia.com/deploy/xid-errors) in a sentence each: the numbers that compute nodes print. */
const XIDS: Readonly<Record<number, XidMeaning>> = {
  13: user('the program made the GPU run an illegal instruction or address (graphics engine exception)'),
  31: user('the program read or wrote an address that is not its own (memory page fault)'),
  32: admin('a damaged command reached the GPU: the driver, or the PCIe link'),
  38: admin('the driver’s firmware failed'),
  43: user('the GPU stopped a process for a fault of its own; the GPU is well'),
  44: admin('a fault while switching between programs'),
  45: user('the driver cleaned up after a process that was stopped or had failed: the cause stands before it, if there is one'),
  48: admin('memory has an error that cannot be corrected (double bit); processes on the GPU were stopped'),
  61: admin('the GPU’s micro-controller stopped at a breakpoint'),
  62: admin('the GPU’s micro-controller halted'),
  63: admin('a bad place in memory was recorded to be put out of use (page retirement or row remapping)', AT_NEXT_RESET),
  64: admin('a bad place in memory could not be recorded: it is still in use'),
  68: user('the video decoder met an exception'),
  69: user('the program gave the GPU a command that it does not know (graphics engine class error)'),
  74: admin('an NVLink connection failed', NVLINK),
  79: admin('the GPU has fallen off the bus: it does not answer any more', DRAIN_REBOOT),
  92: admin('many memory errors had to be corrected', 'Admins: test the GPU (dcgmi diag) when the node is free.'),
  94: user(
    'memory had an error that could not be corrected; it was contained: only the process that used it was stopped, others on the GPU go on',
    'Restart the process. The bad row of memory is remapped at the GPU’s next reset, which admins do when the node is free.',
  ),
  95: admin('memory had an error that could not be corrected or contained: nothing on this GPU can be trusted until it is reset'),
  109: admin('switching between programs took too long'),
  119: admin('the GPU’s system processor (GSP) did not answer in time', FIRMWARE),
  120: admin('the GPU’s system processor (GSP) failed', FIRMWARE),
  121: admin('the link between CPU and GPU (C2C) has an error', 'Admins: reset the GPU when the node is free; the link then comes up at full width again.'),
  122: admin('the GPU’s power controller could not be read'),
  123: admin('the GPU’s power controller failed'),
  137: user('the program used memory of another GPU over NVLink that is not its own (or no longer mapped)'),
  140: admin('memory has an error that was not recovered from'),
  143: admin('the GPU did not come up'),
  144: admin('NVLink reports an error', NVLINK),
  145: admin('NVLink reports an error', NVLINK),
  146: admin('NVLink reports an error', NVLINK),
  147: admin('NVLink reports an error', NVLINK),
  148: admin('NVLink reports an error', NVLINK),
  149: admin('NVLink reports an error', NVLINK),
  150: admin('NVLink reports an error', NVLINK),
  154: admin('the driver says what would recover the GPU', 'Admins: do what the line names (GPU reset, node reboot, drain).'),
};

const NOT_LISTED: XidMeaning = {
  what: 'a number that Headroom does not know',
  actor: 'admin',
  next: 'NVIDIA’s Xid catalogue (docs.nvidia.com/deploy/xid-errors) says what it means; tell the admins the node and the line.',
};

/** The meaning of an Xid; of a number that is not in the table, where to look it up. */
export function xidMeaning(xid: number): XidMeaning {
  return XIDS[xid] ?? NOT_LISTED;
}
