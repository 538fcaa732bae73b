// Provisioning just in time as seeds 000 and 002 describe it, end to end. tests/seeds.json says which test shows what.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

let postern;
let keys;
let otherKeys;
/** Whatever the worker asks of anybody else: mail would have to go that way. */
const outbound = [];

before(async () => {
  const outboundService = ({ method, url }) => {
    outbound.push(`${method} ${url}`);
    return new Response(null, { status: 404 });
  };
  [postern, keys, otherKeys] = await Promise.all([startPostern({ worker: { outboundService } }), makeKeys(), makeKeys()]);
});
after(() => postern.dispose());
afterEach(() => {
  postern.now = null;
});

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);
const withJit = (jit) => withProvider({ jit: { enabled: true, ...jit } });
const ada = { nameId: 'ada@example.com', attributes: { givenName: 'Ada', familyName: 'Lovelace', displayName: 'Countess', department: 'engineering' } };
const from = (department) => ({ nameId: 'ada@example.com', attributes: department === undefined ? {} : { department } });
const lastSignIn = async (account) => (await account.expect(200, 'GET', '/sign-ins?limit=1')).items[0];
const asked = ({ trace }) => trace.map(({ rule }) => rule);

/** A native group with a role in all of the account. */
async function groupWithRole(account, name, role) {
  const group = await account.expect(201, 'POST', '/groups', { name });
  await account.expect(201, 'POST', '/role-bindings', { principal: { type: 'group', id: group.id }, role });
  return group;
}

