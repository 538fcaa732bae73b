// A sign-in that begins here: only the browser that began it can end it, once, in time, at that provider.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const MINUTES = 60_000;
const { postern, keys } = await installation();

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);
const answering = (id) => ({ nameId: 'ada@example.com', inResponseTo: id });

describe('the beginning', () => {
  test('sends the browser to the identity provider with a request', async () => {
    const account = await withProvider();
    const { answer, location, id, issuer, acsUrl } = await account.begin();
    assert.equal(location.origin + location.pathname, 'https://idp.example.com/sso');
    assert.deepEqual([...location.searchParams.keys()], ['SAMLRequest']);
    assert.equal(issuer, account.provider.sp.entityId);
    assert.equal(acsUrl, account.provider.sp.acsUrl);
    assert.match(answer.headers.getSetCookie().join(), /^__Host-postern-login=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=None; Max-Age=600$/);
    const { pending_requests: pending } = await account.snapshot();
    assert.deepEqual(pending.map((row) => row.id), [id]);
  });

  test('keeps the secret of the browser to the browser', async () => {
    const account = await withProvider();
    const { cookie } = await account.begin();
    assert.ok(!JSON.stringify(await account.snapshot()).includes(cookie.split('=')[1]));
  });

  test('offers a choice when several providers are enabled, and none otherwise', async () => {
    const account = await withProvider();
    await account.addProvider({ name: 'A <b> & Söhne' });
    await account.addProvider({ name: 'Off', enabled: false });
    const page = await postern.fetch(`/saml/${account.id}/login?return_to=/a%26b`);
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.equal(html.match(/<li>/g).length, 2);
    assert.ok(html.includes('A &lt;b&gt; &amp; Söhne</a>') && !html.includes('Off'), html);
    const [link] = html.match(/\/saml\/[^"]*/).map((text) => text.replaceAll('&amp;', '&'));
    const chosen = await postern.fetch(link);
    assert.equal(chosen.status, 302);
    assert.deepEqual((await account.snapshot()).pending_requests.map((row) => row.return_to), ['/a&b']);
  });

  test('needs no choice while one provider is enabled', async () => {
    const account = await withProvider();
    await account.addProvider({ name: 'Off', enabled: false });
    assert.equal((await postern.fetch(`/saml/${account.id}/login`)).status, 302);
  });

  test('is not possible at what is not there', async () => {
    const account = await withProvider({ enabled: false });
    const paths = [`/saml/${account.id}/login`, `/saml/${account.id}/login?provider=${account.provider.id}`, `/saml/${account.id}/login?provider=none`, '/saml/nobody/login', '/saml/a%20b/login'];
    for (const path of paths) {
      const answer = await postern.fetch(path);
      assert.equal(answer.status, 404, path);
      assert.match(answer.headers.get('content-type'), /^text\/html/);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assert.deepEqual((await account.snapshot()).pending_requests, []);
  });
});

describe('the way back', () => {
  for (const path of ['/', '/a/b?c=d&e=%2F#f', '/%2F%2Fevil.example', '/a//b', `/${'x'.repeat(2047)}`]) {
    test(`is ${path.slice(0, 30)} for return_to and RelayState`, async () => {
      const account = await withProvider();
      const { id, cookie } = await account.begin({ returnTo: path });
      assert.equal((await account.signIn(answering(id), { cookie })).location, path);
      assert.equal((await account.signIn('ada@example.com', { relayState: path })).location, path);
    });
  }

  for (const path of ['', 'a', '//evil.example', '/\\evil.example', '\\/evil.example', '/\t/evil.example', 'https://evil.example/', 'javascript:alert(1)', ' /', '/ä', '/a\r\nSet-Cookie: x=y', `/${'x'.repeat(2048)}`]) {
    test(`is not ${JSON.stringify(path).slice(0, 30)}`, async () => {
      const account = await withProvider();
      const { answer } = await account.begin({ returnTo: path });
      assert.equal(answer.status, 400);
      assert.deepEqual(answer.headers.getSetCookie(), []);
      assert.deepEqual((await account.snapshot()).pending_requests, []);
      assert.equal((await account.signIn('ada@example.com', { relayState: path })).location, '/');
    });
  }

  test('is what was asked for here, not what the response adds', async () => {
    const account = await withProvider();
    const { id, cookie } = await account.begin({ returnTo: '/asked' });
    assert.equal((await account.signIn(answering(id), { cookie, relayState: '/added' })).location, '/asked');
  });

  test('is / without either', async () => {
    const account = await withProvider();
    const { id, cookie } = await account.begin();
    assert.equal((await account.signIn(answering(id), { cookie })).location, '/');
    assert.equal((await account.signIn('ada@example.com')).location, '/');
  });
});

describe('the answer', () => {
  test('opens a session in the browser that began, and uses the request up', async () => {
    const account = await withProvider();
    const { id, cookie } = await account.begin();
    const signedIn = await account.signIn(answering(id), { cookie });
    assert.equal((await account.whoami(signedIn.cookie)).user.email, 'ada@example.com');
    const { pending_requests: pending, spent } = await account.snapshot();
    assert.deepEqual(pending, []);
    assert.deepEqual(spent.map(({ kind }) => kind).sort(), ['assertion', 'request']);
    const [log] = (await account.expect(200, 'GET', '/sign-ins')).items;
    assert.equal(log.initiatedBy, 'sp');
  });

  test('to one tab leaves the other tabs of the browser as they are', async () => {
    const account = await withProvider();
    const first = await account.begin({ returnTo: '/first' });
    const second = await account.begin({ returnTo: '/second', cookie: first.cookie });
    assert.equal(second.cookie, first.cookie);
    for (const { id, path } of [{ ...second, path: '/second' }, { ...first, path: '/first' }]) {
      assert.equal((await account.signIn(answering(id), { cookie: first.cookie })).location, path);
    }
  });

  const elsewhere = {
    'another browser': async (account) => (await account.begin()).cookie,
    'a browser without cookies': () => undefined,
    'a cookie that is none of ours': () => '__Host-postern-login=short',
    'two cookies of the name': (account, { cookie }) => `${cookie}; ${cookie}`,
  };
  for (const [name, cookieOf] of Object.entries(elsewhere)) {
    test(`is refused in ${name}, and the right one can still have it`, async () => {
      const account = await withProvider();
      const begun = await account.begin();
      const cookie = await cookieOf(account, begun);
      const samlResponse = await account.sign(answering(begun.id));
      const log = await account.refused('unknown_request', () => account.post(samlResponse, { cookie }));
      assert.equal(log.initiatedBy, 'sp');
      assert.equal(log.error.got, begun.id);
      assert.equal((await account.post(samlResponse, { cookie: begun.cookie })).status, 303);
    });
  }

  test('is in time for ten minutes', async () => {
    const account = await withProvider();
    const begun = Date.UTC(2031, 0, 1);
    for (const [later, taken] of [[10 * MINUTES - 1, true], [10 * MINUTES, false]]) {
      postern.now = begun;
      const { id, cookie } = await account.begin();
      postern.now = begun + later;
      if (taken) await account.signIn(answering(id), { cookie });
      else await account.refusedSignIn('unknown_request', answering(id), { cookie });
    }
  });

  test('is taken once, be the second one another assertion', async () => {
    const account = await withProvider();
    const { id, cookie } = await account.begin();
    const { samlResponse } = await account.signIn(answering(id), { cookie });
    await account.refused('replayed', () => account.post(samlResponse, { cookie }));
    await account.refusedSignIn('unknown_request', answering(id), { cookie });
  });

  test('is refused from another provider than was asked', async () => {
    const account = await withProvider();
    const other = await account.addProvider({ name: 'Other' });
    const { id, cookie } = await account.begin();
    await account.refusedSignIn('unknown_request', answering(id), { provider: other, cookie });
    await account.signIn(answering(id), { cookie });
  });

  test('is refused in another account', async () => {
    const [account, other] = [await withProvider(), await withProvider()];
    const { id, cookie } = await account.begin();
    await other.refusedSignIn('unknown_request', answering(id), { cookie });
  });

  test('to a request that was never made is refused', async () => {
    const account = await withProvider();
    const { cookie } = await account.begin();
    await account.refusedSignIn('unknown_request', answering('_made-up'), { cookie });
  });

  test('that names no request is one that the identity provider initiated', async () => {
    const account = await withProvider();
    const { cookie } = await account.begin();
    await account.signIn('ada@example.com', { cookie });
    const { pending_requests: pending, sign_ins: log } = await account.snapshot();
    assert.equal(pending.length, 1);
    assert.equal(log[0].initiated_by, 'idp');
  });

  test('is needed where the identity provider may not initiate', async () => {
    const account = await withProvider({ allowIdpInitiated: false });
    const { id, cookie } = await account.begin();
    const log = await account.refusedSignIn('idp_initiated_not_allowed', 'ada@example.com', { cookie });
    assert.equal(log.initiatedBy, 'idp');
    await account.signIn(answering(id), { cookie });
  });
});
