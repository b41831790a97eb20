// Past the door of collectors/proc: single fields of the kernel’s lines.
import { describe, expect, it } from 'vitest';
import { llmProcess } from '../../../collectors/command-line/index.ts';
import { processUsage, threadGauges } from '../../../collectors/proc/index.ts';
import { parseCmdline, parsePidIo, parsePidStat, parseUid, type PidStat } from '../../../collectors/proc/pid.ts';

const stat = (cpu: number, started = 700): PidStat => ({ pid: 41, comm: 'python', parent: 1, cpu, threads: 12, started, rss: 4096 });

describe('/proc/<pid>', () => {
  it('a name with blanks and brackets does not shift the columns', () => {
    const line = '41 (tmux: (srv) 1) S 7 41 41 0 -1 4194304 100 0 3 0 150 50 0 0 20 0 12 0 700 1000000 25 18446744073709551615 1 1';
    expect(parsePidStat(line)).toEqual({ pid: 41, comm: 'tmux: (srv) 1', parent: 7, cpu: 2, threads: 12, started: 700, rss: 102400 });
  });

  it('a stat line cut anywhere is absent or whole, never another number', () => {
    const line = '41 (python) S 7 41 41 0 -1 4194304 100 0 3 0 150 50 0 0 20 0 12 0 700 1000000 25 1844674';
    for (let cut = 0; cut < line.indexOf(' 25 '); cut += 1) expect(parsePidStat(line.slice(0, cut))).toBeNull();
  });

  it('io counters are bytes; a file that may not be read is absent', () => {
    expect(parsePidIo('rchar: 10\nwchar: 20\nsyscr: 1\nsyscw: 2\nread_bytes: 4096\nwrite_bytes: 0\ncancelled_write_bytes: 0\n')).toEqual({
      readChars: 10,
      writeChars: 20,
      readBytes: 4096,
      writeBytes: 0,
    });
    expect(parsePidIo('')).toEqual({ readChars: null, writeChars: null, readBytes: null, writeBytes: null });
  });

  it('arguments end with NUL; a kernel thread has none', () => {
    expect(parseCmdline('python\0-c\0print( 1 )\0\0')).toEqual(['python', '-c', 'print( 1 )']);
    expect(parseCmdline('')).toEqual([]);
  });

  it('the owner is the real user id', () => {
    expect(parseUid('Name:\tx\nUid:\t1000\t1000\t1000\t1000\n')).toBe(1000);
  });
});

describe('what a process used', () => {
  it('CPU is absent in the first sample', () => {
    expect(processUsage({ at: 100, stat: stat(50) }).values).toEqual({ 'process.threads': 12, 'process.rss': 4096 });
  });

  it('CPU is in cores over the time between two samples', () => {
    const usage = processUsage({ at: 110, stat: stat(75) }, { at: 100, stat: stat(50) });
    expect(usage.values['process.cpu']).toBe(2.5);
  });

  it('a pid that went to another process meanwhile has no CPU', () => {
    const usage = processUsage({ at: 110, stat: stat(75, 900) }, { at: 100, stat: stat(50, 700) });
    expect(usage.values['process.cpu']).toBeUndefined();
  });

  it('the hottest thread shows although the process is at 6 % of 16 cores; hot begins at exactly 0.9', () => {
    const before = {
      at: 100,
      stat: stat(50),
      threads: new Map([
        [41, 10],
        [42, 20],
        [43, 5],
      ]),
    };
    const usage = processUsage(
      {
        at: 110,
        stat: stat(60),
        threads: new Map([
          [41, 19.5],
          [42, 29],
          [43, 5.1],
          [44, 3],
        ]),
      },
      before,
    );
    expect(usage.values['process.maxThread']).toBe(0.95);
    expect(threadGauges([usage])).toEqual({ 'host.cpuMaxThread': 0.95, 'host.hotThreads': 2 });
  });

  it('threads that nobody read are absent, not zero', () => {
    expect(threadGauges([processUsage({ at: 110, stat: stat(60) }, { at: 100, stat: stat(50) })])).toEqual({});
  });
});

describe('what a command line says of the workload', () => {
  it.each([
    [
      'vllm serve meta-llama/Llama-3.1-8B --tensor-parallel-size 2 --dtype=bfloat16 --max-num-seqs 64',
      [
        ['engine', 'vllm'],
        ['model', 'meta-llama/Llama-3.1-8B'],
        ['dtype', 'bfloat16'],
        ['tensorParallel', '2'],
        ['maxNumSeqs', '64'],
      ],
    ],
    [
      'python3 -m vllm.entrypoints.openai.api_server --model facebook/opt-1.3b --gpu-memory-utilization 0.9',
      [
        ['engine', 'vllm'],
        ['model', 'facebook/opt-1.3b'],
        ['gpuMemoryUtilization', '0.9'],
      ],
    ],
    ['VLLM::EngineCore_DP0', [['engine', 'vllm']]],
    [
      'python -m sglang.launch_server --model-path qwen --tp 4',
      [
        ['engine', 'sglang'],
        ['model', 'qwen'],
        ['tensorParallel', '4'],
      ],
    ],
    [
      '/opt/llama-server -m /m/llama-8b.gguf --ctx-size 4096 -np 8',
      [
        ['engine', 'llama.cpp'],
        ['model', '/m/llama-8b.gguf'],
        ['maxNumSeqs', '8'],
        ['maxModelLen', '4096'],
      ],
    ],
    [
      'text-generation-launcher --model-id bigscience/bloom --num-shard 8',
      [
        ['engine', 'tgi'],
        ['model', 'bigscience/bloom'],
        ['tensorParallel', '8'],
      ],
    ],
    [
      'torchrun --nproc_per_node 4 pretrain_gpt.py --tensor-model-parallel-size 2',
      [
        ['trainer', 'megatron'],
        ['tensorParallel', '2'],
      ],
    ],
    [
      'accelerate launch run.py --model_name_or_path m',
      [
        ['trainer', 'accelerate'],
        ['model', 'm'],
      ],
    ],
    [
      'python finetune_lora.py --base_model m',
      [
        ['trainer', 'script'],
        ['model', 'm'],
      ],
    ],
  ])('%s', (line, facts) => {
    expect(llmProcess(line.split(' '))?.facts.map((fact) => [fact.name, fact.value])).toEqual(facts);
  });

  it.each(['bash', 'python -m http.server', 'vim train.py', 'sshd: user', 'python constraints.txt'])('%s is no LLM workload', (line) => {
    expect(llmProcess(line.split(' '))).toBeNull();
  });
});
