import type { StatementFigure } from '../../core/readings/index.ts';
import { figure, numberOf, percent, resultCollector, type ResultReader } from './kit/index.ts';

const HEADER = /^NAME\s+ID\s+SIZE\s+PROCESSOR\s+(?:CONTEXT\s+)?UNTIL\s*$/;
const MOST = 50;

/** `ollama ps`: which models are loaded, and how much of each is on the GPU. One look. */
export const ollamaPs = resultCollector({
  id: 'ollama-ps',
  title: 'ollama ps',
  sniff: (head) => (head.split('\n', 200).some((line) => HEADER.test(line.slice(0, 300))) ? 0.9 : 0),
  open: openOllamaPs,
});

function openOllamaPs(): ResultReader {
  let open = false;
  const says: string[] = [];
  const figures: StatementFigure[] = [];
  return {
    line(text) {
      if (HEADER.test(text)) open = true;
      else if (open && says.length < MOST) row(text);
    },
    statements: () =>
      open
        ? [
            {
              tool: 'ollama ps’ output: the models that are loaded',
              says: says.length === 0 ? ['No model is loaded.'] : says,
              figures,
              instead:
                '“ollama run --verbose” says how fast a model answers; record “nvidia-smi dmon -s pucvmet -o T > dmon.txt” while it does, and diagnose that.',
            },
          ]
        : [],
  };

  function row(text: string): void {
    const cells = text.trim().split(/ {2,}|\t/);
    const [name = '', , size = '', processor = ''] = cells;
    const share = onGpu(processor);
    if (share === null) return;
    const slow = share < 1 ? ' The layers on the CPU set its pace: a smaller quantisation or a shorter context may fit as a whole.' : '';
    says.push(`${name.slice(0, 100)} (${size.slice(0, 20)}): ${percent(share)} on the GPU.${slow}`);
    figures.push(...figure(`onGpu.${name.slice(0, 100)}`, share, 'ratio'));
  }
}

/** `100% GPU`, `100% CPU`, `48%/52% CPU/GPU` as the share on the GPU; null for any other text. */
function onGpu(text: string): number | null {
  const [, first = '', second, where = ''] = /^(\d{1,3})%(?:\/(\d{1,3})%)? (GPU|CPU|CPU\/GPU)$/.exec(text.trim()) ?? [];
  const value = numberOf(where === 'CPU/GPU' ? (second ?? '') : first);
  if (value === null) return null;
  return where === 'CPU' ? 1 - value / 100 : value / 100;
}
