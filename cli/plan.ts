import { parseArgs } from 'node:util';
import { MODELS } from '../core/knowledge/index.ts';
import { plan } from '../core/planner/index.ts';
import { planJson } from './plan/json.ts';
import { type Given, OptionError, OPTIONS, questionFrom } from './plan/options.ts';
import { planReport } from './plan/report.ts';
import { painter } from './terminal/style.ts';

const HELP = `Usage: headroom plan --model NAME --gpu ID [options]

Says whether a job fits, how fast it can be, what limits it, and the least that runs it.

  --model NAME         e.g. meta-llama/Llama-3.1-8B, a path or a served name; --list shows those known by name
  --config FILE        a Hugging Face config.json instead
  --gpu ID             A100-40, A40, T4, H100-80, H100-NVL, L40S, RTX-4090 …, or what nvidia-smi prints
  --engine NAME        graphs (vLLM and kin; default), llama.cpp (default for GGUF) or eager (Transformers)
  --mode MODE          serve (default), train or lora
  --dtype NAME         bf16, fp16, fp32, tf32 (default: the model's own)
  --quantization NAME  awq, gptq-int4, int8, w8a8, fp8, nf4, q4_k_m … or none
  --tp N  --pp N  --dp N   tensor, pipeline and data parallelism (default 1)
  --batch N            requests at once, or sequences per replica and step (default 1)
  --context N          tokens per sequence (default 4096)
  --topo FILE          what "nvidia-smi topo -m" prints on the machine: which GPUs NVLink joins
  --site FILE          another cluster's headroom.site.json (default: $HEADROOM_SITE, or Alvis)
  --json               the whole plan for programs

Serving:   --utilization 0.9 (fraction of GPU memory; llama.cpp and eager keep nothing back)  --kv-dtype fp16|fp8  --chunk 2048 (tokens per prefill step)
           --cache-per-head (engines before 2024: query heads of a group do not share what they read of the cache)
Training:  --optimizer adamw|adamw-16bit-grads|adamw-8bit|adamw-fp32  --zero 0|1|2|3  --micro-batch 1  --lora-rank 16
           --no-flash  --no-checkpointing  --tf32

Exit code: 0 with a plan (also one that does not fit), 2 when the question cannot be answered.
`;

/** `headroom plan`: a what-if question in, a plan out; no server. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = optionsFrom(argv);
    if (given.help === true) return print(HELP);
    if (given.list === true) return print(modelList());
    const result = plan(await questionFrom(given));
    if (!result.ok) throw new OptionError(result.errors.join('\n'));
    const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    return print(given.json === true ? `${JSON.stringify(planJson(result), null, 2)}\n` : planReport(result, painter(colours)));
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`headroom plan: ${error.message}\n`);
    return 2;
  }
}

function optionsFrom(argv: string[]): Given {
  try {
    const { values } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: false, strict: true });
    return values;
  } catch (error) {
    throw new OptionError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function modelList(): string {
  const width = Math.max(...MODELS.map((model) => model.id.length));
  return MODELS.map((model) => `${model.id.padEnd(width)}  ${(model.parameters / 1e9).toFixed(1).padStart(6)} B  ${model.family}\n`).join('');
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