describe('[000] the first sign-in of somebody unknown', () => {
  test('creates the user from the assertion, whom nobody invited, and opens a session at once', async () => {
    const account = await withProvider();
    const { cookie } = await account.signIn(ada);
    const { status, user } = await account.whoami(cookie);
    assert.equal(status, 200);
    const { id, ...profile } = user;
    assert.deepEqual(profile, { email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace', displayName: 'Countess', active: true, managedBy: 'jit', groups: [] });
    assert.deepEqual((await account.users()).map((one) => one.id), [id]);
    assert.deepEqual((await account.expect(200, 'GET', '/invitations')).items, []);
    assert.equal((await lastSignIn(account)).decision, 'created_just_in_time');
  });

  test('gives no role and no group, whatever groups and roles there are', async () => {
    const account = await withProvider();
    await groupWithRole(account, 'Account Admin', 'Account Admin');
    const { items: bindings } = await account.expect(200, 'GET', '/role-bindings');
    const { cookie } = await account.signIn({ nameId: 'ada@example.com', attributes: { groups: ['Account Admin'], role: 'Account Admin', permissions: ['account:manage'] } });
    const { user, roles, permissions } = await account.whoami(cookie);
    assert.deepEqual([user.groups, roles, permissions], [[], [], []]);
    assert.deepEqual((await account.expect(200, 'GET', `/users/${user.id}/access`)).items, []);
    assert.deepEqual((await account.expect(200, 'GET', '/role-bindings')).items, bindings);
    assert.equal((await account.admin('GET', '/users', undefined, { token: null, headers: { cookie } })).status, 403);
  });

  test('sends no mail, and there is nothing to confirm or to choose', async () => {
    const account = await withProvider();
    outbound.length = 0;
    const { cookie, location } = await account.signIn(ada, { relayState: '/orders/7' });
    assert.equal(location, '/orders/7');
    assert.equal((await account.whoami(cookie)).user.active, true);
    await postern.scheduled();
    assert.deepEqual(outbound, []);
  });

  test('while JIT is off is refused, and nobody is created', async () => {
    const account = await withProvider({ jit: { enabled: false } });
    const { error } = await account.refusedSignIn('not_invited', ada);
    assert.match(error.remedy, /Enable JIT Provisioning.*or invite/);
    assert.deepEqual(await account.users(), []);
  });

  test('creates nobody when it does not succeed', async () => {
    const account = await withProvider();
    await account.refusedSignIn('wrong_key', ada, { keys: otherKeys });
    await account.refusedSignIn('expired', { ...ada, notBefore: Date.now() - 900_000, notOnOrAfter: Date.now() - 600_000 });
    assert.deepEqual(await account.users(), []);
    await account.signIn(ada);
  });

  for (const [kind, attributes] of Object.entries({
    okta: { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' },
    entra: {
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': 'ada@example.com',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname': 'Ada',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': 'Lovelace',
    },
    onelogin: { 'User.email': 'ada@example.com', 'User.FirstName': 'Ada', 'User.LastName': 'Lovelace' },
    keycloak: { 'urn:oid:1.2.840.113549.1.9.1': 'ada@example.com', 'urn:oid:2.5.4.42': 'Ada', 'urn:oid:2.5.4.4': 'Lovelace' },
    other: { mail: 'ada@example.com', givenName: 'Ada', sn: 'Lovelace' },
  })) {
    test(`works with what ${kind} sends`, async () => {
      const account = await withProvider({ kind, name: `Our ${kind}` });
      assert.deepEqual([account.provider.kind, account.provider.name], [kind, `Our ${kind}`]);
      const { cookie } = await account.signIn({ nameId: 'u-17', attributes });
      const { email, givenName, familyName } = (await account.whoami(cookie)).user;
      assert.deepEqual([email, givenName, familyName], ['ada@example.com', 'Ada', 'Lovelace']);
    });
  }
});

describe('[000] a user who exists', () => {
  test('signs in with the groups and roles they have, and no rule is asked', async () => {
    const account = await withProvider();
    const group = await groupWithRole(account, 'Engineers', 'App User');
    await account.signIn(ada);
    const [{ id }] = await account.users();
    await account.expect(204, 'PUT', `/groups/${group.id}/members/${id}`);
    const rules = [{ name: 'Nobody', effect: 'deny', conditions: [{ on: 'emailDomain', operator: 'present' }] }];
    await account.change(account.provider, { jit: { enabled: true, validationKey: 'department', validationValue: 'sales', rules }, allowedEmailDomains: ['elsewhere.example'] });
    const { cookie } = await account.signIn(ada);
    const { user, roles } = await account.whoami(cookie);
    assert.deepEqual([user.id, user.groups, roles.map(({ name }) => name)], [id, [{ id: group.id, name: 'Engineers' }], ['App User']]);
    assert.deepEqual(asked(await lastSignIn(account)), ['existing_user', 'active']);
    await account.refusedSignIn('jit_validation_failed', { ...ada, nameId: 'grace@example.com' });
  });

  test('signs in while JIT is off', async () => {
    const account = await withProvider({ jit: { enabled: false } });
    await account.expect(201, 'POST', '/users', { email: 'ada@example.com' });
    await account.signIn(ada);
    assert.deepEqual(asked(await lastSignIn(account)), ['existing_user', 'active']);
  });

  test('[002] is the one of that e-mail, be it written otherwise: none is created beside', async () => {
    const account = await withProvider();
    const made = await account.expect(201, 'POST', '/users', { email: 'Ada@Example.com', givenName: 'Augusta' });
    const { cookie } = await account.signIn(ada);
    const { user } = await account.whoami(cookie);
    assert.deepEqual([user.id, user.email, user.givenName, user.managedBy], [made.id, 'Ada@Example.com', 'Augusta', 'admin']);
    assert.equal((await account.users()).length, 1);
  });

  test('is refused while deactivated', async () => {
    const account = await withProvider();
    const { cookie } = await account.signIn(ada);
    const [{ id, version }] = await account.users();
    const deactivated = await account.expect(200, 'PATCH', `/users/${id}`, { active: false }, { version });
    assert.equal((await account.whoami(cookie)).status, 401);
    await account.refusedSignIn('user_deactivated', ada);
    await account.expect(200, 'PATCH', `/users/${id}`, { active: true }, { version: deactivated.version });
    await account.signIn(ada);
    assert.equal((await account.users()).length, 1);
  });
});

describe('[000] JIT Validation Key and Value', () => {
  const pair = { validationKey: 'department', validationValue: 'engineering' };

  test('whose assertion has the pair is created, also as one of several values', async () => {
    for (const department of ['engineering', ['research', 'engineering']]) {
      const account = await withJit(pair);
      await account.signIn(from(department));
      assert.equal(asked(await lastSignIn(account)).at(-1), 'jit_validation');
      assert.equal((await account.users()).length, 1);
    }
  });

  test('whose assertion does not have it, to the letter, is denied and not created', async () => {
    const account = await withJit(pair);
    for (const department of [undefined, '', 'research', 'Engineering', 'engineering-berlin', ['research', 'sales']]) {
      const { error } = await account.refusedSignIn('jit_validation_failed', from(department));
      assert.equal(error.expected, 'department = engineering');
    }
    assert.deepEqual(await account.users(), []);
  });

  test('both left blank admit everyone whom the identity provider sends', async () => {
    for (const blank of [{}, { validationKey: '', validationValue: '' }, { validationKey: null, validationValue: null }]) {
      const account = await withJit(blank);
      const { validationKey, validationValue } = account.provider.jit;
      assert.deepEqual([validationKey, validationValue], [null, null]);
      await account.signIn(from(undefined));
      await account.signIn({ nameId: 'grace@elsewhere.example', attributes: { department: 'sales' } });
      assert.equal((await account.users()).length, 2);
    }
  });

  test('one without the other is not saved, and the answer names the empty one', async () => {
    const account = await withJit(pair);
    const pointers = ({ errors }) => errors.map(({ pointer, code }) => `${pointer} ${code}`);
    for (const [half, wanted] of [
      [{ validationKey: 'department' }, '/jit/validationValue half_filled'],
      [{ validationValue: 'engineering' }, '/jit/validationKey half_filled'],
    ]) {
      const metadataXml = account.metadata();
      const problem = await account.expect(422, 'POST', '/providers', { name: 'Half', kind: 'okta', metadataXml, jit: { enabled: true, ...half } });
      assert.deepEqual(pointers(problem), [wanted]);
    }
    const { id, version } = account.provider;
    const problem = await account.expect(422, 'PATCH', `/providers/${id}`, { jit: { validationValue: null } }, { version });
    assert.deepEqual(pointers(problem), ['/jit/validationValue half_filled']);
    await account.refusedSignIn('jit_validation_failed', from('research'));
  });
});

describe('[000] setting up', () => {
  test('[002] JIT is off until it is enabled, when a provider is added or later', async () => {
    const account = await withProvider({ jit: {} });
    assert.equal(account.provider.jit.enabled, false);
    await account.refusedSignIn('not_invited', ada);
    await account.change(account.provider, { jit: { enabled: true } });
    await account.signIn(ada);
    const enabled = await withJit();
    await enabled.signIn(ada);
  });

  test('a provider is made of the metadata that is uploaded, and of the entity ID that it is to know us by', async () => {
    const account = await TestAccount.create(postern, keys);
    const metadataXml = account.metadata({ entityId: 'https://idp.example.com/acme' });
    const input = { name: 'Our Okta', kind: 'okta', metadataXml: `\uFEFF${metadataXml}`, spEntityId: 'app.example.com', jit: { enabled: true } };
    account.provider = await account.expect(201, 'POST', '/providers', input);
    assert.deepEqual([account.provider.entityId, account.provider.sp.entityId], ['https://idp.example.com/acme', 'app.example.com']);
    await account.refusedSignIn('wrong_audience', { ...ada, audience: 'localhost' });
    await account.signIn(ada);
  });

  test('takes an account admin', async () => {
    const account = await withProvider();
    const tokens = {};
    for (const role of ['Account Admin', 'Account Viewer', 'App User']) {
      const { id } = await account.expect(201, 'POST', '/service-accounts', { name: role, roles: [role] });
      const key = await account.expect(201, 'POST', '/api-keys', { name: role, owner: { type: 'serviceAccount', id } });
      tokens[role] = (await account.expect(201, 'POST', `/api-keys/${key.id}/tokens`, { name: 'Token' })).token;
    }
    const { id, version } = account.provider;
    const change = { jit: { enabled: false } };
    for (const role of ['Account Viewer', 'App User']) {
      await account.expect(403, 'PATCH', `/providers/${id}`, change, { version, token: tokens[role] });
    }
    await account.expect(401, 'PATCH', `/providers/${id}`, change, { version, token: null });
    await account.signIn(ada);
    await account.expect(200, 'PATCH', `/providers/${id}`, change, { version, token: tokens['Account Admin'] });
    await account.refusedSignIn('not_invited', { ...ada, nameId: 'grace@example.com' });
  });
});

describe('[000] where a sign-in begins', () => {
  test('the first at the identity provider, where the user is created; later ones may begin here', async () => {
    const account = await withProvider();
    await account.signIn(ada);
    assert.deepEqual([(await lastSignIn(account)).initiatedBy, (await account.users()).length], ['idp', 1]);
    const { id, cookie } = await account.begin({ returnTo: '/orders/7' });
    const { location } = await account.signIn({ ...ada, inResponseTo: id }, { cookie });
    assert.equal(location, '/orders/7');
    const { initiatedBy, decision } = await lastSignIn(account);
    assert.deepEqual([initiatedBy, decision], ['sp', 'existing_user']);
  });

  test('one that begins here goes to the identity provider that is configured', async () => {
    const account = await withProvider();
    const { location, issuer, acsUrl } = await account.begin();
    assert.equal(location.origin + location.pathname, 'https://idp.example.com/sso');
    assert.deepEqual([issuer, acsUrl], [account.provider.sp.entityId, account.provider.sp.acsUrl]);
  });
});
