// Two requests that have read before either writes: each waits before the D1 call that matters until both are there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { assertConsistent } from './support/consistency.mjs';
import { installation } from './support/installation.mjs';

const { postern, keys, otherKeys } = await installation();

/** An account that the isolate knows. */
async function knownAccount() {
  const account = await TestAccount.withProvider(postern, keys);
  await postern.fetch(`/saml/${account.id}/metadata`);
  return account;
}

const statuses = (answers) => answers.map(({ status }) => status).sort();

/** The second D1 call commits: of a change, and of a sign-in when the isolate knows the account. */
const COMMIT = 2;

for (const [name, nameIds] of Object.entries({ 'by one NameID': ['u-1', 'u-1'], 'by two NameIDs': ['u-1', 'u-2'] })) {
  test(`two first sign-ins of one person ${name} make one user, and both are signed in`, async () => {
    const account = await knownAccount();
    const responses = await Promise.all(nameIds.map((nameId) => account.sign({ nameId, attributes: { email: 'ada@example.com' } })));
    const meet = `${account.id}@${COMMIT}`;
    const answers = await Promise.all(responses.map((samlResponse) => account.post(samlResponse, { meet })));
    assert.deepEqual(statuses(answers), [303, 303]);
    const { users, sessions, user_links: links, sign_ins: log, spent } = await account.snapshot();
    assert.equal(users.length, 1);
    assert.deepEqual(new Set(sessions.map((session) => session.user_id)), new Set([users[0].id]));
    assert.equal(sessions.length, 2);
    assert.equal(spent.length, 2);
    assert.equal(links.length, new Set(nameIds).size);
    assert.deepEqual(log.map(({ decision }) => decision).sort(), ['created_just_in_time', 'existing_user']);
  });
}

for (const [name, { accepts, isThere, expected }] of Object.entries({
  'somebody new, one is let in': { accepts: false, isThere: false, expected: [303, 403] },
  'a user of neither, one is let in': { accepts: false, isThere: true, expected: [303, 403] },
  'a user, both are let in where others are accepted': { accepts: true, isThere: true, expected: [303, 303] },
})) {
  test(`of two providers that sign in ${name}`, async () => {
    const account = await TestAccount.withProvider(postern, keys, { acceptUsersOfOtherProviders: accepts });
    const other = await account.addProvider({ keys: [otherKeys], name: 'Other', acceptUsersOfOtherProviders: accepts });
    if (isThere) await account.expect(201, 'POST', '/users', { email: 'ada@example.com' });
    await postern.fetch(`/saml/${account.id}/metadata`);
    const responses = await Promise.all([account.sign('ada@example.com'), account.sign('ada@example.com', { provider: other, keys: otherKeys })]);
    const answers = await Promise.all(responses.map((samlResponse) => account.post(samlResponse, { meet: `${account.id}@${COMMIT}` })));
    assert.deepEqual(statuses(answers), expected);
    const rows = await account.snapshot();
    assertConsistent(rows);
    const signedIn = expected.filter((status) => status === 303).length;
    assert.deepEqual([rows.users.length, rows.sessions.length, rows.user_links.length], [1, signedIn, signedIn]);
    const codes = rows.sign_ins.filter(({ error }) => error).map(({ error }) => JSON.parse(error).code);
    assert.deepEqual(codes, accepts ? [] : ['linked_to_other_provider']);
  });
}

/** Other ways in than just in time: settings of the provider, what is there before, and the decisions of both. */
const WAYS_IN = {
  'of somebody who is invited': {
    settings: { jit: { enabled: false } },
    prepare: async (account) => {
      const { id } = await account.expect(201, 'POST', '/groups', { name: 'Guests' });
      await account.expect(201, 'POST', '/invitations', { email: 'ada@example.com', groups: [id] });
    },
    decisions: ['accepted_invitation', 'existing_user'],
    memberships: 1,
  },
  'through a legacy provider': {
    settings: { generation: 'legacy', jit: { enabled: false } },
    prepare: (account) => account.expect(201, 'POST', '/users', { email: 'ada@example.com' }),
    decisions: ['existing_user', 'existing_user'],
    memberships: 0,
  },
  'into linked groups': {
    settings: { authorization: { enabled: true } },
    prepare: async (account) => {
      const link = { providerId: account.provider.id, samlGroup: 'eng' };
      await account.expect(201, 'POST', '/groups', { name: 'Engineering', link });
    },
    decisions: ['created_just_in_time', 'existing_user'],
    memberships: 1,
  },
};

for (const [name, { settings, prepare, decisions, memberships }] of Object.entries(WAYS_IN)) {
  for (const nameIds of [['u-1', 'u-1'], ['u-1', 'u-2']]) {
    test(`two first sign-ins ${name}, by ${new Set(nameIds).size} NameIDs, make one user, and both are signed in`, async () => {
      const account = await TestAccount.withProvider(postern, keys, settings);
      await prepare(account);
      await postern.fetch(`/saml/${account.id}/metadata`);
      const attributes = { email: 'ada@example.com', groups: ['eng'] };
      const responses = await Promise.all(nameIds.map((nameId) => account.sign({ nameId, attributes })));
      const answers = await Promise.all(responses.map((samlResponse) => account.post(samlResponse, { meet: `${account.id}@${COMMIT}` })));
      assert.deepEqual(statuses(answers), [303, 303]);
      const rows = await account.snapshot();
      assertConsistent(rows);
      assert.deepEqual([rows.users.length, rows.sessions.length, rows.user_links.length], [1, 2, new Set(nameIds).size]);
      assert.deepEqual([rows.invitations.length, rows.group_members.length], [0, memberships]);
      assert.deepEqual(rows.sign_ins.map(({ decision }) => decision).sort(), decisions);
    });
  }
}

