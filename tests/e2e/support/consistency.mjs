// What holds in every account at any time, whatever failed.
import assert from 'node:assert/strict';

const RECORDS = ['role', 'resource-group', 'role-binding', 'organization', 'project', 'service-account', 'api-key'];
/** What goes with what it belongs to, without a row of its own in the log. */
const GOES_ALONG = ['role-binding', 'api-key', 'token'];

/** Asserts that the rows of a `TestAccount.snapshot()` agree with each other. */
export function assertConsistent(rows) {
  const { accounts, providers, users, user_links: links, spent, pending_requests: pending, sessions, sign_ins: log, changes, account_keys: keys, groups, group_members: members, invitations, records, api_tokens: tokens } = rows;
  const signedIn = log.filter(({ outcome }) => outcome === 'signed_in');
  const deleted = new Set(changes.filter(({ action }) => action === 'provider.deleted').map(({ resource }) => resource.split('/')[1]));
  const isThere = (providerId) => !deleted.has(providerId);

  const assertions = spent.filter(({ kind }) => kind === 'assertion');
  const tested = log.filter(({ error, name_id: nameId }) => nameId && error?.includes('"code":"tested"'));
  assert.equal(assertions.length, signedIn.length + tested.length, 'an assertion is spent with each sign-in and each test that it passes, and with nothing else');
  for (const { id } of spent.filter(({ kind }) => kind === 'request')) {
    assert.ok(!pending.some((request) => request.id === id), 'a spent request is no longer open');
  }
  for (const row of signedIn) {
    assert.equal(row.error, null);
    assert.ok(users.some(({ id }) => id === row.user_id), 'who signed in is a user');
    if (isThere(row.provider_id)) {
      assert.ok(links.some(({ provider_id: provider, user_id: user }) => provider === row.provider_id && user === row.user_id), 'who signed in is linked');
    }
  }
  for (const row of log.filter(({ outcome }) => outcome === 'refused')) assert.ok(row.error && !row.user_id, 'a refusal has a reason and no user');
  // Memberships and removed users have times for versions.
  const versioned = changes.filter(({ resource }) => !resource.includes('/member/') && !resource.startsWith('removed-user/'));
  const versions = Map.groupBy(versioned, ({ resource }) => resource);
  for (const user of users) {
    const created = versions.get(`user/${user.id}`)?.[0];
    assert.equal(created?.action, 'user.created', 'a user was created by somebody');
    const bySignIn = created.actor.startsWith('provider/');
    assert.ok(!bySignIn || signedIn.some(({ user_id: id, decision }) => id === user.id && decision !== 'existing_user'), 'or by a sign-in');
  }
  for (const { group_id: group, user_id: user } of members) {
    assert.ok(groups.some(({ id }) => id === group) && users.some(({ id }) => id === user), 'a member is somebody, in a group');
  }
  for (const session of sessions) {
    assert.ok(users.some(({ id }) => id === session.user_id) && isThere(session.provider_id), 'a session is somebody’s');
    assert.ok(signedIn.some(({ user_id: id, at }) => id === session.user_id && at === session.created_at), 'a session is in the log');
  }
  for (const { provider_id: provider } of [...links, ...pending]) assert.ok(isThere(provider), 'nothing is left of a deleted provider');

  for (const [resource, made] of versions) {
    made.sort((one, other) => one.version - other.version);
    assert.deepEqual(made.map(({ version }) => version), made.map((_, index) => index + 1), `${resource}: each version was made once`);
    const last = made.at(-1);
    const [kind, id] = resource.split('/');
    const table = { provider: providers, account: accounts, key: keys, user: users, group: groups, invitation: invitations, token: tokens }[kind];
    const row = (RECORDS.includes(kind) ? records : table).find((one) => one.id === id);
    if (row || !GOES_ALONG.includes(kind)) assert.equal(Boolean(row), last.after !== null, `${resource}: it is there unless it was deleted`);
    if (!row) continue;
    if (kind === 'key' || kind === 'token') continue;
    assert.equal(row.version, last.version, `${resource}: the log has its version`);
    if (kind === 'provider') assert.equal(row.settings, last.after, `${resource}: the log has its settings`);
  }
  for (const { id } of providers) assert.ok(versions.has(`provider/${id}`), 'a provider is in the log');
  for (const { id } of [...users, ...groups, ...records, ...tokens]) assert.ok(versioned.some(({ resource }) => resource.endsWith(`/${id}`)), 'what there is is in the log');
  for (const { id } of accounts) assert.ok(versions.has(`account/${id}`), 'an account is in the log');
}
