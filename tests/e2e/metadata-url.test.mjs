// Metadata by URL in the built module: real servers on this machine, stale and hostile ones among them, and the cron.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

const HOURS = 3600 * 1000;
const DAYS = 24 * HOURS;
let postern;
let keys;
let server;
let origin;
const pages = new Map();
const asked = [];

before(async () => {
  const made = await Promise.all([startPostern(), makeKeys({ commonName: 'Old' }), makeKeys({ commonName: 'New' })]);
  [postern] = made;
  keys = { old: made[1], next: made[2] };
  server = createServer((request, response) => {
    asked.push({ url: request.url, headers: request.headers });
    const page = pages.get(request.url) ?? ((answer) => answer.writeHead(404).end('nothing here'));
    page(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://localhost:${server.address().port}`;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await postern.dispose();
});

let serial = 0;

/** Metadata at a URL of its own: `{ url, serve(text or handler) }`. */
function place(content) {
  const path = `/metadata/${(serial += 1)}`;
  const serve = (next) => pages.set(path, typeof next === 'function' ? next : (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(next));
  serve(content);
  return { url: `${origin}${path}`, path, serve };
}

async function fetching() {
  const account = await TestAccount.create(postern, keys.old);
  const entityId = `https://idp.example.com/${account.id}`;
  const at = place(account.metadata({ entityId }));
  account.provider = await account.expect(201, 'POST', '/providers', { name: 'Fetched', kind: 'keycloak', metadataUrl: at.url, jit: { enabled: true } });
  const metadata = (...pairs) => account.metadata({ entityId, keys: pairs });
  const refresh = (options) => account.admin('POST', `/providers/${account.provider.id}/refresh`, undefined, options);
  const read = () => account.expect(200, 'GET', `/providers/${account.provider.id}`);
  return { account, at, metadata, refresh, read };
}

const fingerprint = ({ certificate }) => new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
const fingerprints = ({ certificates }) => certificates.map((one) => one.fingerprint);

test('a provider is made from a URL, and signs people in', async () => {
  const { account, at, read } = await fetching();
  assert.equal(account.provider.metadataUrl, at.url);
  assert.deepEqual(await read(), account.provider);
  await account.signIn('ada@example.com');
  const { headers } = asked.find(({ url }) => url === at.path);
  assert.equal(headers.cookie ?? headers.authorization, undefined, 'no credentials');
  assert.match(headers.accept, /samlmetadata/);
});

test('keys are changed with overlap: the old one signs in beside the new one', async () => {
  const { account, at, metadata, refresh, read } = await fetching();
  at.serve(metadata(keys.next));
  await account.refusedSignIn('wrong_key', 'ada@example.com', { keys: keys.next });
  const { status, body, headers } = await refresh();
  assert.deepEqual([status, headers.get('etag')], [200, '"2"']);
  assert.deepEqual(fingerprints(body), [keys.old, keys.next].map(fingerprint));
  await account.signIn('ada@example.com', { keys: keys.next });
  await account.signIn('ada@example.com', { keys: keys.old });
  assert.equal((await refresh()).body.version, 2, 'nothing new, no version');
  assert.deepEqual(fingerprints(await read()), [keys.old, keys.next].map(fingerprint));
  // An admin who wants the old one gone says so.
  const replaced = await account.change(account.provider, { metadataUrl: at.url });
  assert.deepEqual(fingerprints(replaced), [fingerprint(keys.next)]);
  await account.refusedSignIn('wrong_key', 'ada@example.com', { keys: keys.old });
});

describe('the cron', () => {
  const changes = async (account) => (await account.snapshot()).changes.filter(({ resource }) => resource.startsWith('provider/')).map(({ actor, action, version }) => [actor, action, version]);

  test('fetches what is due, with overlap, and tells of what changed', async () => {
    const { account, at, metadata, read } = await fetching();
    at.serve(metadata(keys.next));
    const before = asked.length;
    await postern.scheduled(Date.now() + HOURS);
    assert.ok(!asked.slice(before).some(({ url }) => url === at.path), 'not due');
    await account.sql('UPDATE providers SET due_at = 1 WHERE account_id = ?', account.id);
    await postern.scheduled(Date.now());
    const after = await read();
    assert.deepEqual(fingerprints(after), [keys.old, keys.next].map(fingerprint));
    assert.deepEqual(await changes(account), [['setup-token', 'provider.created', 1], ['upkeep', 'provider.refreshed', 2]]);
    await account.signIn('ada@example.com', { keys: keys.next });
    await account.signIn('ada@example.com', { keys: keys.old });
  });

  test('refuses another entity ID, and reports it once', async () => {
    const { account, at, read } = await fetching();
    at.serve(account.metadata({ entityId: 'https://evil.example.com/', keys: [keys.next] }));
    for (let round = 0; round < 2; round += 1) {
      await account.sql('UPDATE providers SET due_at = 1 WHERE account_id = ?', account.id);
      await postern.scheduled(Date.now());
    }
    const after = await read();
    assert.deepEqual([after.version, after.entityId, fingerprints(after)], [1, account.provider.entityId, [fingerprint(keys.old)]]);
    assert.match(after.metadataError, /https:\/\/evil\.example\.com\//);
    assert.match(after.warnings.join(), /could not be refreshed since/);
    const { events } = await account.snapshot();
    assert.deepEqual(events.map(({ kind }) => kind), ['metadata.entity_changed']);
    assert.deepEqual(Object.keys(JSON.parse(events[0].detail)).sort(), ['error', 'providerName', 'url']);
  });

  test('tells of a certificate 30 days before its end, once, and at its end', async () => {
    const account = await TestAccount.create(postern, keys.old);
    const ending = await makeKeys({ commonName: 'Ending', notAfter: new Date(Date.now() + 40 * DAYS) });
    const provider = await account.addProvider({ keys: [ending] });
    const kinds = async () => (await account.snapshot()).events.map(({ kind, subject }) => `${kind} ${subject}`).sort();
    const subject = `${provider.id}/${fingerprint(ending)}`;
    for (const [days, expected] of [[5, []], [11, ['expires']], [12, ['expires']], [41, ['expired', 'expires']], [60, ['expired', 'expires']]]) {
      await postern.scheduled(Date.now() + days * DAYS);
      assert.deepEqual(await kinds(), expected.map((kind) => `certificate.${kind} ${subject}`), `day ${days}`);
    }
    const { due_at: due } = (await account.snapshot()).providers[0];
    assert.equal(due, null);
  });

  test('looks at five at once, and comes to all in turn', async () => {
    const many = [];
    for (let index = 0; index < 7; index += 1) many.push(await fetching());
    const all = many.map(({ account }) => account);
    for (const account of all) await account.sql('UPDATE providers SET due_at = 1 WHERE account_id = ?', account.id);
    const due = async () => (await postern.rows('providers')).filter(({ due_at: at, account_id: id }) => at === 1 && all.some((account) => account.id === id)).length;
    await postern.scheduled(Date.now());
    assert.equal(await due(), 2);
    await postern.scheduled(Date.now());
    assert.equal(await due(), 0);
  });
});

test('two who refresh at once make one change', async () => {
  const { account, at, metadata, refresh, read } = await fetching();
  at.serve(metadata(keys.next));
  const meet = `${account.id}@2`;
  const answers = await Promise.all([refresh({ meet }), refresh({ meet })]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  const after = await read();
  assert.deepEqual([after.version, fingerprints(after)], [2, [keys.old, keys.next].map(fingerprint)]);
});

test('an admin who saves while it is fetched wins', async () => {
  const { account, at, metadata, refresh, read } = await fetching();
  at.serve(async (response) => {
    await account.change(account.provider, { name: 'Saved meanwhile' });
    response.writeHead(200).end(metadata(keys.next));
  });
  const { status, body } = await refresh();
  assert.equal(status, 409, JSON.stringify(body));
  const after = await read();
  assert.deepEqual([after.name, after.version, fingerprints(after)], ['Saved meanwhile', 2, [fingerprint(keys.old)]]);
  // And an admin's change that began before a refresh is told.
  at.serve(metadata(keys.next));
  assert.equal((await refresh()).status, 200);
  assert.equal((await account.admin('PATCH', `/providers/${account.provider.id}`, { name: 'Late' }, { version: 2 })).status, 412);
});

describe('a server that', () => {
  const hang = new Set();
  after(() => hang.forEach((response) => response.destroy()));
  const kilobyte = 'x'.repeat(1024);
  const endless = (response) => {
    response.writeHead(200);
    const more = () => {
      if (response.destroyed) return;
      response.write(kilobyte, () => setImmediate(more));
    };
    more();
  };
  const redirect = (to) => (response, { url }) => response.writeHead(302, { location: to ?? url }).end();
  const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(10)}">]><a>&b;</a>`;
  const cases = {
    'has nothing there': [(response) => response.writeHead(404).end(), /status 404/],
    'is broken': [(response) => response.writeHead(500).end(), /status 500/],
    'answers with a page': ['<!doctype html><title>Sign in</title>', /DOCTYPE/],
    'answers with nothing': ['', /not XML/],
    'answers with no content': [(response) => response.writeHead(204).end(), /status 204/],
    'answers with a bomb': [bomb, /DOCTYPE/],
    'answers with elements without end': ['<a>'.repeat(1000), /Depth/],
    'announces too much': [(response) => response.writeHead(200, { 'content-length': 300 * 1024 }).end('x'.repeat(300 * 1024)), /more than 256 KiB/],
    'never stops': [endless, /more than 256 KiB/],
    'hangs up': [(response) => response.destroy(), /cannot be reached/],
    'redirects to itself': [redirect(), /in circles/],
    'redirects to nowhere': [(response) => response.writeHead(302).end(), /to nowhere/],
    'redirects to a private address': [redirect('https://169.254.169.254/latest/meta-data/'), /public host/],
    'redirects to plain http elsewhere': [redirect('http://idp.example.com/'), /https:\/\//],
    'redirects to a file': [redirect('file:///etc/passwd'), /https:\/\//],
    'is slow': [(response) => { hang.add(response); response.writeHead(200).write('<a'); }, /within 10 seconds/],
  };
  for (const [name, [content, says]] of Object.entries(cases)) {
    test(`${name} changes nothing, and is told of`, async () => {
      const { account, at, refresh, read } = await fetching();
      at.serve(content);
      const { status, body } = await refresh();
      assert.equal(status, 502, JSON.stringify(body));
      assert.match(body.detail, says);
      const { metadataError, metadataRefreshedAt, warnings, ...after } = await read();
      assert.deepEqual([metadataError, metadataRefreshedAt, warnings.length], [body.detail, account.provider.metadataRefreshedAt, 1]);
      assert.deepEqual({ ...after, metadataError: null, metadataRefreshedAt, warnings: [] }, account.provider);
      await account.signIn('ada@example.com');
    });
  }

  test('redirects to metadata is followed', async () => {
    const { at, metadata, refresh } = await fetching();
    const there = place(metadata(keys.old));
    at.serve(redirect(there.path));
    assert.equal((await refresh()).status, 200);
  });
});

test('a URL that is not asked is an error of its field, and nothing is asked', async () => {
  const account = await TestAccount.create(postern, keys.old);
  const before = asked.length;
  for (const url of ['http://idp.example.com/', 'https://10.0.0.1/', 'ftp://idp.example.com/', 'https://user@idp.example.com/', 'https://intranet/', 'no url']) {
    const { status, body } = await account.admin('POST', '/providers', { name: 'A', kind: 'other', metadataUrl: url });
    assert.equal(status, 422, url);
    assert.deepEqual(body.errors.map(({ pointer, code }) => [pointer, code]), [['/metadataUrl', 'url_not_allowed']], url);
  }
  assert.equal(asked.length, before);
});

test('where Postern is not on this machine, this machine is not asked', async () => {
  const away = await startPostern({ vars: { PUBLIC_URL: 'https://sso.example.com' }, worker: { outboundService: () => new Response('reached', { status: 500 }) } });
  try {
    const account = await TestAccount.create(away, keys.old);
    const { status, body } = await account.admin('POST', '/providers', { name: 'A', kind: 'other', metadataUrl: `${origin}/metadata/1` });
    assert.deepEqual([status, body.errors[0].code], [422, 'url_not_allowed']);
    const other = await account.admin('POST', '/providers', { name: 'A', kind: 'other', metadataUrl: 'https://idp.example.com/metadata' });
    assert.match(other.body.errors[0].message, /status 500/);
  } finally {
    await away.dispose();
  }
});
