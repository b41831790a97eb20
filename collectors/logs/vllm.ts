import { flagFacts, pairFacts } from './config.ts';
import { numberAfter, ratioAfter } from './fields.ts';
import type { LogReader, LogSink } from './reader.ts';
import { anyOf, inOrder, present } from '../text/index.ts';

const THROUGHPUT = /Avg prompt throughput: [\d.]+ tokens\/s, Avg g\w+ throughput: [\d.]+ tokens\/s/;
const CONFIG = anyOf(inOrder(/Initializing an? (?:V\d )?(?:LLM|engine)/g, /config:/g), /args: Namespace\(|non-default args: \{|EngineArgs\(/);
const FLAGS = /--(?:max-num-seqs|enable-chunked-prefill|gpu-memory-utilization|max-num-batched-tokens)\b|vllm serve |vllm\.entrypoints/;
/** The logger's own prefix, V0 (`metrics.py:345]`) and V1 (`[loggers.py:80]`). */
const PREFIX = /(?:INFO|WARNING|ERROR|DEBUG) \d\d-\d\d \d\d:\d\d:\d\d \[?[\w/.]+\.py:\d+\]/;

/** vLLM's server and its engine, V0 and V1. The averages are over the logger's interval, 5 or 10 s. */
export const vllmLog: LogReader = {
  id: 'vllm',
  hint: /throughput: |LLM engine|Namespace\(|non-default args|EngineArgs\(|# GPU blocks|# cuda blocks|GPU KV cache size|cumulative_preemption|odel weights took|oading weights took|Model loading took|Starting to load model|raph capturing finished|vLLM (?:API )?server version|█ {2}(?:version|model) |Using max model len|--max-num-seqs|--enable-chunked|--gpu-memory|--max-num-batched|vllm serve|vllm\.entry|est\. speed input/,
  sign: new RegExp(`${THROUGHPUT.source}|${PREFIX.source}|(?:V\\d )?LLM engine \\(v|vLLM API server version|${FLAGS.source}`),
  open: openVllm,
};

function openVllm(sink: LogSink): (line: string) => boolean {
  const server = sink.entity('vllm');

  return (line) => {
    if (THROUGHPUT.test(line)) {
      const index = /Engine (\d+):/.exec(line)?.[1];
      const entity = index === undefined || /^0+$/.test(index) ? server : sink.entity('vllm', index);
      sink.fact(entity, 'engine', 'vllm');
      sink.reading(
        entity,
        present({
          'engine.promptRate': numberAfter(line, 'prompt throughput: '),
          'engine.generationRate': numberAfter(line.slice(line.indexOf('prompt throughput: ') + 20), ' throughput: '),
          'engine.running': numberAfter(line, 'Running: '),
          'engine.waiting': numberAfter(line, 'Waiting: ') ?? numberAfter(line, 'Pending: '),
          'engine.swapped': numberAfter(line, 'Swapped: '),
          'engine.kvUsage': ratioAfter(line, 'GPU KV cache usage: '),
          'engine.cacheHitRatio': ratioAfter(line, 'Prefix cache hit rate: GPU: ') ?? ratioAfter(line, 'Prefix cache hit rate: '),
        }),
      );
      return true;
    }
    return offline(line, sink) || startup(line, sink);
  };
}

/** `LLM.generate()`'s own bar: averages since its start. */
function offline(line: string, sink: LogSink): boolean {
  const match = /\[(?:(\d{1,6}):)?(\d{1,4}):(\d\d)<[^\]]{1,80}est\. speed input: ([\d.]+) toks\/s, output: ([\d.]+) toks\/s/.exec(line);
  if (match === null) return false;
  const [, hours = '0', minutes = '0', seconds = '0', input = '', out = ''] = match;
  const elapsed = Number.parseInt(hours, 10) * 3600 + Number.parseInt(minutes, 10) * 60 + Number.parseInt(seconds, 10);
  sink.reading(sink.entity('vllm'), { 'engine.promptRate': Number.parseFloat(input), 'engine.generationRate': Number.parseFloat(out) }, { elapsed });
  return true;
}

function startup(line: string, sink: LogSink): boolean {
  const server = sink.entity('vllm');
  const version = /(?:LLM engine|server version|█ {2}version) \(?v?(\d+\.\d+[\w.+]*)/.exec(line)?.[1];
  if (version !== undefined) sink.fact(server, 'engineVersion', version);
  if (CONFIG.test(line)) pairFacts(line, server, sink);
  const banner = /█ {2}model {1,8}(\S{1,300})/.exec(line)?.[1];
  if (banner !== undefined) sink.fact(server, 'model', banner);
  const longest = numberAfter(line, 'Using max model len ');
  if (longest !== null) sink.fact(server, 'maxModelLen', String(longest));
  if (FLAGS.test(line)) flagFacts(line, server, sink);
  const blocks = numberAfter(line, '# GPU blocks: ') ?? numberAfter(line, '# cuda blocks: ');
  if (blocks !== null) sink.fact(server, 'kvBlocks', String(blocks));
  const cache = numberAfter(line, 'GPU KV cache size: ');
  if (cache !== null) sink.reading(server, { 'engine.kvTokensMax': cache });
  const preemptions = numberAfter(line, 'total_num_cumulative_preemption=') ?? numberAfter(line, 'total_cumulative_preemption_cnt=');
  if (preemptions !== null) sink.reading(server, { 'engine.preemptions': preemptions });
  if (line.includes('raph capturing finished')) sink.fact(server, 'cudaGraphs', 'true');
  if (/odel weights took|oading weights took|Model loading took|Starting to load model/.test(line)) sink.event('loading', line, server);
  if (
    !CONFIG.test(line) &&
    !FLAGS.test(line) &&
    version === undefined &&
    banner === undefined &&
    longest === null &&
    blocks === null &&
    cache === null &&
    preemptions === null
  )
    return /oading|load model|raph capturing/.test(line);
  sink.fact(server, 'engine', 'vllm');
  return true;
}
