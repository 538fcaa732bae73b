// Provisioning over SCIM as seeds 001, 003 and 004 describe it, and what seed 000 says of it, end to end. tests/seeds.json says
// which test shows what.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';
import { SETUP_TOKEN } from './support/postern.mjs';
import { BASES, GROUP, ScimClient, USER, assertError, membersOf, patchOf } from './support/scim.mjs';

const DAY = 24 * 3600 * 1000;
const OKTA = '/gateway/ng/api/scim/account/{account}';
const ENTRA = '/gateway/api/scim/account/{account}';
/** All that SCIM needs. */
const PERMISSIONS = ['users:view', 'users:manage', 'groups:view', 'groups:manage'];
const { postern, keys, otherKeys } = await installation();

/** An account with a provider, and a client that provisions it: `[account, client]`. */
async function scene({ base = OKTA, ...settings } = {}) {
  const account = await TestAccount.withProvider(postern, keys, settings);
  return [account, await ScimClient.in(account, { base })];
}

const work = (value, more) => ({ emails: [{ value, type: 'work', primary: true, ...more }] });
const ada = { ...work('ada@example.com'), name: { givenName: 'Ada', familyName: 'Lovelace' }, displayName: 'Ada Lovelace', externalId: '00u1', active: true };
const seen = (account, { id }) => account.expect(200, 'GET', `/users/${id}`);
const bind = (account, { id }, role) => account.expect(201, 'POST', '/role-bindings', { principal: { type: 'group', id }, role });
const groupNames = (user) => user.groups.map(({ name }) => name).sort();
const roleNames = ({ roles }) => roles.map(({ name }) => name).sort();

describe('[001] [003] [004] connecting', () => {
  const okta = ['/Users?startIndex=1&count=2', '/Groups?startIndex=1&count=100'];
  const entra = [`/Users?filter=${encodeURIComponent('userName eq "5b0f4a1e-0f6b-4d0e-9c55-7f1f2a3b4c5d"')}`];
  const statuses = (client, options) => Promise.all([...okta, ...entra].map(async (path) => (await client.send('GET', path, undefined, options)).status));

  test('the base URLs of all consoles answer alike, and locations are below the one that was called', async () => {
    const [, client] = await scene();
    for (const base of [OKTA, ENTRA]) assert.ok(BASES.includes(base));
    const { id } = await client.createUser('ada@example.com', ada);
    const bodies = [];
    for (const base of BASES) {
      const there = client.at(base);
      const { meta, ...body } = await there.expect(200, 'GET', `/Users/${id}`);
      assert.equal(meta.location, there.url(`/Users/${id}`));
      bodies.push(body);
      const made = await there.createUser(`${base.replace(/\W/g, '')}@example.com`);
      assert.equal(made.meta.location, there.url(`/Users/${made.id}`));
    }
    for (const body of bodies) assert.deepEqual(body, bodies[0]);
  });

  test('“Test Connection” of Okta and of Entra passes with a token that has all Users and User Groups permissions', async () => {
    const [account, client] = await scene();
    assert.deepEqual(await statuses(client), [200, 200, 200]);
    const { totalResults } = await client.expect(200, 'GET', entra[0]);
    assert.equal(totalResults, 0);
    await account.expect(201, 'POST', '/roles', { name: 'Exactly that', permissions: PERMISSIONS });
    assert.deepEqual(await statuses(await ScimClient.in(account, { name: 'Exactly', roles: ['Exactly that'], base: ENTRA })), [200, 200, 200]);
  });

  test('it fails without a token and with one that is wrong, expired or revoked, and the answer says so', async () => {
    postern.now = Date.UTC(2031, 0, 1);
    const [account, client] = await scene();
    const { id } = await account.expect(201, 'POST', '/service-accounts', { name: 'Short', roles: ['Provisioner'] });
    const owner = { type: 'serviceAccount', id };
    const short = await ScimClient.tokenOf(account, owner, { expiresAt: '2031-01-08T00:00:00Z' });
    const revoked = await ScimClient.tokenOf(account, owner);
    const refused = async (token) => {
      const answer = await client.send('GET', okta[0], undefined, { token });
      assertError(answer, 401);
      return answer.body.detail;
    };
    const wrong = `pst_${'0'.repeat(26)}_${'A'.repeat(43)}`;
    for (const token of [null, 'x', wrong, SETUP_TOKEN]) await refused(token);
    for (const { token } of [short, revoked]) assert.deepEqual(await statuses(client, { token }), [200, 200, 200]);
    await account.expect(204, 'DELETE', `/api-keys/${revoked.key}/tokens/${revoked.id}`);
    await refused(revoked.token);
    postern.now += 7 * DAY;
    assert.match(await refused(short.token), /expired/);
    const [, elsewhere] = await scene();
    assertError(await elsewhere.send('GET', okta[0], undefined, { token: client.token }), 401);
  });

  test('it fails while the owner of the token lacks a permission, and the answer names it', async () => {
    const [account] = await scene();
    for (const missing of PERMISSIONS) {
      const name = `All but ${missing}`;
      await account.expect(201, 'POST', '/roles', { name, permissions: PERMISSIONS.filter((one) => one !== missing) });
      const client = await ScimClient.in(account, { name, roles: [name], base: ENTRA });
      for (const path of [...okta, ...entra]) {
        const answer = await client.send('GET', path);
        assertError(answer, 403);
        assert.match(answer.body.detail, new RegExp(missing));
      }
    }
  });

  test('the token may be of a user in a group of administrators, or of a service account', async () => {
    const [account, client] = await scene();
    assert.deepEqual(await statuses(client), [200, 200, 200]);
    const admins = await account.expect(201, 'POST', '/groups', { name: 'Account administrators' });
    await bind(account, admins, 'Account Admin');
    const { id } = await account.expect(201, 'POST', '/users', { email: 'boss@example.com' });
    const { token } = await ScimClient.tokenOf(account, { type: 'user', id });
    assert.deepEqual(await statuses(client, { token }), [403, 403, 403]);
    await account.expect(204, 'PUT', `/groups/${admins.id}/members/${id}`);
    assert.deepEqual(await statuses(client, { token }), [200, 200, 200]);
    await account.expect(204, 'DELETE', `/groups/${admins.id}/members/${id}`);
    assert.deepEqual(await statuses(client, { token }), [403, 403, 403]);
  });
});

