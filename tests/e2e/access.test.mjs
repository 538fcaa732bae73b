// Who may do what, and who may change what, as the seeds describe it, end to end. tests/seeds.json says which test shows what.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const DAY = 24 * 3600 * 1000;
const { postern, keys } = await installation();

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);
const native = (account, name) => account.expect(201, 'POST', '/groups', { name });
const person = (account, email = 'ada@example.com') => account.expect(201, 'POST', '/users', { email });
const bind = (account, type, { id }, role, more) => account.expect(201, 'POST', '/role-bindings', { principal: { type, id }, role, ...more });
const join = (account, group, user) => account.expect(204, 'PUT', `/groups/${group.id}/members/${user.id}`);
const leave = (account, group, user) => account.expect(204, 'DELETE', `/groups/${group.id}/members/${user.id}`);
const page = async (cookie) => (await postern.fetch('/', { headers: { cookie } })).text();
const roleNames = ({ roles }) => roles.map(({ name }) => name).sort();
const NO_ROLE = /no role reaches you\. Ask your administrator/;

describe('[000] permissions reach a user through groups with role bindings alone', () => {
  test('who has none is signed in, and the page says so and whom to ask', async () => {
    const account = await withProvider();
    const { cookie, location } = await account.signIn('ada@example.com');
    assert.equal(location, '/');
    assert.match(await page(cookie), NO_ROLE);
    const { status, user, roles, permissions } = await account.whoami(cookie);
    assert.deepEqual([status, roles, permissions], [200, [], []]);
    const group = await native(account, 'Without a binding');
    await join(account, group, user);
    assert.match(await page(cookie), NO_ROLE);
    assert.deepEqual((await account.whoami(cookie)).roles, []);
  });

  test('a user who is put into a group with a role by hand has it at once', async () => {
    const account = await withProvider();
    const group = await native(account, 'Viewers');
    await bind(account, 'group', group, 'Account Viewer');
    const { cookie } = await account.signIn('ada@example.com');
    const { user } = await account.whoami(cookie);
    const reads = async () => (await account.admin('GET', '/users', undefined, { token: null, headers: { cookie } })).status;
    assert.equal(await reads(), 403);
    await join(account, group, user);
    assert.deepEqual([await reads(), roleNames(await account.whoami(cookie))], [200, ['Account Viewer']]);
    assert.doesNotMatch(await page(cookie), NO_ROLE);
    const { items: [reason] } = await account.expect(200, 'GET', `/users/${user.id}/access`);
    assert.deepEqual([reason.group.name, reason.role.name], ['Viewers', 'Account Viewer']);
    await leave(account, group, user);
    assert.equal(await reads(), 403);
  });

  test('with authorization on, who is created just in time has the roles of the linked groups, for as long as they are named', async () => {
    const account = await withProvider({ authorization: { enabled: true } });
    const group = await account.expect(201, 'POST', '/groups', { name: 'Engineers', link: { providerId: account.provider.id, samlGroup: 'eng' } });
    await bind(account, 'group', group, 'App User');
    const ada = (groups) => ({ nameId: 'ada@example.com', attributes: { groups } });
    const { cookie } = await account.signIn(ada(['eng', 'all']));
    assert.deepEqual(roleNames(await account.whoami(cookie)), ['App User']);
    await account.signIn(ada(['all']));
    assert.deepEqual(roleNames(await account.whoami(cookie)), []);
  });

  test('no group and no role of an identity provider becomes one here by itself', async () => {
    const account = await withProvider({ authorization: { enabled: true } });
    const group = await native(account, 'Account Admin');
    await bind(account, 'group', group, 'Account Admin');
    const before = await account.snapshot();
    const said = { groups: ['Account Admin', 'New group'], role: 'Account Admin', roles: ['Account Admin'], permissions: ['account:manage'] };
    const { cookie } = await account.signIn({ nameId: 'ada@example.com', attributes: said });
    const { user, roles } = await account.whoami(cookie);
    assert.deepEqual([user.groups, roles], [[], []]);
    assert.deepEqual((await account.snapshot()).groups, before.groups);
    assert.equal((await account.expect(200, 'GET', '/role-bindings')).items.length, 1);
  });
});

