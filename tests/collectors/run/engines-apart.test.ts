import { describe, expect, it } from 'vitest';
import { diagnosing } from '../../../collectors/run/index.ts';

/** A page of vLLM's metrics every 5 s from `start`, seconds UTC; `rate` tokens a second. */
function pages(start: number, rate: number, labels = 'model_name="m"', count = 12): string {
  return Array.from({ length: count }, (_, i) => {
    const at = (start + 5 * i) * 1000;
    return `# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total{${labels}} ${1000 + 5 * i * rate} ${at}\n# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{${labels}} 4 ${at}\n`;
  }).join('');
}

function told(files: Readonly<Record<string, string>>) {
  const work = diagnosing({ tz: 'UTC' });
  for (const [name, text] of Object.entries(files)) {
    const source = work.open(name);
    source.feed(text);
    source.end();
  }
  const { run } = work.finish({});
  return { engines: run.tables.filter(({ entity }) => entity.kind === 'engine').map(({ entity }) => entity.id) };
}
const T = 1_760_000_000;

describe('engines of several files', () => {
  it('are several where they tell of the same time and not the same, however their clocks differ', () => {
    expect(told({ 'a.prom': pages(T, 100), 'b.prom': pages(T + 1, 300), 'c.prom': pages(T, 50) }).engines).toEqual(['vllm@?', 'vllm@b.prom', 'vllm@c.prom']);
  });
  it('are one where a file was given twice: what is equal counts once', () => {
    expect(told({ 'a.prom': pages(T, 100), 'copy/a.prom': pages(T, 100) }).engines).toEqual(['vllm@?']);
  });
  it('are one where a file was cut: what follows is the same engine', () => {
    expect(told({ 'first.prom': pages(T, 100), 'second.prom': pages(T + 60, 100) }).engines).toEqual(['vllm@?']);
  });
  it('are several where they follow one another with models of their own', () => {
    expect(told({ 'a.prom': pages(T, 100), 'b.prom': pages(T + 60, 100, 'model_name="other"') }).engines).toHaveLength(2);
  });
});

describe('engines of one page', () => {
  it('are told apart by rank, replica, pod and model', () => {
    const ranks = pages(T, 100, 'engine="0",model_name="m"') + pages(T, 100, 'engine="1",model_name="m"');
    expect(told({ 'p.prom': ranks }).engines.sort()).toEqual(['vllm@?', 'vllm@?;engine=1']);
    const models = pages(T, 100, 'model_name="a"') + pages(T, 100, 'model_name="b"');
    expect(told({ 'p.prom': models }).engines.sort()).toEqual(['vllm@?', 'vllm@?;model_name=b']);
  });
  it('are told apart by instance, and by pod where no instance is kept', () => {
    const pods = pages(T, 100, 'pod="a"') + pages(T, 100, 'pod="b"');
    expect(told({ 'p.prom': pods }).engines.sort()).toEqual(['vllm@a', 'vllm@b']);
  });
});
