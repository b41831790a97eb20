import { setFlagsFromString } from 'node:v8';

/** One `headroom` command: a row here and a file of its own that exports `run`. */
export interface Command {
  readonly name: string;
  /** The arguments, as the help shows them. */
  readonly usage: string;
  readonly summary: string;
  /** Loaded on use, so that `headroom diagnose` never pays for the server's libraries. */
  readonly load: () => Promise<CommandModule>;
}

/** `run` gets the arguments after the command's name and gives the exit code. */
interface CommandModule {
  readonly run: (argv: string[]) => Promise<number>;
}

/**
 * The agent's samples are little work, and far apart: a young generation that does not grow and no optimising compiler save it a tenth of its
 * memory (`npm run bench agent`). They have to be set before its modules are loaded, which makes the generation grow.
 */
const THRIFT = ['--semi-space-growth-factor=1', '--no-opt'] as const;

/** Every command, in the order of the help. A new one: `load: () => import('./serve.ts')`. */
export const commands: readonly Command[] = [
  { name: 'serve', usage: '[--demo] [--port N] …', summary: 'the service: API, page and scheduler in one process', load: () => import('./serve.ts') },
  {
    name: 'agent',
    usage: '--server URL --token T',
    summary: 'watches this node, or the Slurm job it runs in, and sends what it sees',
    load: () => {
      for (const flag of THRIFT) setFlagsFromString(flag);
      return import('./agent.ts');
    },
  },
  {
    name: 'token',
    usage: 'issue|page|revoke NAME',
    summary: 'tokens of the running service, for agents, scripts and browsers',
    load: () => import('./token.ts'),
  },
  { name: 'store', usage: 'check|repair', summary: 'looks at the databases of a stopped service, and mends them', load: () => import('./store.ts') },
  { name: 'diagnose', usage: 'FILE…', summary: 'recorded tool output in, verdict out; no server', load: () => import('./diagnose.ts') },
  { name: 'plan', usage: '--model NAME --gpu ID', summary: 'what if: does it fit, how fast can it be, what limits it', load: () => import('./plan.ts') },
];
