// A request reads as many rows of an account of a million users as of one of a thousand: D1 bills them, and each is time.
// Rows are counted by D1 itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { BINDINGS, bind, load } from './support/million.mjs';
import { startPostern } from './support/postern.mjs';

const USERS = { 'a thousand': 1_000, 'a million': 1_000_000 };
/** So many rows more or less are the same. */
const ABOUT = 5;
const LINKED = 50;

let postern;
/** One account of each size: `{ account, people, following, visitor }`. */
let accounts;

before(async () => {
  let keys;
  [postern, ...keys] = await Promise.all([startPostern(), makeKeys(), makeKeys()]);
  accounts = [];
  for (const users of Object.values(USERS)) accounts.push(await filled(keys, users));
});
after(() => postern.dispose());

/**
 * `following` is a provider that fifty teams are linked to, `visitor` the cookie of somebody whom a thousand role bindings
 * reach.
 */
async function filled([keys, otherKeys], users) {
  const account = await TestAccount.withProvider(postern, keys);
  const provider = await account.addProvider({ name: 'Following', keys: [otherKeys], authorization: { enabled: true } });
  const people = await load(postern.db, account, users);
  const link = 'UPDATE groups SET provider_id = ?, saml_group = name WHERE account_id = ? AND id = ?';
  await postern.sql(...people.teams.slice(0, LINKED).map((team) => [link, provider.id, account.id, team]));
  const { cookie: visitor } = await account.signIn(named(people.person(users / 2 + 2)));
  await bind(postern.db, account, people.person(users / 2 + 2).id);
  return { account, people, users, following: { provider, keys: otherKeys }, visitor };
}

const named = ({ email, nameId }) => ({ nameId: nameId ?? `new-${email}`, attributes: { email } });
/** Somebody in the middle, who is or is not linked to the first provider. */
const linked = ({ people, users }) => people.person(users / 2 + 1);
const unlinked = ({ people, users }) => people.person(users / 2 + 9);
const teams = (from, to) => Array.from({ length: to - from }, (_, index) => `Team ${from + index}`);

async function signedIn(account, person, decision, options) {
  const { answer } = await account.signIn(person, options);
  const { items: [log] } = await account.expect(200, 'GET', '/sign-ins?limit=1');
  assert.equal(log.decision, decision);
  return answer;
}

const inTeams = ({ account, following }, nameId, from, to, decision) =>
  signedIn(account, { nameId, attributes: { email: `${nameId}@example.com`, groups: teams(from, to) } }, decision, following);
/** A change by an admin, of the first version of something. */
async function changed(account, method, path, json) {
  const answer = await account.admin(method, path, json, { version: 1 });
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer;
}
/** What the visitor reads: of the account, by a path below it. */
async function read(path, cookie) {
  const answer = await postern.fetch(path, { headers: { cookie } });
  assert.equal(answer.status, 200, path);
  return answer;
}
const get = (path) => (filled) => read(`/api/v1/accounts/${filled.account.id}${path(filled)}`, filled.visitor);

/** Each is done in an account of each size, in this order; it resolves to the answer. */
const REQUESTS = {
  'a sign-in of a user known by link, in an isolate that does not know the account': async (filled) => {
    await filled.account.change(filled.account.provider, { name: 'Changed' });
    return signedIn(filled.account, named(linked(filled)), 'existing_user');
  },
  'a sign-in of a user known by link': (filled) => signedIn(filled.account, named(linked(filled)), 'existing_user'),
  'a first sign-in of a user known by e-mail': (filled) => signedIn(filled.account, named(unlinked(filled)), 'existing_user'),
  'a sign-in that creates a user': ({ account }) => signedIn(account, 'newcomer@example.com', 'created_just_in_time'),
  'a sign-in that creates a user in 50 linked groups': (filled) => inTeams(filled, 'eve', 0, 50, 'created_just_in_time'),
  'a sign-in of a user in 50 linked groups': (filled) => inTeams(filled, 'eve', 0, 50, 'existing_user'),
  'a sign-in that leaves 25 linked groups': (filled) => inTeams(filled, 'eve', 25, 50, 'existing_user'),
  'a refused sign-in': async ({ account }) => {
    await account.change(account.provider, { jit: { enabled: false } });
    const answer = await account.post(await account.sign('nobody@example.com'));
    assert.equal(answer.status, 403);
    return answer;
  },
  'a user who is deactivated': ({ account, people }) => changed(account, 'PATCH', `/users/${people.person(12).id}`, { active: false }),
  'a user who is removed': ({ account, people }) => changed(account, 'DELETE', `/users/${people.person(11).id}`),
  'a removed user who is let in again': ({ account, people }) => changed(account, 'DELETE', `/removed-users/${people.person(11).id}`),
  'a group that is renamed': ({ account, people }) => changed(account, 'PATCH', `/groups/${people.teams[48]}`, { name: 'Renamed' }),
  'a group that is removed': ({ account, people }) => changed(account, 'DELETE', `/groups/${people.teams[49]}`),
  'a member who is added': ({ account, people }) => changed(account, 'PUT', `/groups/${people.offices[0]}/members/${people.person(13).id}`),
  'a user who is invited': ({ account, people }) => changed(account, 'POST', '/invitations', { email: 'guest@example.com', groups: [people.offices[0]] }),
  'asking who is signed in': ({ visitor }) => read('/whoami', visitor),
  'a permission that one has': get(() => ''),
  'a permission that one has not': async ({ account, visitor }) => {
    const headers = { cookie: visitor, 'sec-fetch-site': 'same-origin' };
    const answer = await postern.fetch(`/api/v1/accounts/${account.id}/users/x`, { method: 'DELETE', headers });
    assert.equal(answer.status, 403);
    assert.equal(answer.d1Calls, 1);
    assert.ok(answer.rowsRead < 4 * BINDINGS, 'a few rows for each binding that reaches them');
    return answer;
  },
  'a page of users': get(() => '/users?limit=20'),
  'a user by e-mail': get(({ people, users }) => `/users?email=${people.person(users / 2 + 3).email}`),
  'a user by id': get(({ people, users }) => `/users/${people.person(users / 2 + 3).id}`),
  'what a user may do': get(({ people, users }) => `/users/${people.person(users / 2 + 3).id}/access`),
  'a page of groups': get(() => '/groups?limit=20'),
  'a page of the members of a group': get(({ people }) => `/groups/${people.offices[0]}/members?limit=20`),
  'a page of the sign-in log': get(() => '/sign-ins?limit=5'),
};

describe(`rows read of an account of ${Object.keys(USERS).join(' and of ')} users`, () => {
  for (const [name, request] of Object.entries(REQUESTS)) {
    test(name, async (t) => {
      const answers = [];
      for (const filled of accounts) answers.push(await request(filled));
      const [few, many] = answers.map(({ rowsRead }) => rowsRead);
      t.diagnostic(`${few} and ${many} rows in ${answers[1].d1Calls} D1 calls`);
      assert.ok(few > 0, 'D1 counts');
      assert.ok(Math.abs(many - few) <= ABOUT, `${few} and ${many} rows`);
    });
  }
});