describe('[001] [003] [004] users', () => {
  test('who are assigned are created, in no group and with no role, and are listed in the account', async () => {
    const [account, client] = await scene();
    await bind(account, await account.expect(201, 'POST', '/groups', { name: 'Everyone' }), 'App User');
    const made = await client.createUser('ada@example.com', { ...ada, groups: [], password: 'Rnd-4821-x' });
    assert.deepEqual([made.userName, made.active, made.externalId, made.password], ['ada@example.com', true, '00u1', undefined]);
    const [user] = await account.users();
    const { id, email, givenName, familyName, displayName, managedBy, groups } = user;
    assert.deepEqual({ id, email, givenName, familyName, displayName, managedBy, groups }, {
      id: made.id, email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace', displayName: 'Ada Lovelace', managedBy: 'scim', groups: [],
    });
    assert.deepEqual((await account.expect(200, 'GET', `/users/${id}/access`)).items, []);
  });

  test('have their names, e-mail and its type from the client, and nothing else of theirs is changed by it', async () => {
    const [account, client] = await scene();
    const { id } = await client.createUser('ada@example.com', ada);
    const profile = async () => {
      const { updatedAt, version, ...rest } = await seen(account, { id });
      return rest;
    };
    const made = await profile();
    const { status } = await client.patch(`/Users/${id}`, { op: 'replace', value: { title: 'Countess', nickName: 'A.', locale: 'en-GB', phoneNumbers: [{ type: 'work', value: '15550100' }] } });
    assert.equal(status, 200);
    assert.deepEqual(await profile(), made);
    assert.equal((await client.filter('Users', 'title eq "Countess"')).totalResults, 1, 'kept as SCIM data all the same');
    await client.patch(
      `/Users/${id}`,
      { op: 'replace', path: 'name.givenName', value: 'Augusta' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
      { op: 'replace', path: 'displayName', value: 'Augusta King' },
      { op: 'replace', path: 'emails', value: [{ value: 'augusta@example.com', type: 'home', primary: true }] },
    );
    assert.deepEqual(await profile(), { ...made, email: 'augusta@example.com', givenName: 'Augusta', familyName: 'King', displayName: 'Augusta King' });
    const { emails } = await client.expect(200, 'GET', `/Users/${id}`);
    assert.deepEqual(emails.map(({ value, type }) => [value, type]), [['augusta@example.com', 'home']]);
    // Applications that do not patch send everything anew.
    await client.expect(200, 'PUT', `/Users/${id}`, { schemas: [USER], id, userName: 'ada@example.com', ...ada, groups: [] });
    assert.deepEqual(await profile(), made);
  });

  test('are matched by userName in any case, by externalId and by e-mail, and are there once', async () => {
    const [account, client] = await scene();
    const { id } = await client.createUser('Ada@Example.com', ada);
    for (const filter of ['userName eq "aDA@example.COM"', 'externalId eq "00u1"', 'emails[type eq "work"].value eq "ada@example.com"']) {
      const { totalResults, Resources } = await client.filter('Users', filter);
      assert.deepEqual([totalResults, Resources[0].id], [1, id], filter);
    }
    for (const filter of ['userName eq "ada"', 'externalId eq "00U1"', 'emails[type eq "work"].value eq "eve@example.com"']) {
      assert.equal((await client.filter('Users', filter)).totalResults, 0, filter);
    }
    for (const again of [{ userName: 'ADA@EXAMPLE.COM' }, { userName: 'other', ...work('ada@example.com') }]) {
      assertError(await client.send('POST', '/Users', { schemas: [USER], ...again }), 409, 'uniqueness');
    }
    assert.equal((await account.users()).length, 1);
  });

  test('who are deactivated lose their sessions at once and cannot sign in; reactivated they have groups and roles as before', async () => {
    const [account, client] = await scene();
    const made = await client.createUser('ada@example.com', ada);
    const group = await client.createGroup('Engineers', [made.id]);
    await bind(account, group, 'App User');
    const own = await account.expect(201, 'POST', '/groups', { name: 'Own' });
    await account.sql('INSERT INTO group_members VALUES (?, ?, ?, 1)', account.id, own.id, made.id);
    const { cookie } = await account.signIn('ada@example.com');
    const before = await account.whoami(cookie);
    for (const [off, on] of [[{ op: 'replace', value: { active: false } }, { op: 'replace', value: { active: true } }], [{ op: 'Replace', path: 'active', value: 'False' }, { op: 'Replace', path: 'active', value: 'True' }]]) {
      const { cookie: open } = await account.signIn('ada@example.com');
      await client.patch(`/Users/${made.id}`, off);
      assert.equal((await client.expect(200, 'GET', `/Users/${made.id}`)).active, false);
      for (const ended of [cookie, open]) assert.equal((await account.whoami(ended)).status, 401);
      await account.refusedSignIn('user_deactivated', 'ada@example.com');
      await client.patch(`/Users/${made.id}`, on);
      const after = await account.whoami((await account.signIn('ada@example.com')).cookie);
      assert.deepEqual([after.user.groups, after.roles], [before.user.groups, before.roles]);
      assert.deepEqual([groupNames(after.user), roleNames(after)], [['Engineers', 'Own'], ['App User']]);
    }
  });

  test('who are deleted are gone from the groups too, and do not come back just in time; the client can create them anew', async () => {
    const [account, client] = await scene({ base: ENTRA });
    const { id } = await client.createUser('ada@example.com', ada);
    const group = await client.createGroup('Engineers', [id]);
    const { cookie } = await account.signIn('ada@example.com');
    await client.expect(204, 'DELETE', `/Users/${id}`);
    assertError(await client.send('GET', `/Users/${id}`), 404);
    assert.equal((await account.whoami(cookie)).status, 401);
    assert.deepEqual([await client.members(group.id), await account.users()], [[], []]);
    await account.refusedSignIn('user_removed', 'ada@example.com');
    const anew = await client.createUser('ada@example.com', ada);
    assert.notEqual(anew.id, id);
    const { user } = await account.whoami((await account.signIn('ada@example.com')).cookie);
    assert.deepEqual([user.id, user.groups], [anew.id, []]);
  });

  test('are imported page by page, those of other origin too', async () => {
    const [account, client] = await scene();
    await client.createUsers(5, 'pushed');
    await account.signIn('just-in-time@example.com');
    await account.expect(201, 'POST', '/users', { email: 'by-hand@example.com' });
    const found = [];
    for (const [startIndex, length] of [[1, 3], [4, 3], [7, 1], [8, 0]]) {
      const page = await client.expect(200, 'GET', `/Users?startIndex=${startIndex}&count=3`);
      assert.deepEqual([page.totalResults, page.startIndex, page.itemsPerPage, (page.Resources ?? []).length], [7, startIndex, length, length]);
      found.push(...(page.Resources ?? []).map(({ userName }) => userName));
    }
    assert.deepEqual(found.sort(), (await account.users()).map(({ email }) => email).sort());
  });

  test('sign in over SAML as who was provisioned, whether JIT is on or off', async () => {
    for (const enabled of [true, false]) {
      const [account, client] = await scene({ jit: { enabled } });
      const { id } = await client.createUser('ada@example.com', ada);
      const { cookie } = await account.signIn({ nameId: 'u-17', attributes: { email: 'ADA@example.com', givenName: 'Other', displayName: 'Other' } });
      const { user } = await account.whoami(cookie);
      assert.match(await (await postern.fetch('/', { headers: { cookie } })).text(), /<strong>Ada Lovelace<\/strong>/);
      assert.deepEqual([user.id, user.givenName, user.managedBy], [id, 'Ada', 'scim']);
      if (!enabled) await account.refusedSignIn('not_invited', 'eve@example.com');
    }
    // And provisioning needs no provider.
    const alone = await ScimClient.create(postern, { base: OKTA });
    await alone.createUser('ada@example.com', ada);
  });
});

describe('[001] [003] [004] groups', () => {
  test('that are pushed are listed with their members, who are users of the account', async () => {
    const [account, client] = await scene();
    const [one, two] = await client.createUsers(2);
    const { id } = await client.createGroup('Engineers', [one.id, two.id]);
    assert.deepEqual(await client.members(id), [one.id, two.id].sort());
    const { items } = await account.expect(200, 'GET', '/groups');
    assert.deepEqual(items.map(({ name, managedBy, link }) => [name, managedBy, link]), [['Engineers', 'scim', null]]);
    const members = await account.expect(200, 'GET', `/groups/${id}/members`);
    assert.deepEqual(members.items.map(({ email }) => email).sort(), [one.userName, two.userName].sort());
    assert.deepEqual((await client.expect(200, 'GET', `/Users/${one.id}`)).groups.map(({ value }) => value), [id]);
  });

  test('get and lose members as the client says, one by one or all at once', async () => {
    const [, client] = await scene({ base: ENTRA });
    const [one, two, three] = (await client.createUsers(3)).map(({ id }) => id);
    const { id } = await client.createGroup('Engineers');
    const path = `/Groups/${id}`;
    for (const [operations, expected] of [
      [[{ op: 'Add', path: 'members', value: membersOf(one, two) }], [one, two]],
      [[{ op: 'Remove', path: 'members', value: membersOf(one) }], [two]],
      [[{ op: 'remove', path: `members[value eq "${two}"]` }, { op: 'add', path: 'members', value: membersOf(three) }], [three]],
      [[{ op: 'replace', path: 'members', value: membersOf(one, three) }], [one, three]],
      [[{ op: 'replace', value: { id, displayName: 'Engineers' } }], [one, three]],
      [[{ op: 'replace', path: 'members', value: [] }], []],
    ]) {
      const { status } = await client.patch(path, ...operations);
      assert.ok([200, 204].includes(status), String(status));
      assert.deepEqual(await client.members(id), expected.toSorted(), JSON.stringify(operations));
    }
    await client.expect(200, 'PUT', path, { schemas: [GROUP], id, displayName: 'Engineers', members: membersOf(two) });
    assert.deepEqual(await client.members(id), [two]);
  });

  test('are matched by name and by externalId, renamed and deleted by the client, and their users stay', async () => {
    const [account, client] = await scene({ base: ENTRA });
    const [one] = await client.createUsers(1);
    const { id } = await client.createGroup('Engineers', [one.id], { externalId: '8aa1' });
    for (const filter of ['displayName eq "Engineers"', 'externalId eq "8aa1"']) {
      const { totalResults, Resources } = await client.filter('Groups', filter, { excludedAttributes: 'members' });
      assert.deepEqual([totalResults, Resources[0].id, Resources[0].members], [1, id, undefined], filter);
    }
    assert.equal((await client.filter('Groups', 'displayName eq "Sales"')).totalResults, 0);
    await client.patch(`/Groups/${id}`, { op: 'Replace', path: 'displayName', value: 'Builders' });
    assert.equal((await account.expect(200, 'GET', `/groups/${id}`)).name, 'Builders');
    assert.deepEqual(await client.members(id), [one.id]);
    await client.expect(204, 'DELETE', `/Groups/${id}`);
    assert.deepEqual((await account.expect(200, 'GET', '/groups')).items, []);
    assert.deepEqual((await seen(account, one)).groups, []);
  });

  test('take a request that is sent again in the next cycle without harm', async () => {
    const [account, client] = await scene({ base: ENTRA });
    const [one, two] = await client.createUsers(2);
    const { id } = await client.createGroup('Engineers', [one.id]);
    const state = async () => {
      const { items } = await account.expect(200, 'GET', '/groups');
      return [await client.members(id), items.length, (await account.users()).map(({ active, groups }) => [active, groups])];
    };
    for (const again of [
      () => client.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: membersOf(two.id) }),
      () => client.patch(`/Groups/${id}`, { op: 'Remove', path: 'members', value: membersOf(two.id) }),
      () => client.patch(`/Users/${two.id}`, { op: 'Replace', path: 'active', value: 'False' }),
      () => client.send('PUT', `/Groups/${id}`, { schemas: [GROUP], id, displayName: 'Engineers', members: membersOf(one.id, two.id) }),
    ]) {
      const first = await again();
      const after = await state();
      const second = await again();
      assert.deepEqual([second.status, await state()], [first.status, after]);
      assert.ok(second.status < 300, String(second.status));
    }
    assertError(await client.send('POST', '/Groups', { schemas: [GROUP], displayName: 'Engineers' }), 409, 'uniqueness');
    assertError(await client.send('POST', '/Users', { schemas: [USER], userName: one.userName }), 409, 'uniqueness');
    await client.expect(204, 'DELETE', `/Groups/${id}`);
    assertError(await client.send('DELETE', `/Groups/${id}`), 404);
  });

  test('leave out a member who is not known and take the others; once the user is there, the next push adds them', async () => {
    const [account, client] = await scene();
    await account.signIn('late@example.com');
    const [late] = await account.users();
    const [one] = await client.createUsers(1);
    // What is wrong with the one user: another method made them. That is resolved here, and the next cycle goes through.
    assertError(await client.send('POST', '/Users', { schemas: [USER], userName: 'late@example.com' }), 409, 'uniqueness');
    const { id } = await client.createGroup('Engineers', [one.id, 'not-provisioned-yet']);
    assert.deepEqual(await client.members(id), [one.id]);
    await account.expect(204, 'DELETE', `/users/${late.id}`, undefined, { version: late.version });
    const made = await client.createUser('late@example.com');
    const { status } = await client.patch(`/Groups/${id}`, { op: 'replace', path: 'members', value: membersOf(one.id, made.id) });
    assert.ok([200, 204].includes(status), String(status));
    assert.deepEqual(await client.members(id), [one.id, made.id].sort());
  });
});

