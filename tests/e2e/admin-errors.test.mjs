// The admin API when it is asked for what cannot be: who may ask, what JSON is taken, which versions, whose things.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import * as badFields from './cases/bad-fields.mjs';
import { TestAccount } from './support/account.mjs';
import { SETUP_TOKEN, startPostern } from './support/postern.mjs';

let postern;
let keys;
let account;

before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
  account = await TestAccount.withProvider(postern, keys);
  await account.signIn('ada@example.com');
});
after(() => postern.dispose());

describe('without the set-up token', () => {
  const headers = {
    'no token': undefined,
    'another token': `Bearer ${SETUP_TOKEN}x`,
    'a part of the token': `Bearer ${SETUP_TOKEN.slice(0, -1)}`,
    'an empty token': 'Bearer ',
    'another scheme': `Basic ${btoa(`:${SETUP_TOKEN}`)}`,
    'no scheme': SETUP_TOKEN,
  };
  for (const [name, authorization] of Object.entries(headers)) {
    test(`nobody gets in: ${name}`, async () => {
      const before = await account.snapshot();
      const calls = [
        ['GET', ''], ['POST', '', { name: 'A' }], ['GET', '/providers'], ['POST', '/providers', {}], ['GET', `/providers/${account.provider.id}`],
        ['PATCH', `/providers/${account.provider.id}`, { name: 'A' }], ['DELETE', `/providers/${account.provider.id}`], ['GET', '/users'], ['GET', '/sign-ins'], ['POST', '/saml/explain', {}],
      ];
      for (const [method, path, json] of calls) {
        const { status, body, d1Calls } = await account.admin(method, path, json, { token: null, headers: authorization === undefined ? {} : { authorization } });
        assert.equal(status, 401, `${method} ${path}`);
        assert.match(body.detail, /token/);
        assert.equal(d1Calls, 0);
      }
      assert.deepEqual(await account.snapshot(), before);
    });
  }

  test('whether an account exists cannot be told', async () => {
    const [known, unknown] = [await account.admin('GET', '/users', undefined, { token: null }), await postern.admin('GET', '/accounts/nobody/users', undefined, { token: null })];
    assert.deepEqual(known.body, unknown.body);
  });

  test('the scheme may be written in another case', async () => {
    assert.equal((await postern.admin('GET', '/accounts', undefined, { token: null, headers: { authorization: `bEARER  ${SETUP_TOKEN} ` } })).status, 200);
  });

  test('a session of somebody without permissions is not enough', async () => {
    const { cookie } = await account.signIn('ada@example.com');
    const { status, body } = await account.admin('GET', '/users', undefined, { token: null, headers: { cookie } });
    assert.equal(status, 403);
    assert.match(body.detail, /users:view/);
  });
});

