export { nsightFile } from './databases.ts';
export { ncu } from './ncu.ts';
export { type GpuRow, openNsysRows } from './rows.ts';
export { nsysStats, openNsysStats } from './stats.ts';