describe('[003] [004] groups', () => {
  test('give their members the roles that are bound to them here, and the client writes no binding', async () => {
    const [account, client] = await scene();
    const { id } = await client.createUser('ada@example.com', ada);
    const group = await client.createGroup('Account Admin', [id]);
    const { cookie } = await account.signIn('ada@example.com');
    assert.deepEqual(roleNames(await account.whoami(cookie)), []);
    assert.deepEqual((await account.expect(200, 'GET', '/role-bindings')).items.filter(({ principal }) => principal.type === 'group'), []);
    const binding = await bind(account, group, 'Account Viewer');
    assert.deepEqual(roleNames(await account.whoami(cookie)), ['Account Viewer']);
    await client.patch(`/Groups/${group.id}`, { op: 'replace', value: { id: group.id, displayName: 'Renamed' } });
    assert.deepEqual(await account.expect(200, 'GET', `/role-bindings/${binding.id}`), binding);
    // The client sends roles of its own: they are SCIM data and permit nothing.
    await client.patch(`/Users/${id}`, { op: 'add', path: 'roles', value: [{ value: 'Account Admin' }] });
    assert.deepEqual(roleNames(await account.whoami(cookie)), ['Account Viewer']);
  });

  test('change what a user may do when the client moves them from one to another', async () => {
    const [account, client] = await scene();
    const { id } = await client.createUser('ada@example.com', ada);
    const [viewers, users] = [await client.createGroup('Viewers', [id]), await client.createGroup('Users')];
    await bind(account, viewers, 'Account Viewer');
    await bind(account, users, 'App User');
    const { cookie } = await account.signIn('ada@example.com');
    assert.deepEqual(roleNames(await account.whoami(cookie)), ['Account Viewer']);
    await client.patch(`/Groups/${viewers.id}`, { op: 'remove', path: `members[value eq "${id}"]` });
    await client.patch(`/Groups/${users.id}`, { op: 'add', path: 'members', value: membersOf(id) });
    assert.deepEqual(roleNames(await account.whoami(cookie)), ['App User']);
  });

  test('have an identifier with underscores for periods, dashes and spaces, which a rename keeps', async () => {
    const [account, client] = await scene();
    const identifier = async ({ id }) => (await account.expect(200, 'GET', `/groups/${id}`)).identifier;
    for (const [name, expected] of [['example-group', 'example_group'], ['example.group', 'example_group_2'], ['two words', 'two_words'], ['Plain', 'Plain'], ['1st', '_1st']]) {
      assert.equal(await identifier(await client.createGroup(name)), expected, name);
    }
    const { Resources: [group] } = await client.filter('Groups', 'displayName eq "two words"');
    await client.patch(`/Groups/${group.id}`, { op: 'replace', value: { id: group.id, displayName: 'three more words' } });
    assert.equal(await identifier(group), 'two_words');
  });

  test('of the name of a native one are made beside it; two of the client may not share a name', async () => {
    const [account, client] = await scene();
    const own = await account.expect(201, 'POST', '/groups', { name: 'Developers' });
    const pushed = await client.createGroup('Developers');
    assert.notEqual(pushed.id, own.id);
    const listed = async () => (await account.expect(200, 'GET', '/groups')).items.map(({ name, managedBy }) => `${name} ${managedBy}`).sort();
    assert.deepEqual(await listed(), ['Developers native', 'Developers scim']);
    assertError(await client.send('POST', '/Groups', { schemas: [GROUP], displayName: 'developers' }), 409, 'uniqueness');
    await account.expect(200, 'PATCH', `/groups/${own.id}`, { name: 'Our developers' }, { version: 1 });
    assert.deepEqual(await listed(), ['Developers scim', 'Our developers native']);
  });
});

