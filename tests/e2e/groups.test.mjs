// Groups, invitations and the two integrations, end to end: each test names the seed document that it comes from.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const ENTRA_LINK = 'http://schemas.microsoft.com/claims/groups.link';
const { postern, keys, otherKeys } = await installation();

const following = (settings) => TestAccount.withProvider(postern, keys, { authorization: { enabled: true }, ...settings });
const link = (account, name, samlGroup = name) =>
  account.expect(201, 'POST', '/groups', { name, link: { providerId: account.provider.id, samlGroup } });
const native = (account, name) => account.expect(201, 'POST', '/groups', { name });
const groupsOf = async (account, email) => {
  const { items } = await account.expect(200, 'GET', `/users?email=${encodeURIComponent(email)}`);
  return items[0].groups.map(({ name }) => name).sort();
};
const ada = (groups, more = {}) => ({ nameId: 'ada@example.com', attributes: { ...(groups && { groups }), ...more } });
const lastTrace = async (account) => (await account.expect(200, 'GET', '/sign-ins?limit=1')).items[0].trace;

describe('[000] SAML-linked user groups synchronize on every sign-in', () => {
  test('a user created just in time is in the linked groups that are named', async () => {
    const account = await following();
    for (const name of ['Engineering', 'On-call', 'Sales']) await link(account, name);
    const { answer } = await account.signIn(ada(['Engineering', 'On-call', 'Everyone']));
    assert.equal(answer.d1Calls, 3);
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering', 'On-call']);
    assert.deepEqual((await lastTrace(account)).at(-1), {
      rule: 'linked_groups',
      wanted: 'the groups that the provider names',
      got: '3 named; joins Engineering, On-call; leaves none',
      matched: true,
    });
  });

  test('assignments that changed at the identity provider are followed at the next one', async () => {
    const account = await following();
    for (const name of ['Engineering', 'On-call', 'Sales']) await link(account, name);
    await account.signIn(ada(['Engineering', 'On-call']));
    await account.signIn(ada(['Sales', 'Engineering']));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering', 'Sales']);
    await account.signIn(ada(undefined));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), [], 'who is named in no group is in no linked one');
  });

  test('groups that are not linked to this provider, and those of SCIM, are never touched', async () => {
    const account = await following();
    const [own, pushed] = [await native(account, 'By hand'), await native(account, 'Pushed')];
    const other = await account.addProvider({ keys: [otherKeys], authorization: { enabled: true } });
    const elsewhere = await account.expect(201, 'POST', '/groups', { name: 'Elsewhere', link: { providerId: other.id, samlGroup: 'Elsewhere' } });
    await account.signIn(ada([]));
    const [{ id }] = await account.users();
    for (const group of [own, elsewhere, pushed]) {
      await account.sql('INSERT INTO group_members VALUES (?, ?, ?, 1)', account.id, group.id, id);
    }
    await account.sql(`UPDATE groups SET managed_by = 'scim' WHERE account_id = ? AND id = ?`, account.id, pushed.id);
    await account.signIn(ada(['Pushed', 'Elsewhere', 'By hand', 'Nobody knows it']));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['By hand', 'Elsewhere', 'Pushed']);
    await account.signIn(ada([]));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['By hand', 'Elsewhere', 'Pushed']);
  });

  test('with authorization off, groups are managed by hand', async () => {
    const account = await following({ authorization: { enabled: false } });
    const group = await link(account, 'Engineering');
    await account.signIn(ada(['Engineering']));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), []);
    const [{ id }] = await account.users();
    await account.expect(204, 'PUT', `/groups/${group.id}/members/${id}`);
    await account.signIn(ada([]));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering']);
  });

  test('the attribute that names the groups can be chosen', async () => {
    const account = await following({ authorization: { enabled: true, groupsAttribute: 'team' } });
    await link(account, 'Engineering', 'eng');
    await account.signIn(ada(['Engineering'], { team: ['eng'] }));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering']);
  });

  test('Entra ID leaves the groups out above 150: nothing is removed, and the log says so', async () => {
    const account = await following({ kind: 'entra' });
    await link(account, 'Engineering');
    await account.signIn(ada(['Engineering']));
    await account.signIn(ada(undefined, { [ENTRA_LINK]: 'https://graph.windows.net/t/users/u/getMemberObjects' }));
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering']);
    const step = (await lastTrace(account)).at(-1);
    assert.deepEqual([step.rule, step.matched], ['linked_groups', false]);
    assert.match(step.got, /more than 150/);
  });

  test('50 groups are 3 D1 calls cold and 2 warm', async () => {
    const account = await following();
    const names = Array.from({ length: 50 }, (_, index) => `Group ${index}`);
    for (const name of names) await link(account, name);
    const first = await account.signIn(ada(names));
    const second = await account.signIn({ ...ada(names.slice(0, 25)), nameId: 'grace@example.com' });
    assert.deepEqual([first.answer.d1Calls, second.answer.d1Calls], [3, 2]);
    assert.equal((await groupsOf(account, 'ada@example.com')).length, 50);
    const third = await account.signIn(ada(names.slice(25)));
    assert.equal(third.answer.d1Calls, 2);
    assert.equal((await groupsOf(account, 'ada@example.com')).length, 25);
  });

  test('a fault leaves user and groups together or neither', async () => {
    for (const fault of ['before@1', 'after@1', 'before@2', 'after@2', 'before@3', 'after@3', 'before@3+', 'after@3+']) {
      const account = await following();
      await link(account, 'Engineering');
      const answer = await account.post(await account.sign(ada(['Engineering'])), { fault });
      const { users, group_members: members, sessions } = await account.snapshot();
      assert.equal(members.length, users.length, fault);
      assert.equal(sessions.length, users.length, fault);
      assert.ok([303, 503].includes(answer.status), `${fault}: ${answer.status}`);
      await account.signIn(ada(['Engineering']));
      assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering'], fault);
    }
  });

  test('two first sign-ins of one person at the same instant: one user, in each group once', async () => {
    const account = await following();
    await link(account, 'Engineering');
    const responses = await Promise.all([account.sign(ada(['Engineering'])), account.sign(ada(['Engineering']))]);
    const answers = await Promise.all(responses.map((response) => account.post(response, { meet: `groups-${account.id}@2` })));
    assert.deepEqual(answers.map(({ status }) => status), [303, 303]);
    assert.equal((await account.users()).length, 1);
    assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Engineering']);
  });
});

