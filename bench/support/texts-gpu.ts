/** A tool's text of any length: what stands first, and what it prints at sample `n` (0, 1 …). */
export interface TextSource {
  readonly head?: string;
  sample(n: number): string;
}

const two = (value: number): string => String(value).padStart(2, '0');
/** A time of day at one sample a second, starting at midnight. */
export const clockOf = (n: number): string => `${two(Math.floor(n / 3600) % 24)}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)}`;
const wide = (value: number | string): string => String(value).padStart(7);
const GPUS = [0, 1, 2, 3] as const;
const uuid = (gpu: number): string => `GPU-6d0a1f0c-1111-4aaa-8bbb-00000000000${gpu}`;

/** What a node with four A100 prints, one sample a second. */
export const gpuTexts: Readonly<Record<string, TextSource>> = {
  'nvidia-smi-query': {
    head: 'timestamp, index, uuid, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], enforced.power.limit [W], clocks.current.sm [MHz], temperature.gpu, clocks_event_reasons.active\n',
    sample: (n) =>
      GPUS.map(
        (gpu) =>
          `2025/02/21 ${clockOf(n)}.${100 + gpu}, ${gpu}, ${uuid(gpu)}, ${(n * 7) % 101} %, ${(n * 3) % 101} %, ${30_000 + (n % 5000)} MiB, 40960 MiB, ${(100 + (n % 3000) / 10).toFixed(2)} W, 400.00 W, 1410 MHz, ${40 + (n % 30)}, 0x0000000000000004\n`,
      ).join(''),
  },
  'nvidia-smi-dmon': {
    head: '# gpu    pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk\n# Idx      W      C      C      %      %      %      %      %      %    MHz    MHz\n',
    sample: (n) =>
      GPUS.map((gpu) => `    ${gpu}${[100 + (n % 300), 40 + (n % 30), '-', (n * 7) % 101, (n * 3) % 101, 0, 0, 0, 0, 1215, 1410].map(wide).join('')}\n`).join(
        '',
      ),
  },
  'nvidia-smi-pmon': {
    head: '# gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command\n# Idx           #    C/G      %      %      %      %      %      %    name\n',
    sample: (n) =>
      GPUS.map((gpu) => `    ${gpu}      2118${gpu}     C${[(n * 7) % 101, (n * 3) % 101, '-', '-', '-', '-'].map(wide).join('')}    python3        \n`).join(
        '',
      ),
  },
  'nvidia-smi-xml': {
    sample: (n) =>
      `<?xml version="1.0" ?>\n<nvidia_smi_log>\n<timestamp>Fri Feb 21 ${clockOf(n)} 2025</timestamp>\n<driver_version>550.90.12</driver_version>\n${GPUS.map((gpu) => xmlGpu(gpu, n)).join('')}</nvidia_smi_log>\n`,
  },
  'nvidia-smi-log': {
    sample: (n) =>
      n % 50 === 0
        ? `Fri Feb 21 ${clockOf(n)} 2025\n${table(n)}`
        : `[2025-02-21 ${clockOf(n)}] step ${n} | loss 2.${n % 1000} | lr 3.0e-4 | 1.25 s/step | a job's own line of the usual length\n`,
  },
  nvtop: {
    sample: (n) =>
      `[\n${GPUS.map((gpu) => `  {\n   "device_name": "NVIDIA A100-SXM4-40GB",\n   "gpu_clock": "1410MHz",\n   "mem_clock": "1215MHz",\n   "temp": "${40 + (n % 30)}C",\n   "fan_speed": null,\n   "power_draw": "${100 + (n % 300)}W",\n   "gpu_util": "${(n * 7 + gpu) % 101}%",\n   "mem_util": "${(n * 3) % 101}%"\n  }`).join(',\n')}\n]\n`,
  },
  'dcgmi-dmon': {
    head: '# Entity  GPUTL  SMACT  TENSO  DRAMA                 PCITX                 PCIRX\n      Id\n',
    sample: (n) =>
      GPUS.map(
        (gpu) =>
          `    GPU ${gpu}     ${(n * 7) % 101}  0.${100 + (n % 800)}  0.${100 + (n % 700)}  0.${100 + (n % 600)}            ${100_000_000 + n}            ${200_000_000 + n}\n`,
      ).join(''),
  },
};

function xmlGpu(gpu: number, n: number): string {
  const clocks = Array.from({ length: 60 }, (_, step) => `<supported_graphics_clock>${1410 - 15 * step} MHz</supported_graphics_clock>`).join('\n');
  return [
    `<gpu id="00000000:0${gpu + 1}:00.0">`,
    '<product_name>NVIDIA A100-SXM4-40GB</product_name>',
    `<uuid>${uuid(gpu)}</uuid>`,
    '<fb_memory_usage><total>40960 MiB</total><reserved>640 MiB</reserved><used>30000 MiB</used></fb_memory_usage>',
    `<utilization><gpu_util>${(n * 7) % 101} %</gpu_util><memory_util>${(n * 3) % 101} %</memory_util></utilization>`,
    '<temperature><gpu_temp>61 C</gpu_temp><memory_temp>70 C</memory_temp></temperature>',
    `<gpu_power_readings><power_draw>${100 + (n % 300)}.50 W</power_draw><current_power_limit>400.00 W</current_power_limit></gpu_power_readings>`,
    '<clocks><sm_clock>1410 MHz</sm_clock><mem_clock>1215 MHz</mem_clock></clocks>',
    `<supported_clocks><supported_mem_clock><value>1215 MHz</value>\n${clocks}\n</supported_mem_clock></supported_clocks>`,
    '<processes><process_info><pid>21180</pid><type>C</type><process_name>python3</process_name><used_memory>29000 MiB</used_memory></process_info></processes>',
    '</gpu>',
    '',
  ].join('\n');
}

function table(n: number): string {
  const rule = `+${'-'.repeat(77)}+`;
  const rows = GPUS.map((gpu) =>
    [
      `|   ${gpu}  NVIDIA A100-SXM...  On   | 00000000:0${gpu + 1}:00.0 Off |                    0 |`,
      `| N/A   61C    P0   ${100 + (n % 300)}W / 400W |  30000MiB / 40960MiB |    ${String((n * 7) % 101).padStart(3)}%      Default |`,
      '|                               |                      |             Disabled |',
      rule,
    ].join('\n'),
  );
  return [rule, '| NVIDIA-SMI 525.105.17   Driver Version: 525.105.17   CUDA Version: 12.0     |', rule, ...rows, ''].join('\n');
}
