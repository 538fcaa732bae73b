// How many SCIM requests a second, beside a worker that does one D1 read or one write batch a request, and beside scimmy-routers
// in memory; and how many rows each request of Okta and Entra reads.
import { Log, LogLevel, Miniflare } from 'miniflare';
import { say } from '../dev/setup/say.mjs';
import { buildWorker } from '../dev/worker/build.mjs';
import { applyMigrations } from '../dev/worker/migrations.mjs';
import { miniflareOptions } from '../dev/worker/options.mjs';
import { startPostern } from '../tests/e2e/support/postern.mjs';
import { load } from '../tests/e2e/support/scim-million.mjs';
import { ABOUT, SIZES, importWalk, rowsOfRequests } from '../tests/e2e/support/scim-rows.mjs';
import { ScimClient, USER, membersOf, patchOf } from '../tests/e2e/support/scim.mjs';
import { MEMORY, onItsCore } from './support/deployment.mjs';
import { startScimmy } from './support/scimmy.mjs';
import { ownModules } from './support/settings.mjs';
import { measured, measuredRatio, median } from './support/statistics.mjs';

const CONNECTIONS = 8;
const ROUNDS = 11;
/** Rounds before those that count: V8 compiles what is called often once more, WebAssembly after some thousand requests. */
const WARM_UP = 12;
const USERS = 1_000;
/** Requests a round, of ours and of the floors; the peer is slower. */
const REQUESTS = 500;
const OF_PEER = 200;
/** Ours and the floor's are sent in so many portions by turns, and the one in the middle counts: what slows the machine slows both. */
const PORTIONS = 20;
const IMPORTED = 100_000;

export const title = 'SCIM requests';

export async function prepare() {
  await buildWorker();
}

export async function run() {
  const running = [];
  const start = async (begin) => {
    running.push(await onItsCore(CONNECTIONS, begin));
    return running.at(-1);
  };
  try {
    const floor = await start(startFloor);
    const postern = await start(() => startPostern({ faults: false }));
    const scimmy = await start(startScimmy);
    const ours = await ourUsers(postern.worker);
    const theirs = await scimmy.worker.users(USERS, userOf);
    const kinds = kindsOf(ours, theirs);
    const figures = Object.fromEntries(Object.keys(kinds).flatMap((kind) => [`${kind} floor`, `${kind} postern`, `${kind} scimmy`].map((name) => [name, []])));
    for (let round = 1 - WARM_UP; round <= ROUNDS; round++) {
      for (const [kind, { isRead, requests, peer, statuses }] of Object.entries(kinds)) {
        const [asked, unique] = [requests(`${round}`, REQUESTS), `${round} ${kind}`];
        const rates = await byTurns({
          floor: [floor, asked.map(isRead ? floorRead : floorWrite(unique)), isRead ? [200] : [201]],
          postern: [postern, asked, statuses],
        });
        if (round < 0) continue;
        Object.assign(rates, await byTurns({ scimmy: [scimmy, peer(`${round}`, OF_PEER), statuses] }));
        if (round > 0) for (const [name, rate] of Object.entries(rates)) figures[`${kind} ${name}`].push(rate);
      }
    }
    const rows = Object.entries(kinds).flatMap(([kind, { isRead }]) => rowsOf(kind, isRead, figures));
    return { about, rows: [...rows, ...(await rowsRead())] };
  } finally {
    for (const one of running) await one.stop();
  }
}

/** Requests a second of each worker, of `[worker, requests, statuses]`: the median of its portions. */
async function byTurns(workers) {
  const rates = Object.fromEntries(Object.keys(workers).map((name) => [name, []]));
  for (let portion = 0; portion < PORTIONS; portion++) {
    for (const [name, [worker, requests, statuses]] of Object.entries(workers)) {
      const sent = requests.filter((_, index) => index % PORTIONS === portion);
      rates[name].push((await worker.measure(sent, statuses)).rate);
    }
  }
  return Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)]));
}

const about = [
  `${CONNECTIONS} connections, ${USERS} users, real D1 in Miniflare (in memory where there is ${MEMORY}). ${ROUNDS} rounds in turn, after ${WARM_UP} that are not`,
  `counted, of ${REQUESTS} requests (${OF_PEER} of scimmy-routers, on Express in Node, which keeps everything in memory) and as many of the`,
  `floor, in ${PORTIONS} portions by turns whose median is the rate, with the same header fields: one D1 read, or one batch of three INSERTs.`,
  `Rows read are D1's own count, with ${SIZES[0]} users (lowest) and ${SIZES[1]} (highest).`,
];

function rowsOf(kind, isRead, figures) {
  const [floor, postern, scimmy] = ['floor', 'postern', 'scimmy'].map((name) => figures[`${kind} ${name}`]);
  return [
    { what: `${kind}: one D1 ${isRead ? 'read' : 'write batch'}`, unit: '/s', ...measured(floor) },
    { what: `${kind}: Postern`, unit: '/s', ...measured(postern) },
    { what: `  ÷ one D1 ${isRead ? 'read' : 'write batch'}`, unit: '×', ...measuredRatio(postern, floor), atLeast: isRead ? 0.8 : 0.45 },
    { what: `${kind}: scimmy-routers`, unit: '/s', ...measured(scimmy) },
    { what: '  Postern ÷ scimmy-routers', unit: '×', ...measuredRatio(postern, scimmy), atLeast: 1 },
  ];
}