test('[003] [004] what came over SCIM is changed over SCIM: the admin API refuses it and says where', async () => {
  const [account, client] = await scene();
  const { id } = await client.createUser('ada@example.com', ada);
  const other = await client.createUser('grace@example.com');
  const group = await client.createGroup('Engineers', [id]);
  const own = await account.expect(201, 'POST', '/groups', { name: 'Own' });
  const versions = { user: (await seen(account, { id })).version, group: (await account.expect(200, 'GET', `/groups/${group.id}`)).version };
  for (const [method, path, json, version] of [
    ['PATCH', `/users/${id}`, { email: 'new@example.com' }, versions.user],
    ['PATCH', `/users/${id}`, { displayName: 'New' }, versions.user],
    ['PATCH', `/users/${id}`, { active: false }, versions.user],
    ['PUT', `/groups/${own.id}/members/${id}`],
    ['DELETE', `/users/${id}`, undefined, versions.user],
    ['PATCH', `/groups/${group.id}`, { name: 'New' }, versions.group],
    ['PUT', `/groups/${group.id}/members/${other.id}`],
    ['DELETE', `/groups/${group.id}/members/${id}`],
    ['DELETE', `/groups/${group.id}`, undefined, versions.group],
  ]) {
    const { code, detail } = await account.expect(409, method, path, json, { version });
    assert.equal(code, 'managed_by_scim', `${method} ${path}`);
    assert.match(detail, /identity provider/);
  }
  await client.patch(`/Users/${id}`, { op: 'replace', path: 'displayName', value: 'New' });
  await client.patch(`/Groups/${group.id}`, { op: 'replace', value: { id: group.id, displayName: 'New' } });
  const user = await seen(account, { id });
  assert.deepEqual([user.displayName, groupNames(user)], ['New', ['New']]);
  await client.expect(204, 'DELETE', `/Groups/${group.id}`);
  await client.expect(204, 'DELETE', `/Users/${id}`);
  assert.deepEqual((await account.users()).map(({ email }) => email), ['grace@example.com']);
});

