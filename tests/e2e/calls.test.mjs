// How often a request asks D1: each call is a trip to where the database lives.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { after as afterSteps, changes } from './cases/changes.mjs';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';
import { ourMetadata, samlifyPeers } from './support/logout.mjs';

const MINUTES = 60_000;
const openapi = JSON.parse(readFileSync(new URL('../../www/openapi.json', import.meta.url)));
const { postern, keys } = await installation();

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);

/** D1 calls of a response that is posted, first in an isolate that does not know the account, then in one that does. */
async function callsOf(account, people, status) {
  const calls = [];
  for (const person of people) {
    const answer = await account.post(await account.sign(person));
    assert.equal(answer.status, status);
    calls.push(answer.d1Calls);
  }
  return calls;
}

test('a sign-in that creates a user: 3 cold, 2 warm', async () => {
  assert.deepEqual(await callsOf(await withProvider(), ['a@example.com', 'b@example.com'], 303), [3, 2]);
});

test('a sign-in of a user who exists: 3 cold, 2 warm', async () => {
  const account = await withProvider();
  await account.signIn('a@example.com');
  // A change makes this isolate forget the account.
  await account.change(account.provider, { name: 'Changed' });
  assert.deepEqual(await callsOf(account, ['a@example.com', 'a@example.com'], 303), [3, 2]);
});

test('a sign-in that began here: 2 to begin cold and 1 warm, 2 to end', async () => {
  const account = await withProvider();
  const [first, second] = [await account.begin(), await account.begin()];
  assert.deepEqual([first.answer.d1Calls, second.answer.d1Calls], [2, 1]);
  const { answer } = await account.signIn({ nameId: 'a@example.com', inResponseTo: first.id }, { cookie: first.cookie });
  assert.equal(answer.d1Calls, 2);
});

test('a refused user: 3 cold, 2 warm', async () => {
  const account = await withProvider({ jit: { enabled: false } });
  assert.deepEqual(await callsOf(account, ['a@example.com', 'a@example.com'], 403), [3, 2]);
});

test('a response that is no response: 2 cold, 1 warm', async () => {
  const account = await withProvider();
  for (const expected of [2, 1]) assert.equal((await account.post('%%%')).d1Calls, expected);
});

test('a response by another key: the configuration is read once, cold or warm', async () => {
  const account = await withProvider();
  const other = await makeKeys();
  const samlResponse = await account.sign('a@example.com', { keys: other });
  for (const expected of [2, 2]) assert.equal((await account.post(samlResponse)).d1Calls, expected);
});

test('whoami: 1, and 2 when the session has not been used for ten minutes', async () => {
  postern.now = Date.UTC(2031, 0, 1);
  const account = await withProvider();
  const { cookie } = await account.signIn('a@example.com');
  const calls = async () => (await postern.fetch('/whoami', { headers: { cookie } })).d1Calls;
  assert.equal(await calls(), 1);
  postern.now += 10 * MINUTES - 1;
  assert.equal(await calls(), 1);
  postern.now += 1;
  assert.deepEqual([await calls(), await calls()], [2, 1]);
});

test('somebody without a session: 0', async () => {
  for (const path of ['/', '/whoami', '/healthz', '/admin/', '/pages/page.css', '/api/v1/openapi.json', '/nothing']) {
    assert.equal((await postern.fetch(path)).d1Calls, 0, path);
  }
  assert.equal((await postern.fetch('/sign-out', { method: 'POST' })).d1Calls, 0);
  assert.equal((await postern.admin('GET', '/accounts', undefined, { token: null })).d1Calls, 0);
});

test('signing out where the provider has single logout: 3 cold, 2 warm; its answer and its own logout: 3 cold, 2 warm', async () => {
  const account = await TestAccount.create(postern, keys);
  account.provider = await account.addProvider({ singleLogout: 'redirect' });
  const { idp, sp } = samlifyPeers({ provider: account.provider, keys, spMetadata: await ourMetadata(account), binding: 'redirect' });
  const follow = async (url) => (await postern.fetch(new URL(url).pathname + new URL(url).search)).d1Calls;
  const begin = async () => {
    const { cookie } = await account.signIn({ nameId: 'a@example.com', sessionIndex: '_a' });
    return async () => postern.fetch('/sign-out', { method: 'POST', headers: { cookie } });
  };
  /** A change makes this isolate forget the account. */
  const chill = () => account.change(account.provider, { name: 'Changed' });
  for (const [cold, expected] of [[true, 3], [false, 2]]) {
    const signOut = await begin();
    if (cold) await chill();
    const sent = await signOut();
    assert.equal(sent.d1Calls, expected);
    const id = (await account.snapshot()).pending_logouts.at(-1).id;
    const answer = idp.createLogoutResponse(sp, { extract: { request: { id } } }, 'redirect', '').context;
    if (cold) await chill();
    assert.equal(await follow(answer), expected);
    const logout = idp.createLogoutRequest(sp, 'redirect', { logoutNameID: 'a@example.com', sessionIndex: '_a' }).context;
    if (cold) await chill();
    assert.equal(await follow(logout), expected);
  }
});

