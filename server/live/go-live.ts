import type { WatchReply, WatchTarget } from '../../core/contract/live.ts';
import type { HostRules } from '../auth/hosts.ts';
import type { Identity } from '../auth/identity.ts';
import type { Recogniser } from '../auth/recognise.ts';
import type { App } from '../routes/app.ts';
import type { Service } from '../service.ts';
import { bundled } from './hub.ts';
import { attachSockets } from './plugin.ts';
import { roomOf, serveSockets, type Page } from './sockets.ts';

/** New readings go out this often, milliseconds: often enough to look live, seldom enough to come in bundles. */
const FLUSH = 250;
/** The page takes a longer silence for a cut. */
const HEARTBEAT = 5_000;

/** Connects the hub to sockets, and keeps the beat: readings, verdicts that are due, the server's status. */
export function goLive(app: App, { service, recogniser, hosts }: { service: Service; recogniser: Recogniser; hosts: HostRules }): void {
  const { hub, analyses, store, log } = service;
  const status = () => {
    hub.status({ demo: service.demo, now: service.now(), version: service.version, trouble: store.trouble() });
  };
  const admit = async (identity: Identity, target: WatchTarget): Promise<WatchReply> => {
    if (target.kind === 'job' && (await store.jobs.get(identity.viewer, target)) === null)
      return { ok: false, reason: `job ${target.id} of cluster ${target.cluster} is not known here` };
    if (target.kind === 'node' && service.nodes.get(target.node) === undefined) return { ok: false, reason: `node ${target.node} has sent nothing yet` };
    return { ok: true, room: roomOf(target) };
  };
  const joined = (page: Page, target: WatchTarget) => {
    if (target.kind === 'job') {
      const verdict = analyses.watched(target);
      if (verdict !== null) page.verdict(verdict);
    }
    if (target.kind === 'overview' && target.since !== undefined)
      for (const rows of bundled(analyses.changedSince(target.since), service.now())) page.rows(rows);
  };
  hub.attach(serveSockets(attachSockets(app), { recogniser, hosts, log, admit, joined, connected: status }));

  const beat = setInterval(() => {
    analyses.tick();
    hub.flush(service.now());
  }, FLUSH);
  const heart = setInterval(status, HEARTBEAT);
  app.addHook('preClose', async () => {
    clearInterval(beat);
    clearInterval(heart);
  });
}
