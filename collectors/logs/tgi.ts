import { pairFacts } from './config.ts';
import type { LogReader, LogSink } from './reader.ts';

const TIMES = [/total_time="([^"]{1,40})"/, /queue_time="([^"]{1,40})"/, /time_per_token="([^"]{1,40})"/] as const;
const UNITS: Readonly<Record<string, number>> = { ns: 1e9, µs: 1e6, us: 1e6, ms: 1e3, s: 1 };

/** Text Generation Inference's router: one line per request, with Rust's durations; they are added up into counters. */
export const tgiLog: LogReader = {
  id: 'tgi',
  hint: /time_per_token="|text_generation_launcher/,
  sign: /time_per_token="|text_generation_(?:router|launcher)/,
  open: openTgi,
};

function openTgi(sink: LogSink): (line: string) => boolean {
  const server = sink.entity('tgi');
  let requests = 0;
  let latency = 0;
  let queue = 0;
  let perToken = 0;

  return (line) => {
    const [total, waited, token] = TIMES.map((time) => duration(time.exec(line)?.[1] ?? ''));
    if (typeof total !== 'number' || typeof waited !== 'number' || typeof token !== 'number') {
      if (!line.includes('model_id:')) return false;
      sink.fact(server, 'engine', 'tgi');
      pairFacts(line, server, sink);
      return true;
    }
    requests += 1;
    latency += total;
    queue += waited;
    perToken += token;
    sink.fact(server, 'engine', 'tgi');
    sink.reading(server, {
      'engine.requests': requests,
      'engine.e2eSum': latency,
      'engine.e2eCount': requests,
      'engine.queueSum': queue,
      'engine.queueCount': requests,
      'engine.itlSum': perToken,
      'engine.itlCount': requests,
    });
    return true;
  };
}

/** Rust's debug form of a duration (`1.234567s`, `50.123µs`) in seconds. */
function duration(text: string): number | null {
  const match = /^([\d.]+)(ns|µs|us|ms|s)$/.exec(text);
  const per = match?.[2] === undefined ? undefined : UNITS[match[2]];
  return match?.[1] === undefined || per === undefined ? null : Number.parseFloat(match[1]) / per;
}
