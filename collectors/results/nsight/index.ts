export { nsightFile } from './databases.ts';
export { ncu } from './ncu.ts';
export { type GpuRow, type NsysRows, openNsysRows } from './rows.ts';
export { nsysStats, openNsysStats } from './stats.ts';
