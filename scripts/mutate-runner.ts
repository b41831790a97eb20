// One worker of scripts/mutate.ts: runs tests in a copy of the tree (its working folder), again and again. What is loaded stays
// loaded, but for the file that was changed.
import { resolve } from 'node:path';
import { createVitest } from 'vitest/node';

/** The file that changed since the run before, and the tests to run: paths in the working folder. */
export interface Order {
  readonly changed: string;
  readonly tests: readonly string[];
}

const vitest = await createVitest('test', {
  watch: false,
  project: ['unit'],
  bail: 1,
  // Importing takes longer than testing.
  isolate: false,
  maxWorkers: 1,
  reporters: [{}],
});
await vitest.standalone();

let before = 'package.json';
process.on('message', ({ changed, tests }: Order) => {
  void (async () => {
    // The file of the order before is whole again.
    for (const file of [before, changed]) vitest.invalidateFile(resolve(file));
    before = changed;
    const files = await vitest.globTestSpecifications([...tests]);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(files);
    // Modules of earlier runs are in the answer, too.
    const asked = new Set(files.map(({ moduleId }) => moduleId));
    const ran = testModules.filter(({ moduleId }) => asked.has(moduleId));
    const passed = ran.length === asked.size && unhandledErrors.length === 0 && ran.every((module) => module.ok());
    process.send?.(passed);
  })();
});
process.send?.('ready');
