// How many sign-ins a second, beside a worker that does one D1 batch of the same writes a request.
import { Log, LogLevel, Miniflare } from 'miniflare';
import { buildWorker } from '../dev/worker/build.mjs';
import { applyMigrations } from '../dev/worker/migrations.mjs';
import { miniflareOptions } from '../dev/worker/options.mjs';
import { startPostern } from '../tests/e2e/support/postern.mjs';
import { MEMORY, onItsCore } from './support/deployment.mjs';
import { ownModules } from './support/settings.mjs';
import { presigned } from './support/sign-ins.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';

const CONNECTIONS = 8;
const ROUNDS = 7;
/** Requests a round: about a second of either. */
const SIGN_INS = 250;
const BATCHES = 500;
const PEOPLE = 100;
/** Each signs in twice before anything is measured: once to become a user, once to warm up. */
const WARM_UP = 2 * PEOPLE;

export const title = 'Sign in: full ACS requests';

export async function prepare() {
  await buildWorker();
}

export async function run() {
  const floor = await onItsCore(CONNECTIONS, startFloor);
  const postern = await onItsCore(CONNECTIONS, () => startPostern({ faults: false })).catch(async (error) => {
    await floor.stop();
    throw error;
  });
  try {
    await postern.worker.admin('POST', '/accounts', { id: 'bench', name: 'Bench' });
    const signIns = await presigned(postern.worker, 'bench', { count: WARM_UP + ROUNDS * SIGN_INS, people: PEOPLE });
    const batch = (index) => ({ path: `/?user=user-${index % PEOPLE}`, body: signIns[index].body });
    const batches = Array.from({ length: BATCHES }, (_, index) => batch(index));
    await floor.measure(batches);
    await postern.measure(signIns.splice(0, WARM_UP));
    const figures = { floor: [], postern: [] };
    for (let round = 0; round < ROUNDS; round++) {
      figures.floor.push(await floor.measure(batches));
      figures.postern.push(await postern.measure(signIns.splice(0, SIGN_INS)));
    }
    await checkThatUsersExisted(postern.worker);
    return result(figures);
  } finally {
    await postern.stop();
    await floor.stop();
  }
}

function result({ floor, postern }) {
  const [rate, processor] = [(one) => one.rate, (one) => one.processor];
  const rows = [
    { what: 'one write batch a request', unit: '/s', ...measured(floor.map(rate)) },
    { what: 'Postern, sign-ins', unit: '/s', ...measured(postern.map(rate)) },
    { what: '  ÷ one write batch', unit: '×', ...measuredRatio(postern.map(rate), floor.map(rate)), atLeast: 0.4 },
  ];
  // The same without what else the machine is doing: rates suffer from that, CPU time hardly.
  const rowsOfProcessor = [
    { what: 'one write batch a request, CPU', unit: 'ms', ...measured(floor.map(processor)) },
    { what: 'Postern, a sign-in, CPU', unit: 'ms', ...measured(postern.map(processor)) },
    { what: '  one write batch ÷ Postern, CPU', unit: '×', ...measuredRatio(floor.map(processor), postern.map(processor)) },
  ];
  return {
    about: [
      `${CONNECTIONS} connections, real D1 in Miniflare (in memory where there is ${MEMORY}), responses signed beforehand, users and configuration`,
      `known. ${ROUNDS} rounds in turn, of ${SIGN_INS} sign-ins and ${BATCHES} write batches (3 INSERTs and 1 UPDATE in one batch, as a sign-in's).`,
    ],
    rows: floor[0].processor === null ? rows : [...rows, ...rowsOfProcessor],
  };
}

async function startFloor() {
  const shared = { host: '127.0.0.1', port: 0, log: new Log(LogLevel.ERROR) };
  const miniflare = new Miniflare(miniflareOptions({ modules: ownModules('write-batch.mjs'), shared }));
  const origin = `http://127.0.0.1:${(await miniflare.ready).port}`;
  const db = await miniflare.getD1Database('DB');
  await applyMigrations(db);
  const user = db.prepare(
    `INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version)
       VALUES ('bench', ?1, ?1 || '@example.com', ?1 || '@example.com', 1, 'jit', 0, 0, 1)`,
  );
  await db.batch([
    db.prepare(`INSERT INTO accounts (id, name, created_at, version) VALUES ('bench', 'Bench', 0, 1)`),
    db.prepare(
      `INSERT INTO providers (account_id, id, entity_id, settings, created_at, updated_at, version)
         VALUES ('bench', 'provider', 'provider', '{}', 0, 0, 1)`,
    ),
    ...Array.from({ length: PEOPLE }, (_, index) => user.bind(`user-${index}`)),
  ]);
  return { origin, miniflare };
}

/** What was measured is what it is called: all but the first sign-in of each person found its user. */
async function checkThatUsersExisted({ db }) {
  const { results } = await db.prepare('SELECT decision, count(*) AS count FROM sign_ins GROUP BY decision').all();
  const counts = Object.fromEntries(results.map(({ decision, count }) => [decision, count]));
  const expected = { created_just_in_time: PEOPLE, existing_user: WARM_UP - PEOPLE + ROUNDS * SIGN_INS };
  for (const [decision, count] of Object.entries(expected)) {
    if (counts[decision] !== count) throw new Error(`Sign-ins were ${JSON.stringify(counts)}, not ${JSON.stringify(expected)}`);
  }
}
