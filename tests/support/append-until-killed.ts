// A process of its own for the crash test: appends batches as fast as they are acknowledged and prints each acknowledgement.
import { writeSync } from 'node:fs';
import { intakeFromBatch } from '../../core/readings/index.ts';
import { openStore } from '../../server/store/index.ts';
import { crashBatch } from './crash-batch.ts';

const [folder, from] = process.argv.slice(2);
if (folder === undefined || from === undefined) throw new Error('usage: append-until-killed.ts FOLDER FIRST-SEQ');
const say = (text: string): void => {
  writeSync(1, `${text}\n`);
};
const store = await openStore({ folder, rawDays: 36_500, rollupDays: 36_500, log: { info: say, warn: say, error: say } });
say('open');
const lane = async (first: number): Promise<void> => {
  for (let seq = first; ; seq += 8) {
    await store.series.append(intakeFromBatch(crashBatch(seq)));
    say(`stored ${seq}`);
    // Sealing and merging run while batches come in, as they do in service.
    if (seq % 50 === 0)
      void store.series.maintain(Date.now() / 1000 + 7200).then(() => {
        say('maintained');
      });
  }
};
await Promise.all(Array.from({ length: 8 }, (_, index) => lane(Number(from) + index)));
