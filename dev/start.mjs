// npm start: the built worker in workerd with a local D1 and KV, and the demo identity provider beside it.
// PORT, POSTERN_STATE, SETUP_TOKEN, MASTER_KEY, PUBLIC_URL and POSTERN_DEMO=0 are read from the environment.
import { join } from 'node:path';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { SIGNALS } from './setup/command.mjs';
import { runMain, say } from './setup/say.mjs';
import { ACCOUNT, startDemo } from './start/demo.mjs';
import { requireFree } from './start/ports.mjs';
import { readSettings } from './start/settings.mjs';
import { buildWorker } from './worker/build.mjs';
import { applyMigrations } from './worker/migrations.mjs';
import { builtModules, cron, miniflareOptions } from './worker/options.mjs';

const CRON_INTERVAL = 10 * 60_000;

const running = [];
let stopping = null;

/** Ends everything that was started, the last first. Signals come twice where a terminal sends them to every process. */
function stop(code = 0) {
  stopping ??= (async () => {
    for (const end of running.reverse()) await end();
    process.exit(code);
  })();
  return stopping;
}

function stopOnSignals() {
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, () => stop());
}

stopOnSignals();
// The set-up process that started this one is gone without a signal.
process.on('disconnect', () => stop());
process.channel?.unref();

await runMain(async () => {
  const settings = readSettings();
  const { port, state, vars, demo } = settings;
  const ports = [{ port, what: 'Postern' }];
  if (demo) ports.push({ port: port + 1, what: 'the demo identity provider' });
  await requireFree(ports);
  await buildWorker();
  if (stopping) return;
  try {
    const origin = await startWorker({ port, state, vars });
    const demoParts = demo ? await startDemo({ origin, token: vars.SETUP_TOKEN, port: port + 1, state }) : null;
    if (demoParts) running.push(() => demoParts.idp.stop());
    tell({ ...settings, publicUrl: vars.PUBLIC_URL || origin, demoParts });
  } catch (error) {
    for (const end of running.splice(0).reverse()) await end();
    throw error;
  }
});

async function startWorker({ port, state, vars }) {
  const miniflare = new Miniflare(
    miniflareOptions({
      modules: builtModules(),
      vars,
      // The folder below the state folder that wrangler uses, so that `npx wrangler dev` sees the same data.
      shared: { host: '127.0.0.1', port, resourcePersistencePath: join(state, 'v3'), log: new Log(LogLevel.WARN) },
    }),
  );
  running.push(() => miniflare.dispose());
  await miniflare.ready;
  // Miniflare listens for signals as well, and would exit before the rest had ended.
  stopOnSignals();
  const applied = await applyMigrations(await miniflare.getD1Database('DB'));
  for (const name of applied) say(`Applied migration ${name}`);
  const worker = await miniflare.getWorker();
  const timer = setInterval(() => worker.scheduled({ cron, scheduledTime: new Date() }), CRON_INTERVAL);
  running.push(() => clearInterval(timer));
  return `http://localhost:${port}`;
}

function tell({ publicUrl, vars, tokenFrom, demoParts }) {
  const lines = ['', `Postern is ready at ${publicUrl}`, ''];
  if (demoParts) {
    lines.push(
      `  Sign in, from the identity provider   ${demoParts.idp.origin}/`,
      `  Sign in, from Postern                 ${demoParts.provider.sp.loginUrl}`,
      `  Who is signed in                      ${publicUrl}/whoami`,
      `  SCIM base                             ${publicUrl}${demoParts.scim.base}`,
      `    with the token                      ${demoParts.scim.token}`,
    );
  }
  lines.push(
    `  Admin page                            ${publicUrl}/admin/#token=${encodeURIComponent(vars.SETUP_TOKEN)}`,
    '',
    demoParts ? `The demo account is "${ACCOUNT}". The set-up token is from ${tokenFrom}. Ctrl-C ends everything.` : `The set-up token is from ${tokenFrom}. Ctrl-C ends everything.`,
    '',
  );
  console.log(lines.join('\n'));
}
