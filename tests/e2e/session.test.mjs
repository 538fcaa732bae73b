// What a sign-in opens: a cookie, who it stands for, and all the ways in which it ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const SECONDS = 1000;
const HOURS = 3600 * SECONDS;
const NOON = Date.UTC(2031, 5, 1, 12);
const { postern, keys } = await installation();

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);

/** An account with a session that was opened at noon. */
async function signedInAtNoon(person = 'ada@example.com') {
  postern.now = NOON;
  const account = await withProvider();
  return { account, ...(await account.signIn(person)) };
}

/** Status of /whoami so long after noon. */
async function statusAfter({ account, cookie }, millis) {
  postern.now = NOON + millis;
  return (await account.whoami(cookie)).status;
}

describe('the cookie', () => {
  test('is for this host alone, opaque, and out of reach of scripts', async () => {
    const account = await withProvider();
    const { answer, cookie } = await account.signIn('ada@example.com');
    const [line, ...others] = answer.headers.getSetCookie();
    assert.deepEqual(others, []);
    const [pair, ...attributes] = line.split('; ');
    assert.match(pair, new RegExp(`^__Host-postern=${account.id}\\.[A-Za-z0-9_-]{43}$`));
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
    assert.ok(!JSON.stringify(await account.snapshot()).includes(cookie.split('.')[1]), 'the database holds a digest');
  });

  test('is a new one at each sign-in', async () => {
    const account = await withProvider();
    const [first, second] = [await account.signIn('ada@example.com'), await account.signIn('ada@example.com')];
    assert.notEqual(first.cookie, second.cookie);
    for (const { cookie } of [first, second]) assert.equal((await account.whoami(cookie)).status, 200);
  });

  const secret = 'A'.repeat(43);
  for (const [name, cookieOf] of Object.entries({
    'no cookie': () => '',
    'a secret that is nobody’s': (account) => `__Host-postern=${account.id}.${secret}`,
    'a secret without an account': (_, cookie) => cookie.replace(/=[^.]*\./, '='),
    'the account of somebody else': (_, cookie, other) => cookie.replace(/=[^.]*/, `=${other.id}`),
    'a name without __Host-': (_, cookie) => cookie.replace('__Host-', ''),
    'two of them': (_, cookie) => `${cookie}; ${cookie}`,
    'one letter changed': (_, cookie) => cookie.slice(0, -2) + (cookie.at(-2) === 'A' ? 'B' : 'A') + cookie.at(-1),
  })) {
    test(`${name} is nobody`, async () => {
      const [account, other] = [await withProvider(), await withProvider()];
      const { cookie } = await account.signIn('ada@example.com');
      const answer = await postern.fetch('/whoami', { headers: { cookie: cookieOf(account, cookie, other) } });
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
    });
  }
});

