// Requests that are refused: each with its status and scimType, as an error of SCIM, and nothing is changed by them. The
// cases are in cases/scim-errors.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as cases from './cases/scim-errors.mjs';
import { BASES, ScimClient, USER, assertError, bulkOf, patchOf } from './support/scim.mjs';
import { SETUP_TOKEN, startPostern } from './support/postern.mjs';

const DAY = 86_400_000;
let postern;
/** The client that is refused, and what there is: ids of users and groups, by what they are called in the cases. */
let client;
let there;

before(async () => {
  postern = await startPostern();
  const other = await ScimClient.create(postern);
  client = await ScimClient.create(postern);
  const ada = await client.createUser('ada@example.com', { externalId: 'x-ada', emails: [{ value: 'ada@example.com', type: 'work', primary: true }] });
  const [bob, staff, team] = [await client.createUser('bob@example.com'), await client.createGroup('Staff', [ada.id], { externalId: 'x-staff' }), await client.createGroup('Team')];
  const native = await client.account.expect(201, 'POST', '/users', { email: 'native@example.com' });
  const nativeGroup = await client.account.expect(201, 'POST', '/groups', { name: 'Native' });
  const theirs = { user: (await other.createUser('ada@example.com')).id, group: (await other.createGroup('Staff')).id };
  there = { ada: ada.id, bob: bob.id, staff: staff.id, team: team.id, native: native.id, nativeGroup: nativeGroup.id, theirs };
});
after(() => postern.dispose());

const given = (value) => (typeof value === 'function' ? value(there) : value);

/** Asserts that a request is refused with this error, logged so, and that nothing else is written. Resolves to the answer. */
async function refused(send, status, scimType, { by = client, isLogged = true } = {}) {
  const [before, logged] = [await by.state(), await by.log()];
  const answer = await send();
  assertError(answer, status, scimType);
  assert.deepEqual(await by.state(), before, 'nothing is changed');
  const known = new Set(logged.map(({ id }) => id));
  const written = (await by.log()).filter(({ id }) => !known.has(id));
  assert.deepEqual(written.map((row) => row.status), isLogged ? [status] : [], 'a refusal is logged, once');
  return answer;
}

for (const [group, list] of Object.entries(cases).filter(([, list]) => Array.isArray(list))) {
  describe(group, () => {
    for (const [what, method, path, body, status, scimType, options] of list) {
      test(what, () => {
        const sent = given(body);
        const [json, more] = sent?.raw ? [undefined, { raw: sent.raw }] : [sent, {}];
        return refused(() => client.send(method, given(path), json, { ...more, ...options }), status, scimType);
      });
    }
  });
}

test('an error says what is wrong with what was sent', async () => {
  for (const [method, path, body, named] of [
    ['GET', `/Users?filter=${encodeURIComponent('nosuch eq "x"')}`, undefined, 'nosuch'],
    ['PATCH', `/Users/${there.ada}`, patchOf({ op: 'replace', path: 'name.nosuch', value: 'x' }), 'nosuch'],
    ['POST', '/Users', { schemas: [USER], userName: 'new', nosuch: 'x' }, 'nosuch'],
    ['POST', '/Users', { schemas: [USER], userName: 'new', active: 'maybe' }, 'active'],
    ['POST', '/Users', { schemas: [USER], userName: 'ADA@example.com' }, 'userName'],
    ['PATCH', `/Users/${there.native}`, patchOf({ op: 'replace', path: 'active', value: false }), 'admin'],
  ]) {
    const { body: error } = await client.send(method, path, body);
    assert.ok(error.detail.includes(named), `${method} ${path}: ${error.detail}`);
  }
});

describe('what looks like an attack is a value like another', () => {
  for (const value of ["x' OR '1'='1", '%', '_', '*', 'x"', 'x\\', '\u0000', "'; DROP TABLE users; --", '${userName}', '🦀']) {
    for (const [type, attribute, operator] of [['Users', 'userName', 'eq'], ['Users', 'userName', 'sw'], ['Users', 'userName', 'co'], ['Users', 'title', 'eq'], ['Users', 'externalId', 'eq'], ['Groups', 'displayName', 'eq']]) {
      test(`${type} ${attribute} ${operator} ${JSON.stringify(value)}`, async () => {
        const before = await client.state();
        const { totalResults, Resources = [] } = await client.filter(type, `${attribute} ${operator} ${JSON.stringify(value)}`);
        assert.deepEqual([totalResults, Resources], [0, []]);
        assert.deepEqual(await client.state(), before);
      });
    }
  }
});