describe('[001] [003] [004] API keys and tokens', () => {
  /** A key of somebody, with a function that makes a token of it and one that reads users with one. */
  async function keyOf(account, type, { id }) {
    const key = await account.expect(201, 'POST', '/api-keys', { name: 'Provisioning', owner: { type, id } });
    const make = (more) => account.expect(201, 'POST', `/api-keys/${key.id}/tokens`, { name: 'Okta', ...more });
    return { key, make };
  }
  const reads = (account, token) => account.admin('GET', '/users', undefined, { token });

  test('a key has a name; its token is shown once, and can be revoked', async () => {
    const account = await withProvider();
    const { key, make } = await keyOf(account, 'serviceAccount', await account.expect(201, 'POST', '/service-accounts', { name: 'Okta', roles: ['Provisioner'] }));
    assert.equal(key.name, 'Provisioning');
    const { id, token } = await make();
    assert.match(token, /^pst_[0-9a-z]+_[A-Za-z0-9_-]+$/);
    assert.equal((await reads(account, token)).status, 200);
    const shown = JSON.stringify([await account.expect(200, 'GET', '/api-keys'), await account.expect(200, 'GET', `/api-keys/${key.id}/tokens`)]);
    const secret = token.split('_').slice(2).join('_');
    assert.ok(shown.includes(id) && !shown.includes(secret), shown);
    const stored = await postern.db.prepare('SELECT * FROM api_tokens WHERE id = ?').bind(id).all();
    assert.ok(stored.results.length === 1 && !JSON.stringify(stored.results).includes(secret));
    await account.expect(204, 'DELETE', `/api-keys/${key.id}/tokens/${id}`);
    assert.equal((await reads(account, token)).status, 401);
  });

  test('a key of a user has what that user has, at the time of each request', async () => {
    const account = await withProvider();
    const [ada, admins] = [await person(account), await native(account, 'Administrators')];
    await bind(account, 'group', admins, 'Account Admin');
    const { token } = await (await keyOf(account, 'user', ada)).make();
    assert.equal((await reads(account, token)).status, 403);
    await join(account, admins, ada);
    assert.equal((await reads(account, token)).status, 200);
    await leave(account, admins, ada);
    const { status, body } = await reads(account, token);
    assert.equal(status, 403);
    assert.match(body.detail, /users:view/);
    await join(account, admins, ada);
    await account.expect(200, 'PATCH', `/users/${ada.id}`, { active: false }, { version: ada.version });
    assert.equal((await reads(account, token)).status, 401);
  });

  test('a key of a service account has the roles that it is bound to, and what is missing is named', async () => {
    const account = await withProvider();
    await account.expect(201, 'POST', '/roles', { name: 'Users only', permissions: ['users:view', 'users:manage'] });
    const bot = await account.expect(201, 'POST', '/service-accounts', { name: 'Entra', roles: ['Users only'] });
    const { token } = await (await keyOf(account, 'serviceAccount', bot)).make();
    assert.equal((await reads(account, token)).status, 200);
    const { detail } = await account.expect(403, 'GET', '/groups', undefined, { token });
    assert.match(detail, /groups:view/);
    await bind(account, 'serviceAccount', bot, 'Provisioner');
    await account.expect(200, 'GET', '/groups', undefined, { token });
  });

  test('a token has an end, which the answer says once it has passed: 90 days unless said, or none', async () => {
    postern.now = Date.UTC(2031, 0, 1);
    const account = await withProvider();
    const { make } = await keyOf(account, 'serviceAccount', await account.expect(201, 'POST', '/service-accounts', { name: 'Okta', roles: ['Provisioner'] }));
    const [usual, short, endless] = [await make(), await make({ expiresAt: '2031-01-08T00:00:00Z' }), await make({ expiresAt: null })];
    assert.deepEqual([usual.expiresAt, short.expiresAt, endless.expiresAt], ['2031-04-01T00:00:00.000Z', '2031-01-08T00:00:00.000Z', null]);
    const statuses = async () => Promise.all([usual, short, endless].map(async ({ token }) => (await reads(account, token)).status));
    postern.now += 7 * DAY - 1;
    assert.deepEqual(await statuses(), [200, 200, 200]);
    postern.now += 1;
    assert.deepEqual(await statuses(), [200, 401, 200]);
    assert.match((await reads(account, short.token)).body.detail, /expired at 2031-01-08/);
    postern.now += 83 * DAY;
    assert.deepEqual(await statuses(), [401, 401, 200]);
  });
});