test('one assertion opens one session', async () => {
  const account = await knownAccount();
  const samlResponse = await account.sign('ada@example.com');
  const meet = `${account.id}@${COMMIT}`;
  const answers = await Promise.all([1, 2].map(() => account.post(samlResponse, { meet })));
  assert.deepEqual(statuses(answers), [303, 403]);
  const { sessions, sign_ins: log } = await account.snapshot();
  assert.equal(sessions.length, 1);
  const refused = log.find(({ outcome }) => outcome === 'refused');
  assert.equal(JSON.parse(refused.error).code, 'replayed');
  assert.equal(refused.user_id, null);
});

test('one request is answered once', async () => {
  const account = await knownAccount();
  const { id, cookie } = await account.begin();
  const responses = await Promise.all([1, 2].map(() => account.sign({ nameId: 'ada@example.com', inResponseTo: id })));
  const meet = `${account.id}@${COMMIT}`;
  const answers = await Promise.all(responses.map((samlResponse) => account.post(samlResponse, { cookie, meet })));
  const { sessions, pending_requests: pending } = await account.snapshot();
  assert.deepEqual(statuses(answers), [303, 403]);
  assert.equal(sessions.length, 1);
  assert.equal(pending.length, 0);
});

test('a provider that is deleted meanwhile opens no session that stays', async () => {
  const account = await knownAccount();
  const samlResponse = await account.sign('ada@example.com');
  const { id, version } = account.provider;
  const [signedIn, deleted] = await Promise.all([
    account.post(samlResponse, { meet: `${account.id}@${COMMIT}` }),
    account.admin('DELETE', `/providers/${id}`, undefined, { version, meet: `${account.id}@${COMMIT}` }),
  ]);
  assert.equal(deleted.status, 204);
  assert.ok([303, 403].includes(signedIn.status), String(signedIn.status));
  const { sessions, user_links: links } = await account.snapshot();
  assert.deepEqual([sessions, links], [[], []]);
});

test('of two admins who change one provider one is told to read it again', async () => {
  const account = await knownAccount();
  const { id, version } = account.provider;
  const meet = `${account.id}@${COMMIT}`;
  const answers = await Promise.all(['One', 'Two'].map((name) => account.admin('PATCH', `/providers/${id}`, { name }, { version, meet })));
  assert.deepEqual(statuses(answers), [200, 412]);
  const { name } = await account.expect(200, 'GET', `/providers/${id}`);
  assert.equal(name, answers.find(({ status }) => status === 200).body.name);
  assert.deepEqual((await account.snapshot()).changes.filter(({ resource }) => resource === `provider/${id}`).map((change) => change.version), [1, 2]);
});

test('a provider is changed or deleted, not both', async () => {
  const account = await knownAccount();
  const { id, version } = account.provider;
  const meet = `${account.id}@${COMMIT}`;
  const [changed, deleted] = await Promise.all([
    account.admin('PATCH', `/providers/${id}`, { name: 'Changed' }, { version, meet }),
    account.admin('DELETE', `/providers/${id}`, undefined, { version, meet }),
  ]);
  const { providers } = await account.snapshot();
  if (deleted.status === 204) assert.deepEqual([changed.status, providers], [412, []]);
  else assert.deepEqual([changed.status, deleted.status, providers.length], [200, 412, 1]);
});

test('of two providers of one entity ID one is made', async () => {
  const account = await TestAccount.create(postern, keys);
  const provider = { name: 'Example', kind: 'other', metadataXml: account.metadata() };
  const answers = await Promise.all([1, 2].map(() => account.admin('POST', '/providers', provider, { meet: `${account.id}@1` })));
  assert.deepEqual(statuses(answers), [201, 409]);
  const { providers, changes } = await account.snapshot();
  assert.equal(providers.length, 1);
  assert.equal(changes.filter(({ action }) => action === 'provider.created').length, 1);
});

test('of two accounts of one id one is made', async () => {
  const answers = await Promise.all(['One', 'Two'].map((name) => postern.admin('POST', '/accounts', { id: 'twice', name }, { meet: 'twice@1' })));
  assert.deepEqual(statuses(answers), [201, 409]);
  const { body } = await postern.admin('GET', '/accounts/twice');
  assert.equal(body.name, answers.find(({ status }) => status === 201).body.name);
});

test('many people sign in', async () => {
  const account = await knownAccount();
  const emails = Array.from({ length: 12 }, (_, index) => `user${index}@example.com`);
  await Promise.all(emails.map((email) => account.signIn(email)));
  assert.equal((await account.users()).length, 12);
});