test('JIT rules put new users into native groups, which are there for as long as a rule names them', async () => {
  const account = await TestAccount.withProvider(postern, keys);
  const [team, everybody] = [await native(account, 'Team'), await native(account, 'Everybody')];
  const admitting = (...ids) => ({ jit: { rules: [{ conditions: [{ on: 'emailDomain', operator: 'equals', value: 'example.com' }], effect: 'admit', groups: ids }] } });
  const { version } = account.provider;
  const { body } = await account.admin('PATCH', `/providers/${account.provider.id}`, admitting(team.id, 'none'), { version });
  assert.deepEqual(body.errors.map(({ pointer, code }) => [pointer, code]), [['/jit/rules/0/groups/1', 'unknown']]);
  const changed = await account.admin('PATCH', `/providers/${account.provider.id}`, admitting(team.id, everybody.id), { version });
  assert.deepEqual([changed.status, changed.d1Calls], [200, 2]);
  await account.signIn(ada());
  assert.deepEqual(await groupsOf(account, 'ada@example.com'), ['Everybody', 'Team']);
  const refused = await account.expect(409, 'DELETE', `/groups/${team.id}`, undefined, { version: 1 });
  assert.equal(refused.code, 'named_by_rules');
  await account.change(account.provider, admitting(everybody.id));
  await account.expect(204, 'DELETE', `/groups/${team.id}`, undefined, { version: 1 });
});

describe('[000] invitations', () => {
  test('without JIT provisioning, who is invited comes in with the groups of the invitation', async () => {
    const account = await TestAccount.withProvider(postern, keys, { jit: { enabled: false } });
    const group = await native(account, 'Engineers');
    await account.refusedSignIn('not_invited', 'ada@example.com');
    const { link: url } = await account.expect(201, 'POST', '/invitations', { email: 'Ada@example.com', groups: [group.id] });
    const page = await postern.fetch(new URL(url).pathname);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /You are invited/);
    const { answer } = await account.signIn('ada@example.com');
    assert.equal(answer.d1Calls, 2);
    const [user] = await account.users();
    assert.deepEqual([user.managedBy, user.groups], ['invitation', [{ id: group.id, name: 'Engineers' }]]);
    assert.equal((await postern.fetch(new URL(url).pathname)).status, 404);
  });

  test('one that is taken back while it is accepted is one or the other', async () => {
    const account = await TestAccount.withProvider(postern, keys, { jit: { enabled: false } });
    const { id } = await account.expect(201, 'POST', '/invitations', { email: 'ada@example.com' });
    const response = await account.sign('ada@example.com');
    const [signedIn, deleted] = await Promise.all([account.post(response), account.admin('DELETE', `/invitations/${id}`, undefined, { version: 1 })]);
    const users = await account.users();
    assert.equal(users.length, signedIn.status === 303 ? 1 : 0);
    assert.equal(signedIn.status === 303, deleted.status === 404, `${signedIn.status} ${deleted.status}`);
    assert.deepEqual((await account.snapshot()).invitations, []);
  });
});

describe('[001] [003] [004] two integrations', () => {
  test('user1 is a member of the first one and signs in; user_2 is not and cannot', async () => {
    const account = await TestAccount.create(postern, keys);
    account.provider = await account.addProvider({ name: 'FirstGen', generation: 'legacy', jit: { enabled: false } });
    const current = await account.addProvider({ name: 'NextGen', keys: [otherKeys] });
    for (const email of ['user1@example.com', 'user_2@example.com']) await account.expect(201, 'POST', '/users', { email });
    await account.signIn('user1@example.com');
    const viaCurrent = { provider: current, keys: otherKeys };
    for (const email of ['user1@example.com', 'user_2@example.com']) {
      await account.refusedSignIn('legacy_provider_authenticates', email, viaCurrent);
    }
    // A sign-in begins at the first one, also when the other is asked for.
    const begun = await postern.fetch(`${new URL(current.sp.loginUrl).pathname}?provider=${current.id}`);
    assert.equal(begun.status, 302);
    const { pending_requests: [{ provider_id: asked }] } = await account.snapshot();
    assert.equal(asked, account.provider.id);

    await account.change(account.provider, { enabled: false });
    await account.signIn('user_2@example.com', viaCurrent);
  });
});

test('[000] a user who was removed does not come back just in time, until an admin clears it', async () => {
  const account = await TestAccount.withProvider(postern, keys);
  await account.signIn('ada@example.com');
  const [{ id, version }] = await account.users();
  await account.expect(204, 'DELETE', `/users/${id}`, undefined, { version });
  await account.refusedSignIn('user_removed', 'ada@example.com');
  await account.refusedSignIn('user_removed', 'ADA@example.com');
  await account.expect(204, 'DELETE', `/removed-users/${id}`);
  await account.signIn('ada@example.com');
});
