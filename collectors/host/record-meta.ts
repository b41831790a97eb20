import { type FactName, own } from '../../core/readings/index.ts';
import { type Collector, hostOf, UNNAMED } from '../collector/index.ts';
import { lineSession, output } from '../text/index.ts';

/** Lines that say something of the node; the others are about the recording itself. */
const FACTS: Readonly<Record<string, FactName>> = { node: 'hostname', kernel: 'kernel' };
const KNOWN: ReadonlySet<string> = new Set(['recorder', 'node', 'start', 'interval', 'tz', 'kernel', 'job', 'gpus', 'cuda_visible', 'end', 'samples']);

/** `meta.txt` of headroom-record: `name=value` lines about the recording. It has facts, no readings. */
export const recordMeta: Collector = {
  id: 'record-meta',
  title: 'headroom-record meta.txt',
  entities: ['host'],
  sniff: (head) => (head.startsWith('recorder=') ? 1 : 0),
  open(context) {
    const out = output('utc');
    let node = context.node ?? UNNAMED;
    return lineSession(out, {
      line(text, number) {
        if (text.trim() === '') return;
        const at = text.indexOf('=');
        const name = text.slice(0, Math.max(0, at));
        const value = text.slice(at + 1);
        if (!KNOWN.has(name)) return out.reject(number, 'expected a line such as "node=NAME"', text);
        if (name === 'node' && context.node === undefined) node = value;
        const fact = own(FACTS, name);
        if (fact !== undefined && value !== '') out.fact(hostOf(node), fact, value);
      },
    });
  },
};