/** As an identity provider sends a user. */
function userOf(name) {
  const userName = `${name}@example.com`;
  return {
    schemas: [USER], userName, externalId: `x-${name}`, name: { givenName: 'Person', familyName: name }, displayName: `Person ${name}`,
    emails: [{ value: userName, type: 'work', primary: true }], active: true,
  };
}

/** Users by SQL, and a group of twenty of them. */
async function ourUsers(postern) {
  const client = await ScimClient.create(postern);
  const { person } = await load(postern.db, client, USERS);
  const { id: group } = await client.createGroup('Of the bench', Array.from({ length: 20 }, (_, index) => person(index).id));
  const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'application/scim+json' };
  return { base: client.base, headers, person, group };
}

/** What is measured of both, `(round, count)` to requests. */
function kindsOf(ours, theirs) {
  const made = ({ base, headers }, method, path, json) => ({ method, path: base + path, headers, body: json && JSON.stringify(json) });
  const numbered = (count, one) => Array.from({ length: count }, (_, index) => one(index));
  const kind = (isRead, statuses, one) => ({
    isRead,
    statuses,
    requests: (round, count) => numbered(count, (index) => made(ours, ...one(ours, index, `${round}-${index}`))),
    peer: (round, count) => numbered(count, (index) => made(theirs, ...one(theirs, index, `${round}-${index}`))),
  });
  const filter = (text) => ['GET', `/Users?filter=${encodeURIComponent(text)}`];
  const someone = ({ person }, index) => person((index * 7) % USERS);
  const patch = (path, ...operations) => ['PATCH', path, patchOf(...operations)];
  return {
    'Filter by userName': kind(true, [200], (site, index) => filter(`userName eq "${someone(site, index).userName}"`)),
    'Filter by externalId': kind(true, [200], (site, index) => filter(`externalId eq "${someone(site, index).externalId}"`)),
    'Filter by e-mail': kind(true, [200], (site, index) => filter(`emails[type eq "work"].value eq "${someone(site, index).userName}"`)),
    'POST of a user': kind(false, [201], (_, index, unique) => ['POST', '/Users', userOf(`new-${unique}`)]),
    'PATCH of a user': kind(false, [200], (site, index, unique) => patch(`/Users/${someone(site, index).id}`, { op: 'Replace', path: 'name.familyName', value: unique })),
    'PATCH of a group': kind(false, [200, 204], (site, index) => {
      const member = membersOf(someone(site, index >> 1).id);
      return patch(`/Groups/${site.group}`, index % 2 ? { op: 'Remove', path: `members[value eq "${member[0].value}"]` } : { op: 'Add', path: 'members', value: member });
    }),
  };
}

/** What the floor is asked: a request like the one that Postern is, but for what it is to read or write. */
const floorRead = ({ path, ...request }, index) => ({ ...request, path: `${path}&name=Person.${(index * 7) % USERS}@example.com` });
const floorWrite = (unique) => ({ path, headers }, index) => {
  const name = `${unique}-${index}`.replaceAll(' ', '-');
  return { method: 'POST', path: `${path}?name=${name}@example.com`, headers, body: JSON.stringify(userOf(name)) };
};

async function startFloor() {
  const shared = { host: '127.0.0.1', port: 0, log: new Log(LogLevel.ERROR) };
  const miniflare = new Miniflare(miniflareOptions({ modules: ownModules('scim-floor.mjs'), shared }));
  const origin = `http://127.0.0.1:${(await miniflare.ready).port}`;
  const db = await miniflare.getD1Database('DB');
  await applyMigrations(db);
  await db.prepare(`INSERT INTO accounts (id, name, created_at, version) VALUES ('bench', 'Bench', 0, 1)`).run();
  await load(db, { account: { id: 'bench' }, owner: 'service-account/bench' }, USERS);
  return { origin, miniflare };
}

/** A row of the table for each request, and the whole import. */
async function rowsRead() {
  const postern = await startPostern();
  const filled = async (users, options) => {
    const client = await ScimClient.create(postern);
    return { client, people: await load(postern.db, client, users, options), users };
  };
  try {
    const counts = [];
    for (const users of SIZES) {
      say(`Counting the rows that are read of ${users} users`);
      const { client, people } = await filled(users);
      counts.push(await rowsOfRequests(client, people, users));
    }
    const [few, many] = counts;
    const rows = few.map(({ what, rows }, index) => ({ what, unit: 'rows', value: many[index].rows, low: rows, high: many[index].rows, atMost: rows + ABOUT }));
    say(`Importing ${IMPORTED} users`);
    const walked = await importWalk((await filled(IMPORTED, { grouped: false })).client);
    return [...rows, { what: `an import of ${IMPORTED} users in no group, a user`, unit: 'rows', value: walked.rows / walked.users, atMost: 1.2 }];
  } finally {
    await postern.dispose();
  }
}