describe('a body', () => {
  for (const [name, raw, status] of [
    ['that is empty', { body: '' }, 400],
    ['that is no JSON', { body: '{"name":' }, 400],
    ['that is JSON and more', { body: '{} {}' }, 400],
    ['that is no object', { body: '[]' }, 400],
    ['that is null', { body: 'null' }, 400],
    ['that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400],
    ['with half a surrogate', { body: '{"name":"\\ud800"}' }, 400],
    ['nested too deep to be meant', { body: '['.repeat(5000) + ']'.repeat(5000) }, 400],
    ['of text', { type: 'text/plain', body: '{}' }, 415],
    ['of a form', { type: 'application/x-www-form-urlencoded', body: 'name=A' }, 415],
    ['of no type', { type: ' ', body: '{}' }, 415],
    ['of more than 1 MiB', { body: JSON.stringify({ name: 'x'.repeat(1024 * 1024) }) }, 413],
  ]) {
    test(`${name} is ${status}`, async () => {
      const before = await account.snapshot();
      for (const [method, path, version] of [['POST', ''], ['POST', '/providers'], ['POST', '/saml/explain'], ['PATCH', `/providers/${account.provider.id}`, 1]]) {
        const { status: got, body } = await account.admin(method, path, {}, { raw, version });
        assert.equal(got, status, `${method} ${path}: ${JSON.stringify(body)}`);
      }
      assert.deepEqual(await account.snapshot(), before);
    });
  }

  test('of nearly 1 MiB is read', async () => {
    const { status, body } = await account.admin('POST', '', { name: 'x'.repeat(1024 * 1024 - 20) });
    assert.equal(status, 422);
    assert.equal(body.errors[0].code, 'too_long');
  });
});

/** Field errors as `{ pointer: code }`, each pointer once, each with a sentence. */
function codesOf({ errors }) {
  for (const { message } of errors) assert.match(message, /^[A-Z0-9].*\.$/);
  assert.equal(new Set(errors.map(({ pointer }) => pointer)).size, errors.length);
  return Object.fromEntries(errors.map(({ pointer, code }) => [pointer, code]));
}

describe('fields', () => {
  const tables = { account: badFields.accounts, provider: badFields.providers, question: badFields.questions };
  const paths = { account: '', provider: '/providers', question: '/saml/explain' };
  for (const [noun, table] of Object.entries(tables)) {
    for (const [name, [sent, codes]] of Object.entries(table)) {
      test(`of a new ${noun}: ${name}`, async () => {
        const before = await account.snapshot();
        const right = noun === 'provider' ? { name: 'A', kind: 'other', metadataXml: account.metadata() } : {};
        const { status, body } = await account.admin('POST', paths[noun], { ...right, ...sent });
        assert.equal(status, 422, JSON.stringify(body));
        assert.deepEqual(codesOf(body), codes);
        assert.match(body.detail, new RegExp(`^${Object.keys(codes).length} of the fields`));
        assert.deepEqual(await account.snapshot(), before, 'nothing was changed');
      });
    }
  }

  for (const [name, [sent, codes]] of Object.entries(badFields.providers)) {
    // A patch need not repeat what is required.
    if (name === 'no required field') continue;
    test(`of a changed provider: ${name}`, async () => {
      const before = await account.snapshot();
      const { status, body } = await account.admin('PATCH', `/providers/${account.provider.id}`, sent, { version: account.provider.version });
      assert.equal(status, 422, JSON.stringify(body));
      const expected = name === 'null for required fields' ? { '/name': 'required', '/kind': 'required', '/metadataXml': 'required' } : codes;
      assert.deepEqual(codesOf(body), expected);
      assert.deepEqual(await account.snapshot(), before);
    });
  }
});

describe('a version', () => {
  for (const [name, header, status] of [
    ['that is missing', undefined, 428],
    ['that is old', '"1"', 412],
    ['that is to come', '"9"', 412],
    ['without quotes', '2', 412],
    ['that is weak', 'W/"2"', 412],
    ['that is any', '*', 428],
    ['that is weak in a list', '"1", W/"2"', 412],
    ['of a list that is old', '"1", "0"', 412],
    ['with a sign', '"+2"', 412],
    ['that is no number', '"two"', 412],
    ['beyond every number', `"${'9'.repeat(40)}"`, 412],
  ]) {
    test(`${name} is ${status}`, async () => {
      const own = await TestAccount.withProvider(postern, keys);
      await own.change(own.provider, { name: 'Changed' });
      const before = await own.snapshot();
      for (const [method, json] of [['PATCH', { name: 'Again' }], ['DELETE', undefined]]) {
        const answer = await own.admin(method, `/providers/${own.provider.id}`, json, { headers: header === undefined ? {} : { 'if-match': header } });
        assert.equal(answer.status, status, JSON.stringify(answer.body));
      }
      assert.deepEqual(await own.snapshot(), before);
    });
  }
});

test('of several versions one is the present one', async () => {
  const own = await TestAccount.withProvider(postern, keys);
  await own.change(own.provider, { name: 'Changed' });
  for (const [method, json, header, status] of [['PATCH', { name: 'Again' }, '"1", "2"', 200], ['DELETE', undefined, '"2","3"', 204]]) {
    const answer = await own.admin(method, `/providers/${own.provider.id}`, json, { headers: { 'if-match': header } });
    assert.equal(answer.status, status, JSON.stringify(answer.body));
  }
});

describe('what is not there', () => {
  test('in this account is 404, be it in another', async () => {
    const other = await TestAccount.withProvider(postern, keys);
    await other.signIn('grace@example.com');
    const [{ id: user }] = await other.users();
    const { items: [{ id: signIn }] } = await other.expect(200, 'GET', '/sign-ins');
    const { id: provider } = other.provider;
    const before = await other.snapshot();
    for (const id of [provider, user, signIn]) {
      for (const list of ['providers', 'users', 'sign-ins']) assert.equal((await account.admin('GET', `/${list}/${id}`)).status, 404);
    }
    assert.equal((await account.admin('PATCH', `/providers/${provider}`, { name: 'Taken over' }, { version: 1 })).status, 404);
    assert.equal((await account.admin('DELETE', `/providers/${provider}`, undefined, { version: 1 })).status, 404);
    const explained = await account.admin('POST', '/saml/explain', { samlResponse: await other.sign('grace@example.com'), provider });
    assert.equal(explained.status, 404);
    assert.deepEqual(await other.snapshot(), before);
    for (const path of ['/users?email=grace@example.com', '/users', '/sign-ins', '/providers']) {
      const { items } = await account.expect(200, 'GET', path);
      assert.ok(!JSON.stringify(items).includes('grace@example.com') && items.every(({ id }) => ![provider, user, signIn].includes(id)), path);
    }
  });

  test('in an account that is not there either', async () => {
    for (const path of ['', '/providers', '/users', '/sign-ins', '/providers/x', '/users/x', '/sign-ins/x']) {
      for (const id of ['nobody', 'a%20b', 'x'.repeat(65)]) assert.equal((await postern.admin('GET', `/accounts/${id}${path}`)).status, 404, id + path);
    }
    assert.equal((await postern.admin('POST', '/accounts/nobody/providers', { name: 'A', kind: 'other', metadataXml: account.metadata() })).status, 404);
    assert.equal((await postern.admin('POST', '/accounts/nobody/saml/explain', { samlResponse: 'PHg+' })).status, 404);
    assert.deepEqual(await postern.sql(["SELECT * FROM changes WHERE account_id = 'nobody' AND action <> 'setup-token.used'"]), [[]]);
  });

  test('at all is 404, by another method 405', async () => {
    for (const path of ['/none', '/accounts/', `/accounts/${account.id}/none`]) assert.equal((await postern.admin('GET', path)).status, 404);
    for (const [method, path, allow] of [['PUT', '', 'GET, POST'], ['DELETE', '/users', 'GET, POST'], ['PUT', `/providers/${account.provider.id}`, 'GET, PATCH, DELETE']]) {
      const { status, headers } = await account.admin(method, path);
      assert.equal(status, 405);
      assert.equal(headers.get('allow'), allow);
    }
  });
});

test('an id that is taken is 409, whatever else is sent', async () => {
  const { status, body } = await account.admin('POST', '', { id: account.id, name: 'Again' });
  assert.equal(status, 409);
  assert.deepEqual(codesOf(body), { '/id': 'taken' });
});
