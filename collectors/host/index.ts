export { free } from './free.ts';
export { htop } from './htop.ts';
export { movesCursor, openScreen } from './htop-frames.ts';
export { iostat } from './iostat.ts';
export { mpstat } from './mpstat.ts';
export { procRecord } from './proc-record.ts';
export { recordMeta } from './record-meta.ts';
export { top } from './top.ts';
export { vmstat } from './vmstat.ts';
