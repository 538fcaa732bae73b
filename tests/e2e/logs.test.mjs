// The logs as the API serves them: filtered, exported, and removed when they are old.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { schemaErrors } from './support/openapi.mjs';
import { SETUP_TOKEN, startPostern } from './support/postern.mjs';

const ROWS = 12_345;
const DAY = 24 * 60 * 60 * 1000;
let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());

const items = async (account, path) => (await account.expect(200, 'GET', path)).items;

/** Follows an export to its end: its items, and how many each answer had. */
async function exported(target, headers = {}) {
  const [found, sizes] = [[], []];
  while (target) {
    const answer = await postern.fetch(target, { headers: { authorization: `Bearer ${SETUP_TOKEN}`, ...headers } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const text = await answer.text();
    assert.ok(text.length < 10 * 1024 * 1024, String(text.length));
    const lines = text.split('\n');
    assert.equal(lines.pop(), '', 'each line has its end');
    found.push(...lines.map((line) => JSON.parse(line)));
    sizes.push(lines.length);
    assert.ok(answer.d1Calls <= 20, String(answer.d1Calls));
    target = answer.headers.get('link')?.match(/^<(.+)>; rel="next"$/)[1];
  }
  return { found, sizes };
}

describe(`of ${ROWS} attempts`, () => {
  let account;
  let path;
  /** The one real attempt of each kind. */
  let real;

  before(async () => {
    account = await TestAccount.withProvider(postern, keys);
    path = `/api/v1/accounts/${account.id}/sign-ins`;
    await account.signIn('Ada@Example.com');
    await account.post('%%%');
    real = await items(account, '/sign-ins');
    // Copies of the refusal, before it, and every thousandth with the code of another.
    const copy = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 2})
      INSERT INTO sign_ins (account_id, id, at, outcome, error, trace)
      SELECT account_id, '0' || format('%025d', i), i, outcome, iif(i % 1000, error, json_set(error, '$.code', 'expired')), trace
      FROM n, sign_ins WHERE account_id = ? AND outcome = 'refused'`;
    await account.sql(copy, account.id);
  });

  test('an export has each once, the newest first, in answers of 10,000 at most', async () => {
    const { found, sizes } = await exported(path, { accept: 'application/x-ndjson' });
    assert.equal(sizes.length, 2);
    assert.ok(sizes[0] > sizes[1] && sizes[0] <= 10_000, String(sizes));
    const ids = found.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].sort().reverse());
    assert.equal(ids.length, ROWS);
    for (const item of [...found.slice(0, 2), ...found.slice(-2)]) assert.equal(schemaErrors('#/components/schemas/SignIn', item), '');
    assert.deepEqual(found.slice(0, 2), real);
  });

  test('filters are those of the list', async () => {
    const codes = await exported(`${path}?format=ndjson&code=expired`);
    assert.deepEqual(codes.sizes, [12]);
    assert.deepEqual(codes.found.map(({ error }) => error.code), Array(12).fill('expired'));
    const [signedIn] = real.filter(({ outcome }) => outcome === 'signed_in');
    for (const query of ['outcome=signed_in', 'email=aDA@example.com', `userId=${signedIn.user.id}`, `email=ada@example.com&providerId=${account.provider.id}&outcome=signed_in`]) {
      assert.deepEqual((await exported(`${path}?format=ndjson&${query}`)).found, [signedIn], query);
      assert.deepEqual(await items(account, `/sign-ins?${query}`), [signedIn], query);
    }
    // The time is that of the ids.
    const instant = new Date(1).toISOString();
    assert.equal((await exported(`${path}?format=ndjson&until=${instant}`)).found.length, ROWS - 2);
    assert.deepEqual((await exported(`${path}?format=ndjson&since=${instant}`)).found, real);
  });

  test('a filter without an index is followed to the end', async () => {
    const { found, sizes } = await exported(`${path}?format=ndjson&providerId=${account.provider.id}`);
    assert.deepEqual([found.length, sizes.at(-1)], [1, sizes.length > 1 ? 0 : 1]);
    let cursor = '';
    let [pages, count] = [0, 0];
    do {
      const page = await account.expect(200, 'GET', `/sign-ins?providerId=${account.provider.id}&cursor=${cursor}`);
      [pages, count, cursor] = [pages + 1, count + page.items.length, page.nextCursor];
    } while (cursor !== null);
    assert.deepEqual([pages, count], [Math.ceil(ROWS / 2000), 1]);
  });

  test('what is no parameter is told', async () => {
    for (const query of ['outcom=refused', 'since=yesterday', 'format=csv', 'limit=201', 'outcome=refused&outcome=refused']) {
      const { status, body } = await account.admin('GET', `/sign-ins?${query}`);
      assert.equal(status, 400, query);
      assert.match(body.detail, new RegExp(`^${query.split('=')[0]} `), query);
    }
  });
});

test('the audit log tells who changed what, and what it was', async () => {
  const account = await TestAccount.withProvider(postern, keys);
  const { id } = account.provider;
  await account.change(account.provider, { name: 'Renamed' });
  await account.signIn('grace@example.com');
  const changes = await items(account, `/audit-log?resource=provider/${id}`);
  assert.deepEqual(changes.map(({ actor, action, version }) => [actor, action, version]), [['setup-token', 'provider.updated', 2], ['setup-token', 'provider.created', 1]]);
  assert.deepEqual([changes[0].before.name, changes[0].after.name], ['Example', 'Renamed']);
  const [made] = await items(account, `/audit-log?actor=provider/${id}`);
  assert.deepEqual([made.action, made.after.email], ['user.created', 'grace@example.com']);
  assert.deepEqual(await items(account, `/audit-log?actor=provider/${id}&action=provider.updated`), []);
  const looks = await items(account, '/audit-log?action=setup-token.used&limit=200');
  const path = `/api/v1/accounts/${account.id}/audit-log`;
  assert.deepEqual([looks[0].resource, looks[0].version, looks[0].actor], [path, null, 'setup-token'], 'looking at it is a use of the token');
  const { found } = await exported(`${path}?format=ndjson&resource=provider/${id}`);
  assert.deepEqual(found, changes);
});

test('what is older than its days goes with the cron, in each log', async () => {
  const old = await startPostern({ vars: { SIGN_IN_LOG_DAYS: '30', EVENT_LOG_DAYS: '', AUDIT_LOG_DAYS: '0' } });
  try {
    const account = await TestAccount.create(old, keys);
    const ages = [0, 29, 31, 399, 401];
    for (const age of ages) {
      const at = Date.now() - age * DAY;
      await old.sql(
        ["INSERT INTO sign_ins (account_id, id, at, outcome, trace) VALUES (?, ?, ?, 'refused', '[]')", account.id, `a${age}`, at],
        ["INSERT INTO events VALUES (?, ?, ?, 'a.b', ?, '{}')", account.id, `a${age}`, at, `a${age}`],
        ["INSERT INTO changes (account_id, id, at, actor, action, resource, version) VALUES (?, ?, ?, 'x', 'a.b', ?, 1)", account.id, `a${age}`, at, `x/${age}`],
      );
    }
    await old.scheduled(Date.now());
    const kept = async (table) => (await old.sql([`SELECT id FROM ${table} WHERE id LIKE 'a%' ORDER BY at DESC`]))[0].map(({ id }) => Number(id.slice(1)));
    assert.deepEqual(await kept('sign_ins'), [0, 29]);
    assert.deepEqual(await kept('events'), [0, 29, 31, 399]);
    assert.deepEqual(await kept('changes'), ages);
  } finally {
    await old.dispose();
  }
});
