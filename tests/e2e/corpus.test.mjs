// The whole corpus of tests/saml through the built module in workerd: WebCrypto and the browser's way in come to what the
// files say, as the native verifier does.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { exceptions } from './cases/corpus-exceptions.mjs';
import { TestAccount } from './support/account.mjs';
import { byProvider, cases } from './support/corpus.mjs';
import { insertKey } from './support/encryption.mjs';
import { cookiesOf, startPostern } from './support/postern.mjs';

/** So many refusals are under way at a time. */
const AT_ONCE = 8;
/** What a sign-in leaves behind, in an order in which it can be taken away. */
const TRACES = ['spent', 'pending_requests', 'sessions', 'user_links', 'users', 'sign_ins'];
const REFERENCE = /Reference: <code>([0-9a-z]{26})<\/code>/;

let postern;
let account;

before(async () => {
  postern = await startPostern({ vars: { PUBLIC_URL: 'https://sp.example' } });
  account = new TestAccount(postern, null, 'acme');
  await account.expect(201, 'POST', '', { id: 'acme', name: 'Acme' });
  await insertKey(account, 'sp');
});
after(() => postern?.dispose());

/** Makes the provider that a group of cases supposes the only one of the account, and nobody ever signed in. */
async function prepare({ now, settings }) {
  postern.now = now;
  await forget();
  for (const { id, version } of (await account.expect(200, 'GET', '/providers')).items) {
    await account.expect(204, 'DELETE', `/providers/${id}`, undefined, { version });
  }
  account.provider = await account.addProvider(settings);
}

function forget() {
  return postern.sql(...TRACES.map((table) => [`DELETE FROM ${table} WHERE account_id = ?`, account.id]));
}

/** Posts a case as the browser would that its header supposes. */
async function post({ acsUrl, pending, samlResponse }) {
  const cookie = pending === null ? undefined : await begun(pending);
  const { pathname, search } = new URL(acsUrl);
  return postern.postResponse(pathname + search, { samlResponse, cookie });
}

/** A browser that has begun a sign-in here, by a request of this id. */
async function begun(id) {
  const begin = await postern.fetch(`${new URL(account.provider.sp.loginUrl).pathname}?return_to=/asked`);
  assert.equal(begin.status, 302);
  await account.sql('UPDATE pending_requests SET id = ? WHERE account_id = ?', id, account.id);
  return cookiesOf(begin);
}

/** The session that an accepted response opened, as the database and the browser's cookie tell. */
async function assertSession({ name, accepted, pending, now }, answer) {
  assert.equal(answer.status, 303, name);
  assert.equal(answer.headers.get('location'), (accepted.answers ?? null) === null ? '/' : '/asked', name);
  const whoami = await account.whoami(cookiesOf(answer));
  const [sessions, users, log, requests] = await postern.sql(
    ...['sessions', 'users', 'sign_ins', 'pending_requests'].map((table) => [`SELECT * FROM ${table} WHERE account_id = ?`, account.id]),
  );
  assert.deepEqual(sessions.map((row) => row.name_id), [accepted.nameId], name);
  assert.deepEqual(log.map((row) => [row.outcome, row.name_id]), [['signed_in', accepted.nameId]], name);
  assert.deepEqual(users.map(({ id }) => id), [sessions[0].user_id], name);
  const open = [pending].filter((id) => id !== null && id !== accepted.answers);
  assert.deepEqual(requests.map(({ id }) => id), open, name);
  if (accepted.sessionIndex !== undefined) assert.equal(sessions[0].session_index, accepted.sessionIndex, name);
  const ended = accepted.sessionEnd !== undefined && Date.parse(accepted.sessionEnd) <= Date.parse(now);
  assert.equal(whoami.status, ended ? 401 : 200, name);
  if (!ended) assert.equal(whoami.user.id, users[0].id, name);
}

async function assertException({ name }, answer) {
  const { status, refused } = exceptions[name];
  const log = await account.sql('SELECT error FROM sign_ins WHERE account_id = ?', account.id);
  const codes = log[0].map(({ error }) => JSON.parse(error).code);
  assert.deepEqual([answer.status, codes], [status, refused === undefined ? [] : [refused]], name);
}

describe('what the corpus accepts', () => {
  const all = cases('accept');
  let signedIn = 0;
  let excepted = 0;

  for (const group of byProvider(all)) {
    test(`opens a session each time: ${group.cases.length}, as ${group.cases[0].name}`, async () => {
      await prepare(group);
      for (const one of group.cases) {
        const answer = await post(one);
        if (Object.hasOwn(exceptions, one.name)) {
          await assertException(one, answer);
          excepted += 1;
        } else {
          await assertSession(one, answer);
          signedIn += 1;
        }
        await forget();
      }
    });
  }

  test('was tried in full', () => {
    assert.ok(all.length >= 198, String(all.length));
    assert.equal(excepted, Object.keys(exceptions).filter((name) => name.startsWith('accept/')).length);
    assert.equal(signedIn + excepted, all.length);
  });
});

describe('what the corpus refuses', () => {
  const all = cases('refuse');
  let refused = 0;

  /** Posts a case. Resolves to what came of it, but for what the log says. */
  async function refuse(one) {
    const answer = await post(one);
    const reference = (await answer.text()).match(REFERENCE)?.[1];
    return { one, status: answer.status, reference, cookies: answer.headers.getSetCookie() };
  }

  for (const group of byProvider(all)) {
    test(`is refused with its code each time: ${group.cases.length}, as ${group.cases[0].name}`, async () => {
      await prepare(group);
      const outcomes = [];
      for (const one of group.cases.filter(({ pending }) => pending !== null)) {
        outcomes.push(await refuse(one));
        await account.sql('DELETE FROM pending_requests WHERE account_id = ?', account.id);
      }
      const rest = group.cases.filter(({ pending }) => pending === null);
      const work = async () => {
        for (let one = rest.pop(); one !== undefined; one = rest.pop()) outcomes.push(await refuse(one));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));

      const { sign_ins: log, ...others } = await account.snapshot();
      const codes = new Map(log.map(({ id, outcome, error }) => [id, `${outcome}: ${JSON.parse(error).code}`]));
      for (const { one, status, reference, cookies } of outcomes) {
        const expected = exceptions[one.name] ?? { status: [400, 403].find((any) => any === status), refused: one.refused.code };
        assert.deepEqual([status, codes.get(reference), cookies], [expected.status, `refused: ${expected.refused}`, []], one.name);
      }
      assert.equal(log.length, group.cases.length);
      for (const table of ['users', 'user_links', 'spent', 'sessions']) assert.deepEqual(others[table], [], table);
      refused += outcomes.length;
    });
  }

  test('was tried in full', () => {
    assert.ok(all.length >= 931, String(all.length));
    assert.equal(refused, all.length);
    const names = Object.keys(exceptions).filter((name) => name.startsWith('refuse/'));
    assert.deepEqual(names.filter((name) => !all.some((one) => one.name === name)), []);
  });
});
