import type { Verdict } from '../../core/contract/index.ts';
import type { PhysicsWindow } from '../../tests/support/physics/window.ts';

/** A kind of answer that is confident and wrong today: the rule that is missing, and how such a window is told. */
interface KnownFault {
  readonly rule: string;
  isSo(window: PhysicsWindow, verdict: Verdict): boolean;
}

/** Printed with their count at every run; an entry whose rule is built is taken away. */
export const KNOWN: readonly KnownFault[] = [
  {
    rule: 'many requests seen at two looks prove none between them where one client sends them together and waits (ALWAYS_SOME takes them for independent): host',
    isSo: ({ kind }, { bottleneck }) => kind === 'users who think' && bottleneck === 'host',
  },
  {
    rule: 'idle needs the copy engine at rest and device memory that stays, over the whole window and not a segment of it: a slow load is idle today',
    isSo: ({ kind }, { bottleneck }) => kind === 'loading' && bottleneck === 'idle',
  },
  {
    rule: 'on a shared node I/O pressure during a load may be the neighbours’, as it may in any empty time (causeOfLoading has no such doubt)',
    isSo: ({ kind, look }, { bottleneck }) => kind === 'loading' && look.shared && bottleneck === 'storage',
  },
];
