// Accounts, users and the sign-in log, read page by page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

const COUNT = 120;
let postern;
let account;

before(async () => {
  const [started, keys] = await Promise.all([startPostern(), makeKeys()]);
  postern = started;
  account = await TestAccount.withProvider(postern, keys);
});
after(() => postern.dispose());

/** An account with `COUNT` users who signed in and as many refusals, each copied from a real one. */
async function crowded() {
  await account.signIn('user-000@example.com');
  await account.post('%%%');
  const copies = Array.from({ length: COUNT - 1 }, (_, index) => String(index + 1).padStart(3, '0'));
  const { users: [user], sign_ins: log } = await account.snapshot();
  const insert = (table, row) => [`INSERT INTO ${table} VALUES (${Object.keys(row).map(() => '?').join()})`, ...Object.values(row)];
  const numbered = (id, number) => id.slice(0, -3) + number;
  const first = log.map((row) => ({ ...row, id: numbered(row.id, '000') }));
  await postern.sql(
    ['DELETE FROM sign_ins WHERE account_id = ?', account.id],
    ...first.map((row) => insert('sign_ins', row)),
    ...copies.flatMap((number) => {
      const email = `user-${number}@example.com`;
      return [
        insert('users', { ...user, id: `${user.id.slice(0, -4)}z${number}`, email, email_folded: email, user_name: email, user_name_folded: email }),
        ...first.map((row) => insert('sign_ins', { ...row, id: numbered(row.id, number), at: row.at + Number(number) })),
      ];
    }),
  );
}

