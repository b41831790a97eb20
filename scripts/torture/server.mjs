// The process that is tortured: what `headroom serve --no-agent` starts, with handles that the settings do not have. Upkeep runs when the
// parent asks for it, and the clock goes as it is told. No TypeScript, so that the build starts without a compiler. See messages.ts.
const tell = (message) => {
  if (process.connected) process.send(message);
};

let ahead = 0;
const real = Date.now;
// Both ways to ask for the time; a given time stays what it is.
globalThis.Date = new Proxy(Date, {
  construct: (target, given, fresh) => Reflect.construct(target, given.length === 0 ? [real() + ahead * 1000] : given, fresh),
  get: (target, name, receiver) => (name === 'now' ? () => real() + ahead * 1000 : Reflect.get(target, name, receiver)),
});

const upkeep = async (store, later) => {
  try {
    const { sealed, expired } = await store.series.maintain(Date.now() / 1000 + later);
    tell({ kind: 'upkeep', sealed, expired, trouble: null });
  } catch (error) {
    tell({ kind: 'upkeep', sealed: 0, expired: 0, trouble: error.message });
  }
};

try {
  const [root, end] = process.env.HEADROOM_TORTURE_BUILT === '1' ? ['../../dist/server', 'js'] : ['../../server', 'ts'];
  const { start } = await import(`${root}/main/index.${end}`);
  const { readConfig } = await import(`${root}/settings/index.${end}`);
  const { service, address } = await start({ config: readConfig(process.env), demo: null, agent: false });
  process.on('message', (message) => {
    if (message.kind === 'clock') {
      ahead = message.ahead;
      tell({ kind: 'clock', ahead });
    } else if (message.kind === 'issue') {
      void service.store.tokens.issue({ scope: { kind: 'admin' }, name: 'torture', expires: null }).then((token) => tell({ kind: 'token', token }));
    } else void upkeep(service.store, message.later);
  });
  process.on('disconnect', () => process.exit(1));
  tell({ kind: 'up', address });
} catch (error) {
  tell({ kind: 'refused', why: error.message });
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 100);
}