describe('who may not', () => {
  /** Refused everywhere: to read, to write, to discover, and for several operations at once. */
  const requests = [
    ['GET', '/Users'], ['GET', '/Groups?filter=displayName%20eq%20%22x%22'], ['GET', '/ServiceProviderConfig'], ['GET', '/Schemas'], ['GET', '/Me'],
    ['POST', '/Users', { schemas: [USER], userName: 'new@example.com' }], ['POST', '/Bulk', bulkOf([])], ['POST', '/.search', {}],
    ['PATCH', ({ ada }) => `/Users/${ada}`, patchOf({ op: 'replace', path: 'active', value: false })], ['DELETE', ({ staff }) => `/Groups/${staff}`],
  ];
  const everywhere = async (status, token, check = () => {}) => {
    for (const [method, path, body] of requests) {
      const before = await client.state();
      const answer = await client.send(method, given(path), body, { token });
      assertError(answer, status);
      if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/, 'RFC 6750, 3');
      check(answer.body.detail);
      assert.deepEqual(await client.state(), before);
    }
  };

  test('nobody without a token', () => everywhere(401, null));
  for (const token of ['wrong', 'pst_', 'pst_x_y', '', `pst_${'0'.repeat(26)}_${'0'.repeat(43)}`, 'x'.repeat(5_000)]) {
    test(`nobody with the token ${token.slice(0, 40)}`, () => everywhere(401, token));
  }
  test('nobody with the id of a token and another secret', () => everywhere(401, `${client.token.slice(0, -4)}AAAA`));
  test('nobody with the set-up token, and it says what to make', () => everywhere(401, SETUP_TOKEN, (detail) => assert.match(detail, /API key/)));
  test('nobody with a token of another account', async () => everywhere(401, (await ScimClient.create(postern)).token));
  test('nobody by another scheme', async () => {
    const answer = await client.send('GET', '/Users', undefined, { token: null, headers: { authorization: `Basic ${btoa(`x:${client.token}`)}` } });
    assertError(answer, 401);
  });
  test('nobody in an account that is not there', async () => {
    for (const base of BASES) {
      const elsewhere = new ScimClient({ postern, id: 'nowhere' }, client, base);
      assertError(await elsewhere.send('GET', '/Users'), 401);
    }
  });

  test('nobody with a token that has expired, and it says so', async () => {
    const expiresAt = new Date(Date.now() + DAY).toISOString();
    const brief = await ScimClient.in(client.account, { name: 'Brief', token: { expiresAt } });
    await brief.expect(200, 'GET', '/Users');
    postern.now = Date.now() + DAY + 1;
    try {
      await everywhere(401, brief.token, (detail) => assert.match(detail, /expired/));
    } finally {
      postern.now = null;
    }
  });

  test('nobody with a token that was revoked', async () => {
    const { id } = await client.account.expect(201, 'POST', '/service-accounts', { name: 'Revoked', roles: ['Provisioner'] });
    const { key, id: tokenId, token } = await ScimClient.tokenOf(client.account, { type: 'serviceAccount', id });
    await client.expect(200, 'GET', '/Users', undefined, { token });
    await client.account.expect(204, 'DELETE', `/api-keys/${key}/tokens/${tokenId}`);
    await everywhere(401, token);
  });

  for (const [name, permissions, missing] of [
    ['none at all', [], ['users:view', 'users:manage', 'groups:view', 'groups:manage']],
    ['no groups', ['users:view', 'users:manage'], ['groups:view', 'groups:manage']],
    ['nothing to manage', ['users:view', 'groups:view'], ['users:manage', 'groups:manage']],
    ['one too few', ['users:view', 'users:manage', 'groups:view'], ['groups:manage']],
  ]) {
    test(`nobody with permissions for ${name}, and it names what is missing`, async () => {
      const roles = permissions.length > 0 ? [(await client.account.expect(201, 'POST', '/roles', { name, permissions })).id] : [];
      const { token } = await ScimClient.in(client.account, { name, roles });
      await everywhere(403, token, (detail) => {
        for (const permission of missing) assert.ok(detail.includes(permission), detail);
        for (const permission of permissions) assert.ok(!detail.includes(permission), detail);
      });
    });
  }

  test('nobody with the permissions in a part of the account only', async () => {
    const { id } = await client.account.expect(201, 'POST', '/service-accounts', { name: 'Partial', roles: [] });
    const part = await client.account.expect(201, 'POST', '/organizations', { name: 'Part' });
    const binding = { principal: { type: 'serviceAccount', id }, role: 'Provisioner', scope: { type: 'organization', id: part.id } };
    await client.account.expect(201, 'POST', '/role-bindings', binding);
    await everywhere(403, (await ScimClient.tokenOf(client.account, { type: 'serviceAccount', id })).token);
  });
});