test('[003] [004] a user who was provisioned without a group is put into native groups here, and the client leaves them there', async () => {
  const [account, client] = await scene();
  const { id } = await client.createUser('ada@example.com', ada);
  const [own, second] = [await account.expect(201, 'POST', '/groups', { name: 'Own' }), await account.expect(201, 'POST', '/groups', { name: 'Second' })];
  for (const group of [own, second]) await account.expect(204, 'PUT', `/groups/${group.id}/members/${id}`);
  await client.expect(200, 'PUT', `/Users/${id}`, { schemas: [USER], id, userName: 'ada@example.com', ...ada, groups: [] });
  assert.deepEqual(groupNames(await seen(account, { id })), ['Own', 'Second']);
  await account.expect(204, 'DELETE', `/groups/${second.id}/members/${id}`);
  assert.deepEqual(groupNames(await seen(account, { id })), ['Own']);
});

test('[001] [003] [004] what a client did and what failed is in the provisioning log', async () => {
  const [, client] = await scene();
  const { id } = await client.createUser('ada@example.com', ada);
  assertError(await client.send('POST', '/Users', { schemas: [USER], userName: 'ada@example.com' }), 409, 'uniqueness');
  await client.createGroup('Engineers', [id, 'not-provisioned-yet']);
  const rows = await client.log();
  assert.deepEqual(rows.map(({ method, status, outcome }) => [method, status, outcome]), [['POST', 201, 'done'], ['POST', 409, 'refused'], ['POST', 201, 'done']]);
  assert.match(rows[1].detail, /uniqueness/);
  assert.match(rows[2].detail, /not-provisioned-yet/);
  assert.doesNotMatch(JSON.stringify(rows), /ada@example\.com|Lovelace/);
});

