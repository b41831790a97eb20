import type fc from 'fast-check';
import { type Target, target } from './fuzz.ts';
import { QUESTIONS, type Served, served } from './service.ts';

/** What a target asks of the running service. */
interface Asking<T> {
  readonly inputs: fc.Arbitrary<T>;
  /** Throws where something does not hold of an input. */
  readonly tried: (input: T) => Promise<void>;
  /** Looks at the others, between inputs and at the end: `stillWell` where nothing is said. */
  readonly look?: () => Promise<void>;
  readonly close?: () => void;
}

/** Inputs and what has to hold of each. */
export function asking<T>(inputs: fc.Arbitrary<T>, tried: (input: T) => Promise<void>, around: Pick<Asking<T>, 'look' | 'close'> = {}): Asking<T> {
  return { inputs, tried, ...around };
}

/** A target that sends its inputs to the running service, and looks after every `burst` of them, and after the last, whether others are served as before. */
export function servedTarget<T>(
  name: string,
  { share, burst }: { readonly share: number; readonly burst?: number },
  open: (service: Served) => Asking<T> | Promise<Asking<T>>,
): Target {
  return {
    name,
    share,
    async run(budget) {
      const service = await served();
      const { inputs, tried, look = () => stillWell(service), close } = await open(service);
      let count = 0;
      try {
        await target('', inputs, async (input) => {
          await tried(input);
          count += 1;
          if (burst !== undefined && count % burst === 0) await look();
        }).run(budget);
        await look();
        await stillWell(service);
      } finally {
        close?.();
      }
    },
  };
}

/** Throws where an ordinary reading is not stored now, or an ordinary question not answered. */
async function stillWell(service: Served): Promise<void> {
  await service.innocent();
  for (const path of QUESTIONS) {
    const { status, text } = await service.ask({ method: 'GET', path, caller: 'admin' });
    if (status !== 200) throw new Error(`now ${path} answers ${status} ${text.slice(0, 300)}`);
  }
}