describe('a session', () => {
  test('says who it is, to programs and to people', async () => {
    const session = await signedInAtNoon({ nameId: 'ada@example.com', attributes: { displayName: 'Ada <King>' } });
    const answer = await postern.fetch('/whoami', { headers: { cookie: session.cookie } });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { session: { createdAt, expiresAt } } = await answer.json();
    assert.equal(createdAt, '2031-06-01T12:00:00.000Z');
    assert.equal(expiresAt, '2031-06-02T12:00:00.000Z');
    const home = await postern.fetch('/', { headers: { cookie: session.cookie } });
    const html = await home.text();
    assert.ok(html.includes('Ada &lt;King&gt;') && html.includes('Sign out'), html);
    assert.match(await (await postern.fetch('/')).text(), /Nobody is signed in/);
  });

  test('ends in the database when the user signs out, and no other with it', async () => {
    const account = await withProvider();
    const [here, there] = [await account.signIn('ada@example.com'), await account.signIn('ada@example.com')];
    const out = await postern.fetch('/sign-out', { method: 'POST', headers: { cookie: here.cookie } });
    assert.equal(out.status, 303);
    assert.equal(out.headers.get('location'), '/');
    assert.deepEqual(out.headers.getSetCookie(), ['__Host-postern=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0']);
    assert.equal((await account.snapshot()).sessions.length, 1);
    assert.equal((await account.whoami(here.cookie)).status, 401);
    assert.equal((await account.whoami(there.cookie)).status, 200);
  });

  test('is not ended by following a link', async () => {
    const account = await withProvider();
    const { cookie } = await account.signIn('ada@example.com');
    const answer = await postern.fetch('/sign-out', { headers: { cookie } });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'POST');
    assert.equal((await account.whoami(cookie)).status, 200);
  });

  test('signing out without one is no error, and takes no cookie from a browser that sent none', async () => {
    const out = await postern.fetch('/sign-out', { method: 'POST' });
    assert.equal(out.status, 303);
    assert.deepEqual(out.headers.getSetCookie(), []);
  });

  test('ends after eight hours without use', async () => {
    assert.equal(await statusAfter(await signedInAtNoon(), 8 * HOURS - 1), 200);
    assert.equal(await statusAfter(await signedInAtNoon(), 8 * HOURS), 401);
  });

  test('ends after 24 hours, however much it is used', async () => {
    const session = await signedInAtNoon();
    for (const hours of [7, 14, 21]) assert.equal(await statusAfter(session, hours * HOURS), 200);
    assert.equal(await statusAfter(session, 24 * HOURS - 1), 200);
    assert.equal(await statusAfter(session, 24 * HOURS), 401);
  });

  test('ends when the identity provider says so, if that is sooner', async () => {
    const session = await signedInAtNoon({ nameId: 'ada@example.com', sessionNotOnOrAfter: NOON + HOURS });
    assert.equal((await session.account.whoami(session.cookie)).session.expiresAt, '2031-06-01T13:00:00.000Z');
    assert.equal(await statusAfter(session, HOURS - 1), 200);
    assert.equal(await statusAfter(session, HOURS), 401);
  });

  test('does not last longer because the identity provider says so', async () => {
    const { account, cookie } = await signedInAtNoon({ nameId: 'ada@example.com', sessionNotOnOrAfter: NOON + 72 * HOURS });
    assert.equal((await account.whoami(cookie)).session.expiresAt, '2031-06-02T12:00:00.000Z');
  });

  test('ends at once when its user is deactivated', async () => {
    const account = await withProvider();
    const { cookie } = await account.signIn('ada@example.com');
    assert.equal((await account.whoami(cookie)).status, 200);
    await account.sql('UPDATE users SET active = 0 WHERE account_id = ?', account.id);
    assert.equal((await account.whoami(cookie)).status, 401);
  });

  test('ends with its provider', async () => {
    const account = await withProvider();
    const { cookie } = await account.signIn('ada@example.com');
    const { id, version } = account.provider;
    await account.expect(204, 'DELETE', `/providers/${id}`, undefined, { version });
    assert.equal((await account.whoami(cookie)).status, 401);
  });
});

test('the cron forgets what has ended, and nothing else', async () => {
  const session = await signedInAtNoon();
  const { account } = session;
  await account.begin();
  const before = await account.snapshot();
  postern.now = NOON + 10 * HOURS;
  const { cookie } = await account.signIn('grace@example.com');
  await account.begin();
  const kept = { sessions: 2, spent: 1, pending_requests: 1 };
  const counts = async () => Object.fromEntries(Object.entries(await account.snapshot()).map(([table, rows]) => [table, rows.length]));
  const expected = { ...(await counts()), ...kept };
  await postern.scheduled();
  assert.deepEqual(await counts(), expected, 'the assertion and the request of noon are over');
  postern.now = NOON + 26 * HOURS;
  await postern.scheduled();
  assert.deepEqual(await counts(), { ...expected, sessions: 1, spent: 0, pending_requests: 0 }, 'the session of noon is over');
  assert.deepEqual((await account.snapshot()).users.length, before.users.length + 1);
  postern.now = NOON + 11 * HOURS;
  assert.equal((await account.whoami(cookie)).status, 200);
});
