import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { nvidiaSmiLog } from '../../../collectors/nvidia-smi/index.ts';

const ESC = '\u001b';
const TABLE = [
  'Every 5.0s: nvidia-smi',
  '',
  'Tue Mar  4 10:00:00 2025',
  '+-----------------------------------------------------------------------------+',
  '| NVIDIA-SMI 470.57.02    Driver Version: 470.57.02    CUDA Version: 11.4     |',
  '|-------------------------------+----------------------+----------------------+',
  '|   0  Tesla T4            Off  | 00000000:3B:00.0 Off |                    0 |',
  '| N/A   61C    P0    65W /  70W |   1024MiB / 15109MiB |     97%      Default |',
  '|                               |                      |                  N/A |',
  '+-------------------------------+----------------------+----------------------+',
].join('\r\n');
const at = (row: number, column: number, text: string) => `${ESC}[${row};${column}H${text}`;
/** The second of the stamp, the draw and the utilisation, as watch sends what changed. */
const change = (second: string, watts: string, percent: string) => at(3, 18, second) + at(8, 22, watts) + at(8, 62, percent);
const stream = `Script started on 2025-03-04 10:00:00 [COLUMNS="100" LINES="30"]\n${ESC}[?1049h${ESC}[H${ESC}[2J${TABLE}${change('05', '70', '98')}${change('10', '33', ' 4')}${ESC}[?1049l`;
const seen = (text: string, pieces = text.length) => {
  const session = nvidiaSmiLog.open({});
  const batches = [];
  for (let from = 0; from < text.length; from += pieces) batches.push(session.feed(text.slice(from, from + pieces)));
  batches.push(session.end());
  return batches.flatMap(({ readings }) => readings).map((reading) => [reading.at - 1741082400, reading.values['gpu.util'], reading.values['gpu.power']]);
};

describe('what a program drew on a terminal', () => {
  it('is read screen by screen, also where only the changed cells were sent', () => {
    expect(seen(stream)).toEqual([
      [0, 0.97, 65],
      [5, 0.98, 70],
      [10, 0.04, 33],
    ]);
  });

  it.each([1, 7, 64])('is read alike in pieces of %i characters', (pieces) => {
    expect(seen(stream, pieces)).toEqual(seen(stream));
  });

  it('cut off shows the screens that were whole', () => {
    expect(seen(stream.slice(0, stream.lastIndexOf(`${ESC}[8;22H`)))).toEqual([
      [0, 0.97, 65],
      [5, 0.98, 70],
    ]);
  });

  it('with colours alone, or one clearing of the terminal, stays a text of lines', () => {
    const lines = `${ESC}[H${ESC}[2J${ESC}[1mjob${ESC}[0m\n${'step\n'.repeat(400)}${TABLE.replaceAll('\r', '')}\n${'step\n'.repeat(400)}`;
    expect(seen(lines)).toEqual([[0, 0.97, 65]]);
    expect(parseAll(nvidiaSmiLog, lines).rejected).toEqual([]);
  });
});