test('[001] [003] [004] two integrations: provisioned through the new one, user1 signs in through the first, user_2 cannot', async () => {
  const account = await TestAccount.create(postern, keys);
  account.provider = await account.addProvider({ name: 'FirstGen', generation: 'legacy', jit: { enabled: false } });
  const current = await account.addProvider({ name: 'NextGen', keys: [otherKeys] });
  const client = await ScimClient.in(account, { base: OKTA });
  const one = await client.createUser('user1@example.com');
  await client.createUser('user_2@example.com');
  const { user } = await account.whoami((await account.signIn('user1@example.com')).cookie);
  assert.equal(user.id, one.id);
  const viaCurrent = { provider: current, keys: otherKeys };
  await account.refusedSignIn('legacy_provider_authenticates', 'user_2@example.com', viaCurrent);
  const { location } = await account.begin({ provider: current });
  assert.equal(location.searchParams.has('SAMLRequest'), true);
  const { pending_requests: [{ provider_id: asked }] } = await account.snapshot();
  assert.equal(asked, account.provider.id, 'a sign-in begins at the first integration, where user_2 is nobody');
  await account.change(account.provider, { enabled: false });
  await account.signIn('user_2@example.com', viaCurrent);
});

test('[000] a user who was created just in time is changed by one method alone: removed here, they can be provisioned', async () => {
  const [account, client] = await scene();
  await account.signIn('ada@example.com');
  const [{ id, version }] = await account.users();
  assert.equal((await client.expect(200, 'GET', `/Users/${id}`)).userName, 'ada@example.com');
  const before = await account.users();
  for (const [method, path, json] of [
    ['POST', '/Users', { schemas: [USER], userName: 'ada@example.com' }],
    ['PUT', `/Users/${id}`, { schemas: [USER], userName: 'ada@example.com', displayName: 'New' }],
    ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'displayName', value: 'New' })],
    ['DELETE', `/Users/${id}`],
  ]) {
    const answer = await client.send(method, path, json);
    assert.equal(answer.status, 409, `${method} ${JSON.stringify(answer.body)}`);
    assert.match(answer.body.detail, /one method|remove/i);
  }
  assert.deepEqual(await account.users(), before);
  await account.expect(204, 'DELETE', `/users/${id}`, undefined, { version });
  const made = await client.createUser('ada@example.com', ada);
  const { user } = await account.whoami((await account.signIn('ada@example.com')).cookie);
  assert.deepEqual([user.id, user.managedBy, user.displayName], [made.id, 'scim', 'Ada Lovelace']);
});
