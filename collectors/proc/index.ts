export { isWholeDisk } from './disks.ts';
export { parseCmdline, parsePidIo, parsePidStat, parseUid } from './pid.ts';
export { recordedProcesses } from './processes.ts';
export { hostSample, type HostState, type Scratch } from './sample.ts';
export { parseUptime } from './stat.ts';
export { type ProcessSample, processUsage, type ProcessUsage, threadGauges } from './usage.ts';