test('a logout message that is refused: 2 cold, 1 warm', async () => {
  const account = await withProvider();
  for (const expected of [2, 1]) assert.equal((await postern.fetch(`/saml/${account.id}/slo?SAMLRequest=x`)).d1Calls, expected);
});

test('signing out: 1', async () => {
  const account = await withProvider();
  const { cookie } = await account.signIn('a@example.com');
  assert.equal((await postern.fetch('/sign-out', { method: 'POST', headers: { cookie } })).d1Calls, 1);
});

test('the set-up token: 2 to read and 1 to be refused, one of them to log that; 1 to make, 2 to change', async () => {
  const account = await withProvider();
  await account.signIn('a@example.com');
  const [{ id: user }] = await account.users();
  const { items: [{ id: signIn }] } = await account.expect(200, 'GET', '/sign-ins');
  const { id, version } = account.provider;
  const metadataXml = account.metadata();
  for (const [calls, method, path, json, options] of [
    [2, 'GET', ''], [2, 'GET', '/providers'], [2, 'GET', `/providers/${id}`], [2, 'GET', '/users'], [2, 'GET', `/users/${user}`],
    [2, 'GET', '/events'], [2, 'GET', '/sign-ins'], [2, 'GET', '/audit-log'], [2, 'GET', '/sign-ins?outcome=refused&code=x'], [2, 'GET', `/sign-ins/${signIn}`],
    [1, 'POST', '', { name: 'Another' }],
    [1, 'POST', '/providers', { name: 'Another', kind: 'other', metadataXml }],
    [2, 'PATCH', `/providers/${id}`, { name: 'Changed' }, { version }],
    [2, 'DELETE', `/providers/${id}`, undefined, { version: version + 1 }],
    [1, 'POST', '/providers', { name: 'No metadata' }],
  ]) {
    const answer = await account.admin(method, path, json, options);
    assert.equal(answer.d1Calls, calls, `${method} ${path}: ${answer.status}`);
  }
});

const described = Object.entries(openapi.paths)
  .filter(([path]) => path.startsWith('/api/v1/accounts/{account}'))
  .flatMap(([path, operations]) => Object.keys(operations).map((method) => [method.toUpperCase(), path.slice('/api/v1/accounts/{account}'.length)]));

test('every route that reads: 1, and 1 to log that the set-up token was used', async () => {
  const account = await withProvider();
  // An export goes table by table.
  const reads = described.filter(([method, path]) => method === 'GET' && path !== '/export');
  assert.ok(reads.length > 25);
  for (const [, path] of reads) {
    const { status, d1Calls } = await account.admin('GET', path.replace('{id}', 'x'));
    assert.ok([200, 404].includes(status), `${path}: ${status}`);
    assert.equal(d1Calls, 2, path);
  }
});

describe('every route that changes', () => {
  for (const [name, steps, change, , calls] of changes) {
    test(`${name}: ${calls}`, async () => {
      const account = await withProvider();
      const { status, d1Calls, body } = await (await afterSteps(account, steps))(change);
      assert.ok(status < 300, JSON.stringify(body));
      assert.equal(d1Calls, calls);
    });
  }

  test('is counted', () => {
    const blank = (path) => path.replace('?', '').split('/').map((part) => (/^[${]/.test(part) ? '_' : part)).join('/');
    // With the faults of cases/journeys.mjs, or above.
    const elsewhere = ['POST /import', 'POST /providers', 'DELETE /providers/_', 'POST /providers/_/refresh', 'POST /keys', 'POST /saml/explain'];
    const counted = new Set([...elsewhere, ...changes.map(([, , [method, path]]) => `${method} ${blank(path)}`)]);
    const changing = described.filter(([method]) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)).map(([method, path]) => `${method} ${blank(path)}`);
    assert.deepEqual(changing.filter((route) => !counted.has(route)), []);
  });
});

test('explaining: 2, and 1 to log that the set-up token was used', async () => {
  const account = await withProvider();
  const samlResponse = await account.sign('a@example.com');
  const { d1Calls, body } = await account.admin('POST', '/saml/explain', { samlResponse });
  assert.ok(body.accepted);
  assert.equal(d1Calls, 2 + 1);
});
