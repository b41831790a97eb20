import { clockOf, type TextSource } from './texts-gpu.ts';

const CORES = Array.from({ length: 64 }, (_, core) => core);
const PIDS = Array.from({ length: 60 }, (_, index) => 1000 + index);

/** What a node with 64 cores prints, one sample a second. */
export const hostTexts: Readonly<Record<string, TextSource>> = {
  'proc-record': { sample: procSample },
  top: {
    sample: (n) =>
      [
        `top - ${clockOf(n)} up 10 days,  1:18,  2 users,  load average: 12.00, 11.01, 10.05`,
        'Tasks: 508 total,   2 running, 506 sleeping,   0 stopped,   0 zombie',
        `%Cpu(s): ${25 + (n % 50)}.6 us,  1.1 sy,  0.0 ni, 63.3 id,  2.0 wa,  0.0 hi,  0.0 si,  0.0 st`,
        'MiB Mem : 257584.0 total, 152352.1 free,  50329.9 used,  54902.0 buff/cache',
        'MiB Swap:   3903.0 total,   3903.0 free,      0.0 used. 203333.9 avail Mem',
        '',
        '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
        ...PIDS.map((pid) => `   ${pid} ada       20   0   10.2g   4.0g   1.3g R  ${(n + pid) % 100}.5   1.6  10:00.02 python train.py`),
        '',
        '',
      ].join('\n'),
  },
  htop: {
    sample: (n) =>
      [
        '',
        `    0[||||||||||||||||                   ${(n % 90) + 10}.0%] Tasks: 35, 35 thr, 60 kthr; 2 running`,
        '    1[||||||||||||||||||||||||||||||||||100.0%] Load average: 2.71 2.24 1.71',
        `  Mem[|||||||                       970M/23.5G] Uptime: ${clockOf(n)}`,
        '  Swp[                                   0K/0K]',
        '',
        '  [Main] [I/O]',
        '  PID USER       PRI  NI  VIRT   RES   SHR S  CPU%▽MEM%   TIME+  Command',
        ...PIDS.slice(0, 20).map(
          (pid) => `${String(pid).padStart(5)} ada         20   0  7888  5040  4596 R  ${(n + pid) % 90}.5  0.0  0:06.54 python train.py`,
        ),
        '',
        'F1Help  F2Setup F3SearchF4FilterF5Tree  F6SortByF7Nice -F8Nice +F9Kill  F10Quit',
        '',
      ].join('\n'),
  },
  vmstat: {
    head: 'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n',
    sample: (n) => ` ${n % 9}  0    524 763388 147216 819640    0    0   ${100 + (n % 800)}     0   57   96 ${10 + (n % 80)}  1  9  0  0\n`,
  },
  iostat: {
    head: 'Linux 5.8.0-53-generic (n1) \t12/02/2021 \t_x86_64_\t(64 CPU)\n\n',
    sample: (n) =>
      `avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n          ${10 + (n % 80)}.39    0.04    0.44    0.04    0.00    9.10\n\nDevice             tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn\n${CORES.slice(
        0,
        8,
      )
        .map((disk) => `nvme${disk}n1          9.50       ${100 + (n % 900)}.10        130.13        517        678\n`)
        .join('')}\n`,
  },
  mpstat: {
    head: 'Linux 5.8.0-53-generic (n1) \t12/02/2021 \t_x86_64_\t(64 CPU)\n\n',
    sample: (n) =>
      `${clockOf(n)}     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle\n${['all', ...CORES].map((core) => `${clockOf(n + 1)}  ${String(core).padStart(6)}   ${10 + (n % 80)}.15    0.00    2.36    1.39    0.00    0.09    0.00    0.00    0.00    9.09\n`).join('')}\n`,
  },
  free: {
    sample: (n) =>
      `              total        used        free      shared  buff/cache   available\nMem:      263765000    ${52_000_000 + n}   152352100       60576    54902000   203333900\nSwap:       3996672           0     3996672\n\n`,
  },
};

function procSample(n: number): string {
  const jiffies = 1_000_000 + n * 100;
  return [
    `# headroom-time ${1_740_162_711 + n}`,
    '==> /proc/stat <==',
    `cpu  ${jiffies * 64} 0 500 8000 400 0 100 0 0 0`,
    ...CORES.map((core) => `cpu${core} ${jiffies} 0 300 ${3900 + n} 150 0 50 0 0 0`),
    'ctxt 5',
    'btime 1700000000',
    'processes 77',
    'procs_running 2',
    'procs_blocked 3',
    '',
    '==> /proc/loadavg <==',
    '1.50 1.20 0.90 2/300 4242',
    '',
    '==> /proc/meminfo <==',
    'MemTotal:       263765000 kB',
    'MemFree:        152352100 kB',
    'MemAvailable:   203333900 kB',
    'SwapTotal:      50000 kB',
    'SwapFree:       20000 kB',
    '',
    '==> /proc/diskstats <==',
    ` 259       0 nvme0n1 10 0 ${2000 + n} 5 20 0 ${4000 + n} 7 0 1500 12 0 0 0 0 0 0`,
    '',
    '==> /proc/net/dev <==',
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    `  eth0: ${5000 + n * 1000}     50    1    2    0     0          0         0     ${7000 + n * 500}     70    3    4    0     0       0          0`,
    '# headroom-end',
    '',
  ].join('\n');
}
