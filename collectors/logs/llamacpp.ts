import { numberAfter } from './fields.ts';
import type { LogReader, LogSink } from './reader.ts';
import { present } from '../text/index.ts';

const PROMPT = /prompt eval time =\s{0,8}([\d.]+) ms \/\s{0,8}(\d+) (?:tokens|runs)/;
const EVAL = /(?:^|[^t]) eval time =\s{0,8}([\d.]+) ms \/\s{0,8}(\d+) (?:tokens|runs)/;
/** What newer servers print of each slot every 3 s: `slot print_timing: id  3 | task 0 | n_decoded =   1081, tg =  12.93 t/s, tg_3s =  12.57 t/s`. */
const PROGRESS = /\bid {1,4}(\d{1,6}) \| task -?\d{1,12} \| n_(?:decoded|gen) = /;
const RELEASED = /\bslot {1,8}release: id {1,4}(\d{1,6}) \|/;
/** `load_tensors:   CPU_Mapped model buffer size =  3847.21 MiB`; of Ollama's own engine `msg="model weights" device=CPU size="3.7 GiB"`. */
const BUFFER =
  /\b([A-Za-z]\w{1,40}) model buffer size = {1,8}([\d.]+) (MiB|GiB)|msg="model weights" (?:device|buffer)="?([A-Za-z]\w{1,40})"? size="([\d.]+) (MiB|GiB)"/;
const LAYERS = /\boffloaded (\d{1,5}\/\d{1,5}) layers to GPU/;
const UNITS: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30 };

/**
 * llama.cpp's timings, printed once per request (server) or run (cli): two lines, the prompt's and the generation's. They are speeds
 * while the request was at work, not averages over the time between two lines. Newer servers print each slot's speed meanwhile, too.
 */
export const llamacppLog: LogReader = {
  id: 'llamacpp',
  hint: /eval time =|n_(?:decoded|gen) = |slot {1,8}release|general\.name|file type {1,40}=|model ftype {1,40}=|n_ctx {1,40}=|llama_model_loader: loaded meta data|offloaded \d+\/\d+ layers|model buffer size =|msg="model weights"/,
  sign: /eval time =\s{0,8}[\d.]+ ms \/|n_(?:decoded|gen) = {1,8}\d+, tg = |llama_model_loader: |llm_load_print_meta: |llama_(?:new_)?context/,
  open: openLlamacpp,
};

function openLlamacpp(sink: LogSink): (line: string) => boolean {
  const server = sink.entity('llamacpp');
  const slots = openSlots();
  const weights = openWeights(sink);
  let promptRate: number | null = null;

  return (line) => {
    const prompt = PROMPT.exec(line);
    if (prompt !== null) {
      promptRate = perSecond(prompt);
      return true;
    }
    const generation = EVAL.exec(line);
    if (generation !== null) {
      // One of several requests at once is not the server's speed, which the slots' lines have told.
      const rate = slots.several() ? null : perSecond(generation);
      sink.reading(server, present({ 'engine.promptRate': promptRate, 'engine.generationRate': rate }));
      sink.fact(server, 'engine', 'llamacpp');
      promptRate = null;
      return true;
    }
    const slot = PROGRESS.exec(line)?.[1];
    if (slot !== undefined) {
      const rate = numberAfter(line, 'tg_3s =') ?? numberAfter(line, 'tg =');
      if (rate === null) return false;
      sink.reading(server, { 'engine.generationRate': slots.told(slot, rate), 'engine.running': slots.count() });
      sink.fact(server, 'engine', 'llamacpp');
      return true;
    }
    const released = RELEASED.exec(line)?.[1];
    if (released !== undefined) {
      slots.released(released);
      return true;
    }
    return weights(line) || facts(line, sink);
  };
}

/** The slots at work: each tells its own speed, one after the other. */
function openSlots() {
  const rates = new Map<string, number>(); // in the order of their last lines
  return {
    /** The sum over the slots that spoke since this one's line before. */
    told(slot: string, rate: number): number {
      for (const other of rates.has(slot) ? [...rates.keys()] : []) {
        rates.delete(other);
        if (other === slot) break;
      }
      rates.set(slot, rate);
      return [...rates.values()].reduce((sum, one) => sum + one, 0);
    },
    released(slot: string): void {
      rates.delete(slot);
    },
    count: () => rates.size,
    several: () => rates.size > 1,
  };
}

function perSecond([, milliseconds = '', tokens = '']: RegExpExecArray): number | null {
  const seconds = Number.parseFloat(milliseconds) / 1000;
  return seconds > 0 ? Number.parseFloat(tokens) / seconds : null;
}

/** How much of the model lies on the GPU and how much in the host's memory. A model that is loaded anew begins anew. */
function openWeights(sink: LogSink): (line: string) => boolean {
  let bytes = { gpu: 0, host: 0 };

  return (line) => {
    const server = sink.entity('llamacpp');
    const layers = LAYERS.exec(line)?.[1];
    if (layers !== undefined) {
      bytes = { gpu: 0, host: 0 };
      sink.fact(server, 'gpuLayers', layers);
      return true;
    }
    const [, device = '', size = '', unit = '', otherDevice = '', otherSize = '', otherUnit = ''] = BUFFER.exec(line) ?? [];
    const where = device === '' ? otherDevice : device;
    const amount = Number.parseFloat(size === '' ? otherSize : size) * (UNITS[unit === '' ? otherUnit : unit] ?? Number.NaN);
    if (where === '' || !(amount >= 0)) return false;
    // CPU, CPU_Mapped, CPU_REPACK, CUDA_Host; a disk's or another machine's (RPC) is neither.
    if (/^CPU|_Host$/i.test(where)) bytes.host += amount;
    else if (/^(?:CUDA|ROCm|HIP|Vulkan|Metal|SYCL|MUSA)/i.test(where)) bytes.gpu += amount;
    else return true;
    if (bytes.gpu > 0) sink.fact(server, 'gpuWeights', String(Math.round(bytes.gpu)));
    if (bytes.host > 0) sink.fact(server, 'hostWeights', String(Math.round(bytes.host)));
    return true;
  };
}

function facts(line: string, sink: LogSink): boolean {
  const server = sink.entity('llamacpp');
  const name = after(line, /general\.name(?: {1,4}str)? {1,40}= /);
  if (name !== undefined && name !== '') sink.fact(server, 'model', name);
  const type = /(?:file type|model ftype) {1,40}= (\S+(?: - \w+)?)/.exec(line)?.[1];
  if (type !== undefined) sink.fact(server, 'quantization', type);
  const context = /\bn_ctx {1,40}= {0,8}(\d+)/.exec(line)?.[1];
  if (context !== undefined) sink.fact(server, 'maxModelLen', context);
  const loaded = line.includes('loaded meta data');
  if (loaded) sink.event('loading', line, server);
  return name !== undefined || type !== undefined || context !== undefined || loaded;
}

function after(line: string, label: RegExp): string | undefined {
  const match = label.exec(line);
  return match === null ? undefined : line.slice(match.index + match[0].length).trim();
}