describe('[003] [004] what a provisioning client manages is changed there, and the answer says so', () => {
  /** Ada, whom the client manages, and two groups: `pushed` by the client, `native` of the same name. */
  async function scene({ member = false } = {}) {
    const account = await withProvider();
    const [ada, own, pushed] = [await person(account), await native(account, 'Developers'), await native(account, 'Pushed')];
    await account.sql(`UPDATE users SET managed_by = 'scim' WHERE account_id = ? AND id = ?`, account.id, ada.id);
    await account.sql(`UPDATE groups SET managed_by = 'scim', name = 'Developers', name_folded = 'developers' WHERE account_id = ? AND id = ?`, account.id, pushed.id);
    if (member) await account.sql('INSERT INTO group_members VALUES (?, ?, ?, 1)', account.id, pushed.id, ada.id);
    return { account, ada, own, pushed };
  }

  /** Asserts that each `[method, path, json, version]` is refused, and that nothing is changed by it. */
  async function refused(account, calls) {
    const before = await account.snapshot();
    for (const [method, path, json, version] of calls) {
      const { code, detail } = await account.expect(409, method, path, json, { version });
      assert.equal(code, 'managed_by_scim', `${method} ${path}`);
      assert.match(detail, /identity provider/);
    }
    assert.deepEqual(await account.snapshot(), before);
  }

  test('a group of it: members, name and deletion; roles are given to it here', async () => {
    const { account, ada, pushed } = await scene();
    const grace = await person(account, 'grace@example.com');
    const at = `/groups/${pushed.id}`;
    await account.sql('INSERT INTO group_members VALUES (?, ?, ?, 1)', account.id, pushed.id, ada.id);
    await refused(account, [
      ['PUT', `${at}/members/${grace.id}`],
      ['DELETE', `${at}/members/${ada.id}`],
      ['PATCH', at, { name: 'Renamed' }, 1],
      ['DELETE', at, undefined, 1],
    ]);
    await bind(account, 'group', pushed, 'App User');
    const { cookie } = await account.signIn('ada@example.com');
    assert.deepEqual(roleNames(await account.whoami(cookie)), ['App User']);
  });

  test('a user in one of its groups: e-mail, names, groups and deletion', async () => {
    const { account, ada, own } = await scene({ member: true });
    const at = `/users/${ada.id}`;
    await refused(account, [
      ['PATCH', at, { email: 'other@example.com' }, 1],
      ...['givenName', 'familyName', 'displayName'].map((name) => ['PATCH', at, { [name]: 'Grace' }, 1]),
      ['PUT', `/groups/${own.id}/members/${ada.id}`],
      ['DELETE', at, undefined, 1],
    ]);
  });

  test('a user of it in none of its groups: e-mail, names and deletion; native groups are given and taken here', async () => {
    const { account, ada, own } = await scene();
    const at = `/users/${ada.id}`;
    await refused(account, [
      ['PATCH', at, { email: 'other@example.com' }, 1],
      ...['givenName', 'familyName', 'displayName'].map((name) => ['PATCH', at, { [name]: 'Grace' }, 1]),
      ['DELETE', at, undefined, 1],
    ]);
    await join(account, own, ada);
    assert.deepEqual((await account.expect(200, 'GET', at)).groups, [{ id: own.id, name: 'Developers' }]);
    await leave(account, own, ada);
  });

  test('a deactivated user: any change, until they are reactivated where they are managed', async () => {
    const { account, ada, own } = await scene();
    await account.sql('UPDATE users SET active = 0 WHERE account_id = ? AND id = ?', account.id, ada.id);
    const at = `/users/${ada.id}`;
    await refused(account, [
      ['PATCH', at, { displayName: 'Grace' }, 1],
      ['PATCH', at, { active: true }, 1],
      ['PUT', `/groups/${own.id}/members/${ada.id}`],
      ['DELETE', at, undefined, 1],
    ]);
    await account.refusedSignIn('user_deactivated', 'ada@example.com');
  });

  test('two groups of one name both stay, and the native one can be renamed', async () => {
    const { account, own, pushed } = await scene();
    const listed = async () => (await account.expect(200, 'GET', '/groups')).items.map(({ name, managedBy }) => `${name} ${managedBy}`).sort();
    assert.deepEqual(await listed(), ['Developers native', 'Developers scim']);
    await account.expect(200, 'PATCH', `/groups/${own.id}`, { name: 'Our developers' }, { version: own.version });
    assert.deepEqual(await listed(), ['Developers scim', 'Our developers native']);
    await refused(account, [['PATCH', `/groups/${pushed.id}`, { name: 'Our pushed ones' }, 1]]);
  });
});

