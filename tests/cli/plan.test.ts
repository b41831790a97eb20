import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../cli/plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'headroom-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

let out = '';
let err = '';
beforeEach(() => {
  out = '';
  err = '';
  vi.stubEnv('HEADROOM_SITE', '');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const words = (line: string) => run(line.split(' '));
const LLAMA =
  '{"model_type":"llama","hidden_size":4096,"intermediate_size":14336,"num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,"vocab_size":128256,"torch_dtype":"bfloat16"}';

describe('headroom plan', () => {
  it('says whether a server fits, its ceilings, and the least that runs it', async () => {
    expect(await words('--model meta-llama/Llama-3.1-8B --dtype bf16 --gpu A100-40 --tp 1 --batch 16 --context 4096 --mode serve')).toBe(0);
    expect(out).toContain('Serve meta-llama/Llama-3.1-8B (8.03 B) as bf16 on 1 × A100 SXM 40 GB');
    expect(out).toMatch(
      /Fits: 25\.7 GB of 38\.7 GB usable per GPU, 13\.0 GB to spare; up to 40 sequences of 4096 tokens at once\. Limited by memory bandwidth\./,
    );
    expect(out).toMatch(/decode +1054 tok\/s +[56]\d\d tok\/s – 8\d\d tok\/s +memory bandwidth/);
    expect(out).toContain('1 × A40: 25.7 GB of 43.5 GB per GPU');
    expect(err).toBe('');
  });

  it('says what is missing, and the price of going on regardless', async () => {
    expect(await words('--model llama-3.1-70b --gpu A100-40 --tp 4 --batch 16')).toBe(0);
    expect(out).toContain('Does not fit');
    expect(out).toContain('2.99 GB too much');
    expect(out).toMatch(/CPU offload: .* at most 169 tok\/s$/m);
  });

  it('gives no speed to what does not fit, in words or JSON', async () => {
    expect(await words('--model llama-3.1-70b --gpu A100-40')).toBe(0);
    expect(out).toContain('No speed is given for what does not fit.');
    expect(out).not.toMatch(/^ +(prefill|decode) /m);
    out = '';
    expect(await words('--model llama-3.1-70b --gpu A100-40 --json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ memory: { fits: false }, binding: 'capacity', prefill: null, decode: null, train: null });
    expect(out).not.toContain('tokensPerSecondWithout');
  });

  it('says beside the ceiling over how many nodes of the site it is', async () => {
    expect(await words('--model llama-3.1-70b --gpu A100-40 --tp 4 --pp 2')).toBe(0);
    expect(out).toMatch(/ceiling +expected, modelled +limited by \(over 2 nodes of Alvis\)/);
    out = '';
    expect(await words('--model llama-3.1-70b --gpu A100-80 --tp 4')).toBe(0);
    expect(out).not.toContain('(over ');
  });

  it('shows what the range assumes, and takes another program by its name', async () => {
    expect(await words('--model llama-3.1-8b --gpu A100-40')).toBe(0);
    expect(out).toMatch(/The range is modelled; it assumes\n +CUDA graphs \(vLLM/);
    out = '';
    expect(await words('--model llama-3.1-8b --gpu A100-40 --engine transformers')).toBe(0);
    expect(out).toMatch(/it assumes\n +PyTorch without graphs/);
    expect(await words('--model llama-3.1-8b --gpu A100-40 --engine abacus')).toBe(2);
    expect(err).toContain('--engine abacus is not known');
  });

  it('plans training and LoRA', async () => {
    expect(await words('--model llama-2-7b --gpu A100-80 --mode train --dp 4 --zero 3 --batch 4 --context 2048')).toBe(0);
    expect(out).toMatch(/one step/);
    expect(out).toMatch(/gradients .*→ NVLink/);
    out = '';
    expect(await words('--model llama-2-7b --gpu T4 --dtype fp16 --mode lora --quantization nf4 --context 1024 --no-flash')).toBe(0);
    expect(out).toContain('Fine-tune (LoRA) meta-llama/Llama-2-7b-hf (6.74 B) as nf4 on 1 × T4 16 GB');
  });

  it('prints the whole plan as JSON in SI units', async () => {
    expect(await words('--model llama-3.1-8b --gpu A100-40 --json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      input: { model: 'meta-llama/Llama-3.1-8B', gpu: 'A100-40', site: 'Alvis', type: 'bf16', quantization: null },
      model: { parameters: 8030261248 },
      memory: { fits: true },
      binding: 'memory',
      compute: { math: 'bf16', peak: 312e12 },
      placement: { node: 'A100', nodes: 1 },
      currency: null,
      train: null,
    });
    expect(out).not.toContain('"ok"');
  });

  it('takes the quantisation from a model name, an option or --dtype, and none as none', async () => {
    const quantization = async (line: string) => {
      out = '';
      expect(await words(`${line} --gpu A100-40 --json`)).toBe(0);
      const parsed = JSON.parse(out) as { input: { quantization: string | null } };
      return parsed.input.quantization;
    };
    expect(await quantization('--model TheBloke/Llama-2-7B-AWQ')).toBe('awq');
    expect(await quantization('--model llama-2-7b --quantization Q4_K_M')).toBe('q4_k_m');
    expect(await quantization('--model llama-2-7b --dtype int8')).toBe('int8');
    expect(await quantization('--model gpt-oss-20b')).toBe('mxfp4');
    expect(await quantization('--model gpt-oss-20b --quantization none')).toBeNull();
  });

  it('reads a config.json and a site file', async () => {
    const site = file(
      'site.json',
      JSON.stringify({
        name: 'Here',
        currency: 'EUR',
        nodeTypes: [
          { id: 'big', gpu: 'H100-80', gpusPerNode: 4, cores: 64, hostMemoryGB: [512], networks: [{ kind: 'infiniband', gbit: 400 }], pricePerGpuHour: 2.5 },
        ],
      }),
    );
    expect(await run(['--config', file('config.json', LLAMA), '--gpu', 'H100', '--site', site])).toBe(0);
    expect(out).toContain('(8.03 B) as bf16 on 1 × H100 SXM 80 GB');
    expect(out).not.toContain('Gbit');
    out = '';
    expect(await run(['--model', 'llama-3.1-70b', '--gpu', 'H100', '--tp', '4', '--site', site])).toBe(0);
    expect(out).toMatch(/tensor parallel .*→ NVLink .* · PCIe .* · InfiniBand 400 Gbit /);
    expect(out).not.toContain('Ethernet');
    out = '';
    expect(await run(['--config', file('config.json', LLAMA), '--gpu', 'H100', '--site', site])).toBe(0);
    expect(out).toContain('Smallest on Here\n  1 × big: 17.6 GB of 77.0 GB per GPU, 2.5 EUR per hour');
  });

  it('takes the links between GPUs from what nvidia-smi topo -m printed', async () => {
    const matrix = ['\tGPU0\tGPU1\tGPU2\tGPU3\tCPU Affinity', 'GPU0\t X \tSYS\tNV4\tSYS\t0-31', 'GPU1\tSYS\t X \tSYS\tNV4\t0-31'];
    const rest = ['GPU2\tNV4\tSYS\t X \tSYS\t32-63', 'GPU3\tSYS\tNV4\tSYS\t X \t32-63', '', 'Legend:'];
    const topo = file('topo.txt', [...matrix, ...rest].join('\n'));
    const question = '--model llama-3-70b --quantization awq --gpu A40 --tp 2 --pp 2';
    expect(await words(`${question} --topo ${topo}`)).toBe(0);
    expect(out).toContain('tensor 2 over NVLink (NV4) · pipeline 2 over PCIe (SYS)');
    expect(out).toContain('joined best: 0, 2 | 1, 3 (CUDA_VISIBLE_DEVICES=0,2,1,3).');
    out = '';
    expect(await words(`${question} --topo ${topo} --json`)).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      placement: {
        chosen: [
          [0, 2],
          [1, 3],
        ],
        tensor: { via: 'NV4', rate: 56.25e9 },
      },
    });
    expect(await words(`${question} --topo ${file('none.txt', 'no GPUs here')}`)).toBe(2);
    expect(err).toContain('no matrix of GPUs is in it; give what "nvidia-smi topo -m" prints');
  });

  it("takes the site of the server's configuration when none is given", async () => {
    vi.stubEnv('HEADROOM_SITE', join(folder, 'no-such.json'));
    expect(await words('--model llama-2-7b --gpu A40')).toBe(2);
    expect(err).toContain('no-such.json');
  });

  it('lists the models and explains itself', async () => {
    expect(await words('--list')).toBe(0);
    expect(out).toContain('meta-llama/Llama-3.1-8B ');
    expect(await words('--help')).toBe(0);
    expect(out).toContain('Usage: headroom plan');
  });

  const refused: readonly [string, RegExp][] = [
    ['--gpu A40', /--model is missing.*--config/],
    ['--model my-model --gpu A40', /--model my-model is not known by name: give its Hugging Face config.json/],
    ['--model llama-2-7b', /--gpu is missing; one of A100-40/],
    ['--model llama-2-7b --gpu RTX4060', /--gpu RTX4060 is not known; one of A100-40/],
    ['--model llama-2-7b --gpu A40 --tp 0', /--tp 0: a whole number above 0/],
    ['--model llama-2-7b --gpu A40 --batch 1e3', /--batch 1e3: a whole number/],
    ['--model llama-2-7b --gpu A40 --tp 3', /cannot be split over 3 GPUs/],
    ['--model llama-2-7b --gpu A40 --mode play', /serve, train or lora/],
    ['--model llama-2-7b --gpu A40 --dtype q9', /--dtype q9 is not known/],
    ['--model llama-2-7b --gpu A40 --quantization q9', /--quantization q9 is not known; none, awq/],
    ['--model llama-2-7b --gpu A40 --utilization 90', /--utilization 90: a fraction/],
    ['--model llama-2-7b --gpu A40 --kv-dtype int3', /--kv-dtype int3 is not known/],
    ['--model llama-2-7b --gpu A40 --mode train --optimizer lion', /--optimizer lion is not known; one of adamw/],
    ['--model llama-2-7b --gpu A40 --mode train --zero 4', /--zero 4: 0 \(nothing split\)/],
    ['--model llama-2-7b --gpu A40 --mode train --quantization nf4', /use LoRA/],
    ['--model llama-2-7b --gpu A40 --colour red', /--colour/],
    ['--config /no/such/file --gpu A40', /--config \/no\/such\/file: ENOENT/],
    ['llama-2-7b', /llama-2-7b/],
  ];
  it.each(refused)('%s: exit 2 with the remedy', async (line, message) => {
    expect(await words(line)).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
  });

  it('names the fault of a file that is no config and no site', async () => {
    expect(await run(['--gpu', 'A40', '--config', file('bad.json', '{')])).toBe(2);
    expect(err).toContain('is not JSON');
    err = '';
    expect(await run(['--gpu', 'A40', '--config', file('bert.json', '{"model_type":"bert"}')])).toBe(2);
    expect(err).toContain('"bert" is not a decoder-only language model');
    err = '';
    expect(await run(['--model', 'llama-2-7b', '--gpu', 'A40', '--site', file('site-bad.json', '{"name":"x","nodeTypes":[]}')])).toBe(2);
    expect(err).toContain('/nodeTypes');
  });
});
