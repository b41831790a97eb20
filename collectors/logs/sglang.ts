import { pairFacts } from './config.ts';
import { numberAfter } from './fields.ts';
import type { LogReader, LogSink } from './reader.ts';
import { present, type Values } from '../text/index.ts';

/**
 * SGLang's scheduler: one line per prefill batch and one per 40 decode steps (`--decode-log-interval`). The tokens of the prefill lines
 * are added up into counters; a decode line has the rate since the one before.
 */
export const sglangLog: LogReader = {
  id: 'sglang',
  hint: /(?:Prefill|Decode) batch[.,]|ServerArgs\(|max_total_num_tokens=|Load weight (?:begin|end)|Retract requests|apture cuda graph/,
  sign: /(?:Prefill|Decode) batch[.,] ?#|server_args=ServerArgs\(|Load weight begin\. avail mem/,
  open: openSglang,
};

function openSglang(sink: LogSink): (line: string) => boolean {
  const computed = new Map<string, number>();
  const cached = new Map<string, number>();
  let retracted = 0;

  return (line) => {
    const entity = sink.entity('sglang', /\bDP([1-9]\d*)\b/.exec(line)?.[1]);
    if (/\bTP[1-9]\d*\b/.test(line) && /(?:Prefill|Decode) batch/.test(line) && !/\bDP\d/.test(line)) return true; // the same again from another rank
    if (/(?:Prefill|Decode) batch/.test(line)) sink.fact(entity, 'engine', 'sglang');
    if (line.includes('Prefill batch')) {
      sink.reading(entity, present({ ...common(line), ...prefill(line, entity.id) }));
      return true;
    }
    if (line.includes('Decode batch')) {
      sink.reading(
        entity,
        present({
          ...common(line),
          'engine.generationRate': numberAfter(line, 'gen throughput (token/s): '),
          'engine.kvTokens': numberAfter(line, '#full token: ') ?? numberAfter(line, '#token: '),
        }),
      );
      return true;
    }
    return startup(line);
  };

  function prefill(line: string, id: string): Values {
    const fresh = numberAfter(line, '#new-token: ');
    const hit = numberAfter(line, '#cached-token: ');
    if (fresh === null || hit === null) return {};
    const allComputed = addUp(computed, id, fresh);
    const allCached = addUp(cached, id, hit);
    return { 'engine.promptTokensComputed': allComputed, 'engine.promptTokensCached': allCached, 'engine.promptTokens': allComputed + allCached };
  }

  function startup(line: string): boolean {
    const server = sink.entity('sglang');
    sink.fact(server, 'engine', 'sglang');
    const again = numberAfter(line, '#retracted_reqs: ');
    if (again !== null) {
      retracted += again;
      sink.reading(server, { 'engine.preemptions': retracted });
      return true;
    }
    if (line.includes('ServerArgs(')) pairFacts(line, server, sink);
    const tokens = numberAfter(line, 'max_total_num_tokens=');
    if (tokens !== null) {
      pairFacts(line, server, sink);
      sink.reading(server, present({ 'engine.kvTokensMax': tokens, 'engine.maxRunning': numberAfter(line, 'max_running_requests=') }));
    }
    if (line.includes('Load weight')) {
      sink.event('loading', line, server);
      const dtype = /\bdtype=torch\.(\w+)/.exec(line)?.[1];
      if (dtype !== undefined) sink.fact(server, 'dtype', dtype);
    }
    if (/apture cuda graph/.test(line)) sink.fact(server, 'cudaGraphs', 'true');
    return true;
  }
}

/** A counter of ours, which begins with its first addition. */
function addUp(totals: Map<string, number>, id: string, more: number): number {
  const before = totals.get(id);
  const total = before === undefined ? more : before + more;
  totals.set(id, total);
  return total;
}

function common(line: string): Record<'engine.running' | 'engine.waiting' | 'engine.kvUsage', number | null> {
  return {
    'engine.running': numberAfter(line, '#running-req: '),
    'engine.waiting': numberAfter(line, '#queue-req: '),
    'engine.kvUsage': numberAfter(line, 'token usage: '), // also "full token usage: "
  };
}