describe('[000] a group that is linked to a SAML group', () => {
  test('has its members from sign-ins while authorization is on; it is renamed and unlinked here', async () => {
    const account = await withProvider({ authorization: { enabled: true } });
    const linked = await account.expect(201, 'POST', '/groups', { name: 'Engineers', link: { providerId: account.provider.id, samlGroup: 'eng' } });
    const grace = await person(account, 'grace@example.com');
    await account.signIn({ nameId: 'ada@example.com', attributes: { groups: ['eng'] } });
    const members = async () => (await account.expect(200, 'GET', `/groups/${linked.id}/members`)).items.map(({ email }) => email);
    for (const method of ['PUT', 'DELETE']) {
      const { code } = await account.expect(409, method, `/groups/${linked.id}/members/${grace.id}`);
      assert.equal(code, 'managed_by_scim');
    }
    await account.expect(200, 'PATCH', `/groups/${linked.id}`, { name: 'Our engineers' }, { version: 1 });
    await account.expect(200, 'PATCH', `/groups/${linked.id}`, { link: null }, { version: 2 });
    assert.deepEqual(await members(), ['ada@example.com']);
    await join(account, linked, grace);
    await account.expect(200, 'PATCH', `/groups/${linked.id}`, { link: linked.link }, { version: 3 });
    await account.expect(200, 'PATCH', `/groups/${linked.id}`, { link: null, dropMembers: true }, { version: 4 });
    assert.deepEqual(await members(), []);
  });

  test('keeps its provider from being deleted, which can be disabled', async () => {
    const account = await withProvider({ authorization: { enabled: true } });
    await account.expect(201, 'POST', '/groups', { name: 'Engineers', link: { providerId: account.provider.id, samlGroup: 'eng' } });
    const { code, detail } = await account.expect(409, 'DELETE', `/providers/${account.provider.id}`, undefined, { version: 1 });
    assert.equal(code, 'has_linked_groups');
    assert.match(detail, /Engineers/);
    await account.change(account.provider, { enabled: false });
    await account.refusedSignIn('provider_disabled', 'ada@example.com');
  });
});

test('[004] a group is given a role in an account, an organization or a project', async () => {
  const account = await withProvider();
  const group = await native(account, 'Engineers');
  const organization = await account.expect(201, 'POST', '/organizations', { name: 'Research' });
  const project = await account.expect(201, 'POST', '/projects', { name: 'Engine', organization: organization.id });
  const scopes = [{ type: 'account' }, { type: 'organization', id: organization.id }, { type: 'project', id: project.id }];
  for (const scope of scopes) await bind(account, 'group', group, 'App User', { scope });
  const { cookie } = await account.signIn('ada@example.com');
  const { user } = await account.whoami(cookie);
  await join(account, group, user);
  const { items } = await account.expect(200, 'GET', `/users/${user.id}/access`);
  const types = items.map(({ scope }) => scope.type).sort();
  assert.deepEqual(types, ['account', 'organization', 'project']);
});
