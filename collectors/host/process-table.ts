import { processOf } from '../collector/index.ts';
import { type Output, put, type Values } from '../text/index.ts';
import { llmProcess, redact } from '../command-line/index.ts';

/** One row of a process table on a screen. */
export interface ProcessRow {
  readonly pid: number;
  readonly user: string | null;
  /** In cores. */
  readonly cpu: number | null;
  /** Bytes. */
  readonly rss: number | null;
  readonly threads: number | null;
  readonly command: string;
}

/** How many processes one source may bring up: a fork bomb in a recording must not become a million series. */
const MAX_FOLLOWED = 2000;

/**
 * Turns rows into readings. A process is followed from the first screen on that shows it using CPU or running a known LLM program;
 * hundreds of sleeping kernel threads would say nothing.
 */
export function processTable(out: Output, node: string): { emit(at: number, rows: readonly ProcessRow[]): void } {
  const followed = new Set<number>();
  return {
    emit(at, rows) {
      for (const row of rows) {
        const args = row.command.split(/\s+/).filter((part) => part !== '');
        if (!followed.has(row.pid)) {
          const llm = llmProcess(args);
          if ((row.cpu === null || row.cpu === 0) && llm === null) continue;
          if (followed.size >= MAX_FOLLOWED) continue;
          followed.add(row.pid);
        }
        emitRow(row, args, { out, node, at });
      }
    },
  };
}

function emitRow(row: ProcessRow, args: readonly string[], { out, node, at }: { readonly out: Output; readonly node: string; readonly at: number }): void {
  const entity = processOf(node, row.pid);
  const values: Values = {};
  put(values, 'process.cpu', row.cpu);
  put(values, 'process.rss', row.rss);
  put(values, 'process.threads', row.threads);
  out.reading({ entity, at, values });
  if (args.length > 0) out.fact(entity, 'command', redact(args));
  if (row.user !== null) out.fact(entity, 'user', row.user);
  for (const fact of llmProcess(args)?.facts ?? []) out.fact(entity, fact.name, fact.value);
}
