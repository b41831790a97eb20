import type { WatchReply, WatchTarget } from '../../core/contract/index.ts';
import type { HostRules, Recogniser, Viewer } from '../auth/index.ts';
import type { App } from '../http/index.ts';
import type { Logger } from 'pino';
import type { Analyses } from '../analysis/index.ts';
import type { Answers } from '../answers/index.ts';
import type { Store } from '../store/index.ts';
import { bundled, type Hub } from './hub.ts';
import { attachSockets } from './plugin.ts';
import { roomOf, serveSockets, type Page } from './sockets.ts';

/** New readings go out this often, milliseconds: often enough to look live, seldom enough to come in bundles. */
const FLUSH = 250;
/** The page takes a longer silence for a cut. */
const HEARTBEAT = 5_000;

export interface LiveParts {
  readonly hub: Hub;
  readonly analyses: Pick<Analyses, 'tick'>;
  readonly answers: Pick<Answers, 'refusal' | 'verdict' | 'rowsSince'>;
  readonly store: Pick<Store, 'trouble'>;
  readonly recogniser: Recogniser;
  readonly hosts: HostRules;
  readonly log: Logger;
  readonly demo: boolean;
  readonly version: string;
  /** Sockets at a time. */
  readonly limits: { readonly all: number; readonly perCaller: number };
  /** Seconds UTC. */
  readonly now: () => number;
}

/** Connects the hub to sockets, and keeps the beat: readings, verdicts that are due, the server's status. */
export function goLive(app: App, { hub, analyses, answers, store, recogniser, hosts, log, demo, version, limits, now }: LiveParts): void {
  const status = () => {
    hub.status({ demo, now: now(), version, trouble: store.trouble() });
  };
  const admit = async (viewer: Viewer, target: WatchTarget): Promise<WatchReply> => {
    const reason = await answers.refusal(viewer, target);
    if (reason !== null) return { ok: false, reason };
    return { ok: true, room: roomOf(target) };
  };
  const joined = (page: Page, target: WatchTarget) => {
    if (target.kind === 'job') {
      const verdict = answers.verdict(page.viewer, target);
      if (verdict !== null) page.verdict(verdict);
    }
    if (target.kind === 'overview' && target.since !== undefined)
      for (const rows of bundled(answers.rowsSince(page.viewer, target.since), now())) page.rows(rows);
  };
  hub.attach(serveSockets(attachSockets(app, limits.all), { mostPerCaller: limits.perCaller, recogniser, hosts, log, admit, joined, connected: status }));

  const beat = setInterval(() => {
    analyses.tick();
    hub.flush(now());
  }, FLUSH);
  const heart = setInterval(status, HEARTBEAT);
  app.addHook('preClose', async () => {
    clearInterval(beat);
    clearInterval(heart);
  });
}