describe('several operations in one request', () => {
  const created = (bulkId, data) => ({ method: 'POST', path: '/Users', bulkId, data: { schemas: [USER], userName: `${bulkId}@example.com`, ...data } });

  test('each is refused for itself, and the others are carried out', async () => {
    const other = await ScimClient.create(postern);
    const { Operations: results } = await other.expect(200, 'POST', '/Bulk', bulkOf([created('a'), created('b', { userName: 'A@example.com' }), created('c'), { method: 'DELETE', path: '/Users/nobody' }]));
    assert.deepEqual(results.map(({ status }) => status), ['201', '409', '201', '404']);
    assertError({ status: 409, body: results[1].response }, 409, 'uniqueness');
    assertError({ status: 404, body: results[3].response }, 404);
    assert.equal((await other.state()).users.length, 2);
  });

  test('one that cannot be read fails alone, and is logged like the others that are refused', async () => {
    const other = await ScimClient.create(postern);
    const { Operations: results } = await other.expect(200, 'POST', '/Bulk', bulkOf([
      created('a'), { method: 'POST', path: '/Users', bulkId: 'b' }, { method: 'PATCH', path: '/Users/bulkId:b', data: patchOf({ op: 'replace', path: 'title', value: 'x' }) },
      { method: 'DELETE', path: '/Devices/1' }, created('c'),
    ]));
    assert.deepEqual(results.map(({ method, status }) => `${method} ${status}`), ['POST 201', 'POST 400', 'PATCH 400', 'DELETE 404', 'POST 201']);
    assertError({ status: 400, body: results[1].response }, 400, 'invalidSyntax');
    assert.equal((await other.state()).users.length, 2);
    const { items } = await other.account.expect(200, 'GET', '/provisioning-log');
    const logged = items.map(({ method, path, status }) => `${method} ${path} ${status}`).sort();
    assert.deepEqual(logged, ['DELETE /Bulk/Devices/1 404', 'PATCH /Bulk/Users/bulkId:b 400', 'POST /Bulk/Users 201', 'POST /Bulk/Users 201', 'POST /Bulk/Users 400']);
  });

  test('none is tried after as many errors as are borne', async () => {
    const other = await ScimClient.create(postern);
    const bad = { method: 'DELETE', path: '/Users/nobody' };
    const { Operations: results } = await other.expect(200, 'POST', '/Bulk', bulkOf([created('a'), bad, bad, created('b')], { failOnErrors: 2 }));
    assert.deepEqual(results.map(({ status }) => status), ['201', '404', '404']);
    assert.deepEqual((await other.state()).users.map(({ email }) => email), ['a@example.com']);
  });

  test('a circle of bulkIds makes nobody of it', async () => {
    const other = await ScimClient.create(postern);
    const manager = (bulkId) => ({ 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: `bulkId:${bulkId}` } } });
    const answer = await other.send('POST', '/Bulk', bulkOf([created('a', manager('b')), created('b', manager('a'))]));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.Operations.map(({ status }) => status), ['409', '409']);
    for (const { response } of answer.body.Operations) assertError({ status: 409, body: response }, 409, response.scimType);
    assert.deepEqual((await other.state()).users, []);
  });

  test('a bulkId that there is not is an error of the one that names it', async () => {
    const other = await ScimClient.create(postern);
    const { Operations: results } = await other.expect(200, 'POST', '/Bulk', bulkOf([
      created('a'),
      { method: 'PATCH', path: '/Users/bulkId:none', data: patchOf({ op: 'replace', path: 'title', value: 'x' }) },
    ]));
    assert.equal(results[0].status, '201');
    assert.ok(['400', '409'].includes(results[1].status), JSON.stringify(results[1]));
    assertError({ status: Number(results[1].status), body: results[1].response }, Number(results[1].status), results[1].response.scimType);
  });
});

test('the log of what was refused tells no filter value, no name and no address', async () => {
  const secret = 'zorblax';
  await client.send('GET', `/Users?filter=${encodeURIComponent(`nosuch eq "${secret}"`)}`);
  await client.send('GET', `/Users?filter=${encodeURIComponent(`active gt true or userName eq "${secret}@example.com"`)}`);
  await client.send('POST', '/Users', { schemas: [USER], userName: 'ada@example.com', displayName: secret, emails: [{ value: `${secret}@example.com` }], title: {} });
  await client.send('PATCH', `/Users/${there.ada}`, patchOf({ op: 'replace', path: `emails[value eq "${secret}"].nosuch`, value: secret }));
  const log = JSON.stringify(await client.log());
  assert.ok(!log.includes(secret) && !log.includes('ada@example.com'), log.slice(Math.max(0, log.search(secret) - 300), log.search(secret) + 100));
});
