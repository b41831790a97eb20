import type { EntityKind } from './entity.ts';

/** Share of a core from which a thread is hot (`host.hotThreads`): no time of its own is left, sampling error and context switches take the rest. */
export const HOT_THREAD = 0.9;

/** SI units and the few dimensionless ones; formatting lives in units.ts, conversion in the parsers. */
export type Unit =
  | 'ratio' | 'bytes' | 'bytes/s' | 'watts' | 'joules' | 'hertz' | 'celsius' | 'seconds' | 'count' | 'tokens/s' | '1/s' | 'flop' | 'flop/s';

/** How several samples of a bucket become one: what a roll-up shows first (min, mean and max are always kept). */
export type Rollup = 'mean' | 'max' | 'last' | 'sum';

export interface Metric {
  readonly entity: EntityKind;
  readonly unit: Unit;
  /** A counter only grows; it is stored as it came and shown as a rate per second (core/readings/rates.ts). */
  readonly kind: 'gauge' | 'counter';
  readonly rollup: Rollup;
  readonly label: string;
  /** Of a counter: the gauge that holds the same quantity as a rate, where some tools print the rate itself. */
  readonly rate?: string;
  /** Which tool's field it is, and what to beware of. */
  readonly note?: string;
  /** Where they are not those of its unit (UNITS): the least and the greatest value that it can have, and the decimals that mean something. */
  readonly least?: number;
  readonly most?: number;
  readonly decimals?: number;
}

interface UnitRow {
  /** What a value can be on any machine that we may meet, both ends included: beyond it is a parser's or a sender's mistake, no measurement. */
  readonly least: number;
  readonly most: number;
  /** Decimals of a value that mean something: what is finer is noise, and costs space at every step. */
  readonly decimals: number;
}

/** Every unit, once: what holds of a metric whose row says nothing else. */
const UNITS = {
  ratio: { least: 0, most: 1.05, decimals: 4 }, // tools round, and divide by clocks that differ a little; a misread percent is a hundred times too large
  bytes: { least: 0, most: 2 ** 64, decimals: 0 }, // a counter of 64 bits
  'bytes/s': { least: 0, most: 1e13, decimals: 0 }, // ten terabytes a second: no node's links or disks move a tenth of it
  watts: { least: 0, most: 5_000, decimals: 2 }, // the largest boards draw 1,400, a module of two with its CPU 2,700; nvidia-smi prints hundredths
  joules: { least: 0, most: 2e13, decimals: 3 }, // 5 kW for a century; DCGM counts millijoules
  hertz: { least: 0, most: 2e10, decimals: 0 }, // ten times the fastest clock; memory's data rate is printed by some
  celsius: { least: -60, most: 200, decimals: 1 }, // no chip lives beyond 150, no machine room is colder; 255 is an unread sensor
  seconds: { least: 0, most: 1e13, decimals: 6 }, // core-seconds of the largest machine in decades, sums of waits; the kernel counts in microseconds
  count: { least: 0, most: 2 ** 64, decimals: 3 }, // a counter of 64 bits; a load, or a mean of counts, has decimals
  'tokens/s': { least: 0, most: 1e10, decimals: 3 }, // ten thousand GPUs at a million each
  '1/s': { least: 0, most: 1e10, decimals: 3 }, // more than one a clock tick
  flop: { least: 0, most: 1e30, decimals: 0 }, // a counter: the fastest GPU for a million years
  'flop/s': { least: 0, most: 1e18, decimals: 0 }, // of one GPU: fifty times the fastest
} as const satisfies Record<Unit, UnitRow>;