/** Every item of a list, with the size of each page. */
async function everyPage(path, query = {}) {
  const [items, sizes] = [[], []];
  let cursor = null;
  do {
    const page = await account.expect(200, 'GET', `${path}?${new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) })}`);
    items.push(...page.items);
    sizes.push(page.items.length);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { items, sizes };
}

const sorted = (items) => items.map(({ id }) => id).sort();

describe(`of ${COUNT} users and ${2 * COUNT} attempts`, () => {
  before(crowded);

  for (const [limit, sizes] of [['', [50, 50, 20]], ['1', Array(COUNT).fill(1)], ['40', [40, 40, 40]], ['119', [119, 1]], ['120', [120]], ['200', [120]]]) {
    test(`the users come in pages of ${limit || 50}, the oldest first, each once`, async () => {
      const list = await everyPage('/users', limit ? { limit } : {});
      assert.deepEqual(list.sizes, sizes);
      const ids = list.items.map(({ id }) => id);
      assert.deepEqual(ids, [...new Set(ids)].sort());
      assert.equal(ids.length, COUNT);
    });
  }

  test('the sign-in log comes the newest first, whole or by outcome', async () => {
    const all = await everyPage('/sign-ins');
    assert.deepEqual(all.sizes, [50, 50, 50, 50, 40]);
    assert.deepEqual(all.items.map(({ id }) => id), sorted(all.items).reverse());
    const [signedIn, refused] = [await everyPage('/sign-ins', { outcome: 'signed_in', limit: '100' }), await everyPage('/sign-ins', { outcome: 'refused' })];
    assert.deepEqual([signedIn.sizes, refused.sizes], [[100, 20], [50, 50, 20]]);
    assert.ok(signedIn.items.every(({ outcome, error }) => outcome === 'signed_in' && error === null));
    assert.ok(refused.items.every(({ outcome, error }) => outcome === 'refused' && error.code === 'not_base64'));
    assert.deepEqual(sorted([...signedIn.items, ...refused.items]), sorted(all.items));
  });

  test('what comes in meanwhile moves no page', async () => {
    const first = await account.expect(200, 'GET', '/sign-ins?limit=100');
    await account.post('%%%');
    const second = await account.expect(200, 'GET', `/sign-ins?limit=100&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    assert.equal(new Set(ids).size, 200);
    assert.deepEqual(ids, ids.toSorted().reverse());
  });

  test('a user is found by e-mail in any case, and nobody by a part of one', async () => {
    const find = async (email) => (await account.expect(200, 'GET', `/users?${new URLSearchParams({ email })}`)).items.map((user) => user.email);
    assert.deepEqual(await find('USER-077@Example.com'), ['user-077@example.com']);
    for (const email of ['user-07@example.com', 'user%@example.com', "'@example.com' OR 1=1"]) {
      assert.deepEqual((await account.admin('GET', `/users?${new URLSearchParams({ email })}`)).body.items ?? [], [], email);
    }
    assert.equal((await account.expect(200, 'GET', '/users?email=')).items.length, 50, 'blank is not given');
  });

  test('one is read as it is listed', async () => {
    const { items: [user] } = await account.expect(200, 'GET', '/users?limit=1');
    const read = await account.admin('GET', `/users/${user.id}`);
    assert.deepEqual(read.body, user);
    assert.equal(read.headers.get('etag'), '"1"');
    const { items: [signIn] } = await account.expect(200, 'GET', '/sign-ins?limit=1');
    assert.deepEqual(await account.expect(200, 'GET', `/sign-ins/${signIn.id}`), signIn);
  });

  test('a cursor that is none is an error, or the end', async () => {
    for (const list of ['/users', '/sign-ins']) {
      for (const cursor of ['ä', 'a b', 'x'.repeat(65), '\u0000']) {
        assert.equal((await account.admin('GET', `${list}?${new URLSearchParams({ cursor })}`)).status, 400, cursor);
      }
    }
    assert.deepEqual(await account.expect(200, 'GET', '/users?cursor=zzzz'), { items: [], nextCursor: null });
    assert.deepEqual(await account.expect(200, 'GET', '/sign-ins?cursor=0'), { items: [], nextCursor: null });
    assert.equal((await account.expect(200, 'GET', '/users?cursor=')).items.length, 50, 'blank is the first page');
  });

  test('a limit, an outcome or an e-mail that is none is an error', async () => {
    for (const query of ['limit=0', 'limit=201', 'limit=-1', 'limit=1.5', 'limit=ten', 'limit=', 'limit=99999999999999999999']) {
      for (const list of ['/users', '/sign-ins']) assert.equal((await account.admin('GET', `${list}?${query}`)).status, 400, query);
      assert.equal((await postern.admin('GET', `/accounts?${query}`)).status, 400, query);
    }
    for (const path of ['/sign-ins?outcome=failed', '/sign-ins?outcome=SIGNED_IN', '/users?email=ada', '/users?email=a@b@c', '/users?email=%20user-077@example.com']) {
      assert.equal((await account.admin('GET', path)).status, 400, path);
    }
  });
});

test('accounts are listed by id, page by page', async () => {
  const names = ['B', 'a', '-', '_x', 'b'];
  for (const id of names) assert.equal((await postern.admin('POST', '/accounts', { id: `list-${id}`, name: ` ${id} ` })).status, 201);
  const ids = [];
  let cursor = 'list-';
  while (cursor) {
    const { body } = await postern.admin('GET', `/accounts?limit=2&cursor=${cursor}`);
    assert.ok(body.items.length <= 2);
    ids.push(...body.items.map(({ id }) => id).filter((id) => id.startsWith('list-')));
    cursor = body.nextCursor;
  }
  assert.deepEqual(ids, names.map((id) => `list-${id}`).sort());
  const { body, headers } = await postern.admin('GET', '/accounts/list-B');
  assert.equal(body.name, 'B');
  assert.equal(headers.get('etag'), '"1"');
});

test('an account that is given no id gets one', async () => {
  for (const id of [undefined, null]) {
    const { status, body, headers } = await postern.admin('POST', '/accounts', { name: 'Unnamed', id });
    assert.equal(status, 201);
    assert.match(body.id, /^[0-9a-z]{26}$/);
    assert.equal(headers.get('location'), `/api/v1/accounts/${body.id}`);
  }
});
