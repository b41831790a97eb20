import { plausible } from '../core/readings/index.ts';
import type { Collector, ParseContext, Session } from './collector/index.ts';
import { redactCommand, tellCommand } from './command-line/index.ts';
import { gpuScope, sweepCounter, tableReader } from './nvidia-smi/index.ts';
import { lineSession, output, parseDecimal, parseTime, quantity, rowClock, type Values } from './text/index.ts';
import { throughScreen } from './host/index.ts';

/**
 * `nvitop -1`: nvidia-smi's table drawn with other lines, and a list of processes with what they take of the host. A wide terminal adds bars
 * to its right, which say the same again.
 */
export const nvitop: Collector = {
  id: 'nvitop',
  title: 'nvitop -1',
  entities: ['gpu', 'process'],
  sniff: (head) => (/^[│|]\s{0,4}NVITOP \d/m.test(head) ? 0.97 : 0),
  open: throughScreen(openNvitop),
};

/** GPU, PID, kind, user, memory, share of the SMs (and, in some versions, of the bandwidth), CPU, host memory, time, command. */
const PROCESS =
  /^\s*(\d{1,3})\s+(\d{1,10})\s+([CGMX+]{1,3})\s+(\S{1,64})\s+(\d{1,9}(?:\.\d{1,4})?[KMGT]iB|N\/A)\s+(\d{1,3}|N\/A|-)\s+(?:(?:\d{1,3}|N\/A|-)\s+)?(\d{1,6}\.\d|N\/A|-)\s+(\d{1,3}\.\d|N\/A|-)\s+(\d{1,4}(?::\d\d){1,2}(?:\.\d{1,3})?|\d{1,5}(?:\.\d)? days?|N\/A)\s+(\S.*)$/;
/** No line is longer, with a command as wide as the terminal. */
const LONGEST = 1_000;
/** Cells of a GPU's line: what stands right of them are bars. */
const CELLS = 3;

function openNvitop(context: ParseContext): Session {
  const out = output('ordinal');
  const clock = rowClock(out, context.tz ?? 'UTC');
  const scope = gpuScope(context);
  const sweeps = sweepCounter();
  const table = tableReader({ out, scope, clock, sweeps });
  let counts: { readonly at: number; readonly gpus: Map<string, number> } | null = null;
  let listing = false;

  const forget = (): void => {
    counts = null;
    listing = false;
  };
  /** The list is whole: its number of processes is that of each GPU in it. */
  const close = (): void => {
    if (counts !== null)
      for (const [index, count] of counts.gpus) out.reading({ entity: scope.byIndex(index), at: counts.at, values: { 'gpu.processes': count } });
    forget();
  };
  const process = (line: string): void => {
    const [, gpu = '', pid = '', , user = '', memory = '', sm = '', cpu = '', , , command = ''] = PROCESS.exec(line) ?? [];
    if (pid === '') return;
    const entity = scope.process(pid);
    const at = clock.last() ?? sweeps.of(entity.id);
    if (at === null) return;
    counts ??= { at, gpus: new Map() };
    counts.gpus.set(gpu, (counts.gpus.get(gpu) ?? 0) + 1); // none counted yet
    const values: Values = {};
    const bytes = quantity(memory, 'MiB');
    const busy = quantity(sm, '%');
    const cores = parseDecimal(cpu);
    if (typeof bytes === 'number' && plausible('process.gpuMem', bytes)) values['process.gpuMem'] = bytes;
    if (typeof busy === 'number' && plausible('process.gpuUtil', busy)) values['process.gpuUtil'] = busy;
    const share = cores === null ? null : Math.round(cores * 10) / 1000;
    if (share !== null && plausible('process.cpu', share)) values['process.cpu'] = share;
    out.reading({ entity, at, values });
    out.fact(entity, 'gpu', scope.byIndex(gpu).id);
    out.fact(entity, 'user', user);
    tellCommand(out, entity, redactCommand(command.trim()));
  };

  return lineSession(out, {
    line(raw, number) {
      const text = plainLines(raw.slice(0, LONGEST));
      if (text.trim() === '') return;
      if (/^\|\s*NVIDIA-SMI /.test(text)) forget();
      if (text.startsWith('|') && /^\|\s*Processes:/.test(text)) listing = true;
      if (listing) {
        if (text.startsWith('|')) process(text.slice(1, text.lastIndexOf('|')));
        else if (counts !== null && isClosing(text)) close();
        return;
      }
      if (text.startsWith('|') || text.startsWith('+')) table.line(text, number);
      else if (parseTime(text.trim()) !== null) {
        table.stamp(text.trim());
      }
    },
    end() {
      table.end();
    },
  });
}

function isClosing(text: string): boolean {
  return /^\+-{3,}\+\s*$/.test(text);
}

/** The line as nvidia-smi would draw it: its own title, plain bars, nothing right of the third cell. */
function plainLines(line: string): string {
  const drawn = line
    .replace(/[│┃║]/g, '|')
    .replace(/[═━─]/g, '-')
    .replace(/[╒╕╘╛├┤╞╡┬┴┼╤╧╪]/g, '+')
    .replace(/\bNVITOP (?=\d)/, 'NVIDIA-SMI ')
    .replace('CUDA Driver Version:', 'CUDA Version:');
  if (!drawn.startsWith('|')) return drawn;
  const cells = drawn.split('|');
  return cells.length <= CELLS + 2 ? drawn : `${cells.slice(0, CELLS + 1).join('|')}|`;
}