/** Every metric, once. Adding one is adding a row. Sources and caveats stand in `note`. */
export const METRICS = {
  'gpu.util': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'GPU busy', note: 'nvidia-smi utilization.gpu: share of the sample period with a kernel running; an upper bound on everything' },
  'gpu.memUtil': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Memory utilisation (NVML)', note: 'nvidia-smi utilization.memory; scale known on few types (docs/science.md §7.5)' },
  'gpu.memUsed': { entity: 'gpu', unit: 'bytes', kind: 'gauge', rollup: 'max', label: 'GPU memory used', most: 2 ** 42 }, // 4 TiB: many times the largest card
  'gpu.memTotal': { entity: 'gpu', unit: 'bytes', kind: 'gauge', rollup: 'last', label: 'GPU memory size', most: 2 ** 42 }, // 4 TiB: many times the largest card
  'gpu.memReserved': { entity: 'gpu', unit: 'bytes', kind: 'gauge', rollup: 'last', label: 'GPU memory reserved', most: 2 ** 42 }, // 4 TiB: many times the largest card
  'gpu.memOccupancy': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'GPU memory occupancy', note: 'nvtop mem_util: used / total, not bandwidth' },
  'gpu.power': { entity: 'gpu', unit: 'watts', kind: 'gauge', rollup: 'mean', label: 'Power' },
  'gpu.powerLimit': { entity: 'gpu', unit: 'watts', kind: 'gauge', rollup: 'last', label: 'Power limit (enforced)' },
  'gpu.energy': { entity: 'gpu', unit: 'joules', kind: 'counter', rollup: 'sum', label: 'Energy', rate: 'gpu.power', note: 'DCGM 156' },
  'gpu.smClock': { entity: 'gpu', unit: 'hertz', kind: 'gauge', rollup: 'mean', label: 'SM clock' },
  'gpu.smClockMax': { entity: 'gpu', unit: 'hertz', kind: 'gauge', rollup: 'last', label: 'SM clock, maximum' },
  'gpu.memClock': { entity: 'gpu', unit: 'hertz', kind: 'gauge', rollup: 'mean', label: 'Memory clock' },
  'gpu.temp': { entity: 'gpu', unit: 'celsius', kind: 'gauge', rollup: 'max', label: 'GPU temperature' },
  'gpu.memTemp': { entity: 'gpu', unit: 'celsius', kind: 'gauge', rollup: 'max', label: 'GPU memory temperature' },
  'gpu.fan': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Fan', most: 2 }, // above its nominal speed fans do run
  'gpu.pcieRx': { entity: 'gpu', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'PCIe host to device', note: 'DCGM 1010, dmon rxpci: into the GPU', most: 3e11 }, // PCIe 7.0 ×16; dmon prints terabytes a second now and then
  'gpu.pcieTx': { entity: 'gpu', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'PCIe device to host', note: 'DCGM 1009, dmon txpci: out of the GPU', most: 3e11 }, // PCIe 7.0 ×16; dmon prints terabytes a second now and then
  'gpu.pcieGen': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'PCIe generation', note: 'drops when idle: judge under load', least: 1, most: 8 },
  'gpu.pcieGenMax': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'last', label: 'PCIe generation, maximum', least: 1, most: 8 },
  'gpu.pcieWidth': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'PCIe lanes', least: 1, most: 32 },
  'gpu.pcieWidthMax': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'last', label: 'PCIe lanes, maximum', least: 1, most: 32 },
  'gpu.pcieReplay': { entity: 'gpu', unit: 'count', kind: 'counter', rollup: 'sum', label: 'PCIe replays' },
  'gpu.nvlinkRx': { entity: 'gpu', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'NVLink receive', note: 'DCGM 1012', most: 4e12 }, // four times NVLink 5
  'gpu.nvlinkTx': { entity: 'gpu', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'NVLink transmit', note: 'DCGM 1011', most: 4e12 }, // four times NVLink 5
  'gpu.grActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Graphics engine active', note: 'DCGM 1001' },
  'gpu.smActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'SM active', note: 'DCGM 1002: warps stalled on memory count as active' },
  'gpu.smOccupancy': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'SM occupancy', note: 'DCGM 1003' },
  'gpu.tensorActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Tensor active', note: 'DCGM 1004' },
  'gpu.dramActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Memory bandwidth (DRAM active)', note: 'DCGM 1005: about 0.80 is the practical peak' },
  'gpu.fp64Active': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'FP64 pipe active', note: 'DCGM 1006' },
  'gpu.fp32Active': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'FP32 pipe active', note: 'DCGM 1007' },
  'gpu.fp16Active': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'FP16 pipe active', note: 'DCGM 1008' },
  'gpu.immaActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'INT8 tensor active', note: 'DCGM 1013' },
  'gpu.hmmaActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'FP16 tensor active', note: 'DCGM 1014' },
  'gpu.dfmaActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'FP64 tensor active', note: 'DCGM 1015' },
  'gpu.intActive': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Integer pipe active', note: 'DCGM 1016' },
  'gpu.enc': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Video encoder' },
  'gpu.dec': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Video decoder' },
  'gpu.capIdle': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: GPU idle', note: 'clocks_event_reasons bit 0x1, sampled flag 0/1' },
  'gpu.capApp': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: application setting', note: 'bit 0x2' },
  'gpu.capPower': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: SW power cap', note: 'bit 0x4; dmon pviol as a ratio of time' },
  'gpu.capHw': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: HW slowdown', note: 'bit 0x8' },
  'gpu.capSync': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: sync boost', note: 'bit 0x10' },
  'gpu.capSwThermal': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: SW thermal slowdown', note: 'bit 0x20' },
  'gpu.capHwThermal': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: HW thermal slowdown', note: 'bit 0x40; dmon tviol' },
  'gpu.capBrake': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Clocks: HW power brake', note: 'bit 0x80' },
  'gpu.capPowerTime': { entity: 'gpu', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Time under SW power cap', note: 'clocks_event_reasons_counters, DCGM 240 (ns)', most: 3.2e9 }, // a century of one GPU
  'gpu.capThermalTime': { entity: 'gpu', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Time under thermal slowdown', note: 'sw + hw thermal counters, DCGM 241 (ns)', most: 3.2e9 }, // a century of one GPU
  'gpu.capBrakeTime': { entity: 'gpu', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Time under power brake', most: 3.2e9 }, // a century of one GPU
  'gpu.eccUncorrected': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'ECC errors, uncorrected (volatile)' },
  'gpu.eccCorrected': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'ECC errors, corrected (volatile)' },
  'gpu.remappedRows': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'Remapped rows (uncorrectable)' },
  'gpu.retiredPages': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'Retired pages (double bit)' },
  'gpu.xid': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'last', label: 'Last Xid error', note: 'DCGM 230: 0 is none' },
  'gpu.processes': { entity: 'gpu', unit: 'count', kind: 'gauge', rollup: 'max', label: 'Processes on the GPU', note: 'absent where the tool cannot see them' },
  'gpu.present': { entity: 'gpu', unit: 'ratio', kind: 'gauge', rollup: 'last', label: 'GPU present', note: '1 where the tool lists the GPU even though MIG or the driver hides its counters' },
  'host.cpu': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'CPU busy', note: 'mean over all logical cores' },
  'host.cpuMaxCore': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'max', label: 'CPU, busiest core', most: 2 }, // ticks of 10 ms over a short interval: at worst twice
  'host.cpuMaxThread': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'max', label: 'CPU, hottest thread', note: 'per-thread: one hot thread is 6 % of 16 cores', most: 2 }, // ticks of 10 ms over a short interval: at worst twice
  'host.hotThreads': { entity: 'host', unit: 'count', kind: 'gauge', rollup: 'max', label: 'Threads at 90 % or more' },
  'host.cores': { entity: 'host', unit: 'count', kind: 'gauge', rollup: 'last', label: 'Logical cores' },
  'host.iowait': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'CPU in I/O wait', note: 'share of all cores\' time' },
  'host.steal': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'CPU stolen' },
  'host.load1': { entity: 'host', unit: 'count', kind: 'gauge', rollup: 'mean', label: 'Load, 1 min' },
  'host.procsBlocked': { entity: 'host', unit: 'count', kind: 'gauge', rollup: 'mean', label: 'Processes blocked on I/O' },
  'host.memUsed': { entity: 'host', unit: 'bytes', kind: 'gauge', rollup: 'max', label: 'Host memory used', most: 2 ** 50 }, // 1 PiB: sixteen times the largest host
  'host.memTotal': { entity: 'host', unit: 'bytes', kind: 'gauge', rollup: 'last', label: 'Host memory size', most: 2 ** 50 }, // 1 PiB: sixteen times the largest host
  'host.swapUsed': { entity: 'host', unit: 'bytes', kind: 'gauge', rollup: 'max', label: 'Swap used', most: 2 ** 50 }, // 1 PiB: sixteen times the largest host
  'host.majorFaults': { entity: 'host', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Major page faults' },
  'host.oomKills': { entity: 'host', unit: 'count', kind: 'counter', rollup: 'sum', label: 'OOM kills' },
  'host.psiCpu': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Pressure: CPU (some)' },
  'host.psiIo': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Pressure: I/O (some)' },
  'host.psiIoFull': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Pressure: I/O (full)' },
  'host.psiMem': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Pressure: memory (some)' },
  'host.psiCpuTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Pressure: CPU, time', rate: 'host.psiCpu' },
  'host.psiIoTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Pressure: I/O, time', rate: 'host.psiIo' },
  'host.psiIoFullTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Pressure: I/O full, time', rate: 'host.psiIoFull' },
  'host.psiMemTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Pressure: memory, time', rate: 'host.psiMem' },
  'host.cpuTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'CPU busy, core-seconds', note: 'all modes but idle and iowait, summed over cores' },
  'host.cpuIdleTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'CPU idle, core-seconds' },
  'host.iowaitTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'I/O wait, core-seconds' },
  'host.diskRead': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Local disk read', rate: 'host.diskReadRate' },
  'host.diskWrite': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Local disk written', rate: 'host.diskWriteRate' },
  'host.diskBusyTime': { entity: 'host', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Local disk busy', rate: 'host.diskBusy', note: 'busiest disk' },
  'host.diskReadRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Local disk read' },
  'host.diskWriteRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Local disk write' },
  'host.diskBusy': { entity: 'host', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Local disk busy', note: 'busiest disk', most: 2 }, // iostat and /proc tick on clocks of their own
  'host.scratchUsed': { entity: 'host', unit: 'bytes', kind: 'gauge', rollup: 'max', label: 'Scratch $TMPDIR used' },
  'host.scratchTotal': { entity: 'host', unit: 'bytes', kind: 'gauge', rollup: 'last', label: 'Scratch $TMPDIR size' },
  'host.scratchRead': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Scratch read', rate: 'host.scratchReadRate', note: 'the block device under $TMPDIR' },
  'host.scratchWrite': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Scratch written', rate: 'host.scratchWriteRate' },
  'host.scratchReadRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Scratch read' },
  'host.scratchWriteRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Scratch write' },
  'host.netRx': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Ethernet received', rate: 'host.netRxRate' },
  'host.netTx': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Ethernet sent', rate: 'host.netTxRate' },
  'host.netRxRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Ethernet receive' },
  'host.netTxRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Ethernet send' },
  'host.netSpeed': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'last', label: 'Ethernet line rate', note: 'the fastest interface that is up' },
  'host.netErrors': { entity: 'host', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Ethernet errors and drops' },
  'host.ibRx': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'InfiniBand received', rate: 'host.ibRxRate', note: 'sysfs counts 4-byte words: already multiplied' },
  'host.ibTx': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'InfiniBand sent', rate: 'host.ibTxRate' },
  'host.ibRxRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'InfiniBand receive' },
  'host.ibTxRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'InfiniBand send' },
  'host.ibSpeed': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'last', label: 'InfiniBand line rate', note: 'sum over active ports' },
  'host.ibWait': { entity: 'host', unit: 'count', kind: 'counter', rollup: 'sum', label: 'InfiniBand transmit wait', note: 'ticks with data to send and no credit: congestion' },
  'host.fsRead': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Network file system read', rate: 'host.fsReadRate', note: 'NFS, WEKA, Lustre mounts' },
  'host.fsWrite': { entity: 'host', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Network file system written', rate: 'host.fsWriteRate' },
  'host.fsReadRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Network file system read' },
  'host.fsWriteRate': { entity: 'host', unit: 'bytes/s', kind: 'gauge', rollup: 'mean', label: 'Network file system write' },
  'engine.running': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'mean', label: 'Requests running' },
  'engine.waiting': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'mean', label: 'Requests waiting' },
  'engine.swapped': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'mean', label: 'Requests swapped' },
  'engine.maxRunning': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'last', label: 'Requests running, maximum' },
  'engine.kvUsage': { entity: 'engine', unit: 'ratio', kind: 'gauge', rollup: 'max', label: 'KV cache used' },
  'engine.kvTokens': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'max', label: 'KV cache tokens' },
  'engine.kvTokensMax': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'last', label: 'KV cache size in tokens' },
  'engine.promptTokens': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Prompt tokens', rate: 'engine.promptRate' },
  'engine.promptTokensComputed': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Prompt tokens computed', note: 'not from a cache' },
  'engine.promptTokensCached': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Prompt tokens from cache' },
  'engine.generationTokens': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Generated tokens', rate: 'engine.generationRate' },
  'engine.promptRate': { entity: 'engine', unit: 'tokens/s', kind: 'gauge', rollup: 'mean', label: 'Prefill' },
  'engine.generationRate': { entity: 'engine', unit: 'tokens/s', kind: 'gauge', rollup: 'mean', label: 'Decode' },
  'engine.requests': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Requests finished' },
  'engine.preemptions': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Preemptions' },
  'engine.specDrafts': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Speculative drafts', note: 'vLLM spec_decode_num_drafts: forward passes of a request that carried a draft' },
  'engine.specDraftTokens': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Speculative tokens drafted' },
  'engine.specAcceptedTokens': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Speculative tokens accepted', note: 'tokens per pass = 1 + accepted ÷ drafts' },
  'engine.steps': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Engine steps', rate: 'engine.stepRate', note: 'iteration_tokens_total_count' },
  'engine.stepTokens': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Tokens over steps', note: 'iteration_tokens_total_sum' },
  'engine.stepRate': { entity: 'engine', unit: '1/s', kind: 'gauge', rollup: 'mean', label: 'Engine steps' },
  'engine.forwardTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Model forward time' },
  'engine.schedulerTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Scheduler time' },
  'engine.prefillTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Prefill time on the GPU', note: 'TGI, llama.cpp, SGLang: direct' },
  'engine.decodeTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Decode time on the GPU' },
  'engine.requestPrefillTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Prefill time of finished requests', note: 'request-seconds, counted when a request ends' },
  'engine.requestDecodeTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Decode time of finished requests', note: 'request-seconds, counted when a request ends' },
  'engine.hostWaitTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'GPU waiting for the host', note: 'SGLang gpu_overlap_wait_seconds_total' },
  'engine.flops': { entity: 'engine', unit: 'flop', kind: 'counter', rollup: 'sum', label: 'Estimated FLOPs per GPU', note: 'vLLM --enable-mfu-metrics, SGLang: analytic' },
  'engine.readBytes': { entity: 'engine', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Estimated bytes read per GPU' },
  'engine.writeBytes': { entity: 'engine', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Estimated bytes written per GPU' },
  'engine.prefixQueries': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Prefix cache queries (tokens)' },
  'engine.prefixHits': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Prefix cache hits (tokens)' },
  'engine.cacheHitRatio': { entity: 'engine', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Prefix cache hit ratio' },
  'engine.ttftSum': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Time to first token, sum' },
  'engine.ttftCount': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Time to first token, requests' },
  'engine.itlSum': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Inter-token latency, sum' },
  'engine.itlCount': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Inter-token latency, tokens' },
  'engine.e2eSum': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Request latency, sum' },
  'engine.e2eCount': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Request latency, requests' },
  'engine.queueSum': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Queue time, sum' },
  'engine.queueCount': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Queue time, requests' },
  'engine.remoteReadTime': { entity: 'engine', unit: 'seconds', kind: 'counter', rollup: 'sum', label: 'Remote KV read time', note: 'LMCache remote_time_to_get' },
  'engine.remoteReadBytes': { entity: 'engine', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Remote KV read' },
  'engine.remoteWriteBytes': { entity: 'engine', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Remote KV written' },
  'engine.trainSteps': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Training steps' },
  'engine.trainTokens': { entity: 'engine', unit: 'count', kind: 'counter', rollup: 'sum', label: 'Training tokens', rate: 'engine.trainTokenRate' },
  'engine.trainTokenRate': { entity: 'engine', unit: 'tokens/s', kind: 'gauge', rollup: 'mean', label: 'Training tokens' },
  'engine.trainTokenRatePerGpu': { entity: 'engine', unit: 'tokens/s', kind: 'gauge', rollup: 'mean', label: 'Training tokens per GPU (as logged)' },
  'engine.trainStepTime': { entity: 'engine', unit: 'seconds', kind: 'gauge', rollup: 'mean', label: 'Training step time' },
  'engine.trainFlopRate': { entity: 'engine', unit: 'flop/s', kind: 'gauge', rollup: 'mean', label: 'Training FLOP/s per GPU (as logged)' },
  'engine.trainMfu': { entity: 'engine', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Model FLOPs utilisation (as logged)' },
  'engine.trainRollout': { entity: 'engine', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Share of a step spent generating (as logged)', note: 'reinforcement learning: verl timing_s/gen' },
  'engine.trainLoss': { entity: 'engine', unit: 'count', kind: 'gauge', rollup: 'mean', label: 'Training loss', decimals: 9, least: -1e12, most: 1e12 }, // a log-likelihood may be negative
  'process.cpu': { entity: 'process', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Process CPU', note: 'in cores: 1 is one core', most: 1e4 }, // in cores; the largest hosts have two thousand
  'process.maxThread': { entity: 'process', unit: 'ratio', kind: 'gauge', rollup: 'max', label: 'Process, hottest thread', most: 2 }, // ticks of 10 ms over a short interval: at worst twice
  'process.threads': { entity: 'process', unit: 'count', kind: 'gauge', rollup: 'max', label: 'Process threads' },
  'process.rss': { entity: 'process', unit: 'bytes', kind: 'gauge', rollup: 'max', label: 'Process memory', most: 2 ** 50 }, // 1 PiB: sixteen times the largest host
  'process.gpuMem': { entity: 'process', unit: 'bytes', kind: 'gauge', rollup: 'max', label: 'Process GPU memory', most: 2 ** 42 }, // as gpu.memTotal
  'process.gpuUtil': { entity: 'process', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Process GPU busy', most: 17 }, // summed over the GPUs of a node
  'process.gpuMemUtil': { entity: 'process', unit: 'ratio', kind: 'gauge', rollup: 'mean', label: 'Process GPU memory utilisation' },
  'process.readBytes': { entity: 'process', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Process storage read' },
  'process.writeBytes': { entity: 'process', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Process storage written' },
  'process.readChars': { entity: 'process', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Process read() bytes', note: 'includes page cache and WEKA clients' },
  'process.writeChars': { entity: 'process', unit: 'bytes', kind: 'counter', rollup: 'sum', label: 'Process write() bytes' },
} as const satisfies Record<string, Metric>;

export type MetricId = keyof typeof METRICS;

/** All ids, in table order. */
export const METRIC_IDS = Object.keys(METRICS) as MetricId[]; // a parse boundary: keys of a const object

/** The row of a metric, with the optional fields that a row may lack. */
export function metric(id: MetricId): Metric {
  return METRICS[id];
}

/** True for the id of a metric in the table. */
export function isMetricId(id: string): id is MetricId {
  return Object.hasOwn(METRICS, id);
}

/** The values that a metric can have, both ends included, in its unit. */
export function limitsOf(id: MetricId): { readonly least: number; readonly most: number } {
  return LIMITS[id];
}

/** True for a value that the metric can have: the one question that parsers and ingest ask. */
export function plausible(id: MetricId, value: number): boolean {
  const { least, most } = LIMITS[id];
  return value >= least && value <= most;
}

const LIMITS = Object.fromEntries(
  METRIC_IDS.map((id) => {
    const { least, most } = UNITS[METRICS[id].unit];
    return [id, { least: metric(id).least ?? least, most: metric(id).most ?? most }];
  }),
) as Record<MetricId, { readonly least: number; readonly most: number }>; // an entry for every id

const SCALES = new Map(METRIC_IDS.map((id) => [id, 10 ** (metric(id).decimals ?? UNITS[METRICS[id].unit].decimals)]));

/** A value with the decimals that mean something, in the metric's unit; NaN stays NaN. */
export function rounded(id: MetricId, value: number): number {
  const scale = SCALES.get(id) ?? 1;
  return Math.round(value * scale) / scale + 0; // −0 is 0: nothing measured differs by it
}
