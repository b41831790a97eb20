import { numberAfter } from './fields.ts';
import type { LogReader, LogSink } from './reader.ts';
import { present } from '../text/index.ts';

const PROMPT = /prompt eval time =\s*([\d.]+) ms \/\s*(\d+) (?:tokens|runs)/;
const EVAL = /(?:^|[^t]) +eval time =\s*([\d.]+) ms \/\s*(\d+) (?:tokens|runs)/;

/**
 * llama.cpp's timings, printed once per request (server) or run (cli): two lines, the prompt's and the generation's. They are speeds
 * while the request was at work, not averages over the time between two lines.
 */
export const llamacppLog: LogReader = {
  id: 'llamacpp',
  hint: /eval time =|general\.name|file type\s+=|model ftype\s+=|n_ctx\s+=|llama_model_loader: loaded meta data|offloaded \d+\/\d+ layers/,
  sign: /eval time =\s*[\d.]+ ms \/|llama_model_loader: |llm_load_print_meta: |llama_(?:new_)?context/,
  open: openLlamacpp,
};

function openLlamacpp(sink: LogSink): (line: string) => boolean {
  const server = sink.entity('llamacpp');
  let promptRate: number | null = null;

  return (line) => {
    const prompt = PROMPT.exec(line);
    if (prompt !== null) {
      promptRate = perSecond(prompt);
      return true;
    }
    const generation = EVAL.exec(line);
    if (generation !== null) {
      sink.reading(server, present({ 'engine.promptRate': promptRate, 'engine.generationRate': perSecond(generation) }));
      sink.fact(server, 'engine', 'llamacpp');
      promptRate = null;
      return true;
    }
    return facts(line, sink);
  };
}

function perSecond([, milliseconds = '', tokens = '']: RegExpExecArray): number | null {
  const seconds = Number.parseFloat(milliseconds) / 1000;
  return seconds > 0 ? Number.parseFloat(tokens) / seconds : null;
}

function facts(line: string, sink: LogSink): boolean {
  const server = sink.entity('llamacpp');
  const name = /general\.name(?:\s+str)?\s+=\s+(.+?)\s*$/.exec(line)?.[1];
  if (name !== undefined) sink.fact(server, 'model', name);
  const type = /(?:file type|model ftype)\s+=\s+(\S+(?: - \w+)?)/.exec(line)?.[1];
  if (type !== undefined) sink.fact(server, 'quantization', type);
  const context = /\bn_ctx\s+=\s*(\d+)/.exec(line)?.[1];
  if (context !== undefined) sink.fact(server, 'maxModelLen', context);
  if (line.includes('loaded meta data')) sink.event('loading', line, server);
  return numberAfter(line, 'offloaded ') !== null || name !== undefined || type !== undefined || context !== undefined || line.includes('loaded meta data');
}
