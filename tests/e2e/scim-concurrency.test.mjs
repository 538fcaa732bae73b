// Many requests at once to one resource: nothing is lost, and of those that exclude each other one is carried out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENTERPRISE, GROUP, ScimClient, USER, assertError, membersOf, patchOf } from './support/scim.mjs';
import { startPostern } from './support/postern.mjs';

const MANY = 200;
let postern;
before(async () => {
  postern = await startPostern();
});
after(() => postern.dispose());

const add = (...ids) => ({ op: 'add', path: 'members', value: membersOf(...ids) });
/** As Entra and Okta write it, in turn. */
const remove = (id, index) => (index % 2 ? { op: 'remove', path: `members[value eq "${id}"]` } : { op: 'Remove', path: 'members', value: membersOf(id) });
const rename = (displayName) => ({ op: 'replace', value: { displayName } });
const versionOf = ({ meta }) => Number(meta.version.match(/^W\/"(\d+)"$/)[1]);
const idsOf = (users) => users.map(({ id }) => id).sort();

/** Sends them all at once; each answers with this status. */
async function all(expected, requests) {
  const answers = await Promise.all(requests);
  for (const { status, body } of answers) assert.equal(status, expected, JSON.stringify(body));
  return answers;
}

/** How often each status was answered. */
function tally(answers) {
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe(`${MANY} PATCHes of one group at once`, () => {
  let client;
  let users;
  before(async () => {
    client = await ScimClient.create(postern);
    users = idsOf(await client.createUsers(MANY));
  });

  test('that add different members: all are in', async () => {
    const { id } = await client.createGroup('Adds');
    await all(204, users.map((user) => client.patch(`/Groups/${id}`, add(user))));
    assert.deepEqual(await client.members(id), users);
  });

  test('that remove different members: none is left but those who stay', async () => {
    const { id } = await client.createGroup('Removes', users);
    const [stay, ...go] = users;
    await all(204, go.map((user, index) => client.patch(`/Groups/${id}`, remove(user, index))));
    assert.deepEqual(await client.members(id), [stay]);
  });

  test('that remove some and add others', async () => {
    const [old, young] = [users.slice(0, MANY / 2), users.slice(MANY / 2)];
    const { id } = await client.createGroup('Both', old);
    const changes = old.flatMap((user, index) => [remove(user, index), add(young[index])]);
    await all(204, changes.map((change) => client.patch(`/Groups/${id}`, change)));
    assert.deepEqual(await client.members(id), young);
  });

  test('with a rename among them: all are in, and it is renamed', async () => {
    const { id } = await client.createGroup('Before');
    const requests = users.map((user) => client.patch(`/Groups/${id}`, add(user)));
    requests.splice(MANY / 2, 0, client.patch(`/Groups/${id}`, rename('Afterwards')));
    await all(204, requests);
    assert.equal((await client.expect(200, 'GET', `/Groups/${id}?excludedAttributes=members`)).displayName, 'Afterwards');
    assert.deepEqual(await client.members(id), users);
  });

  test('each with the name sent along, as Okta does: all are in', async () => {
    const { id } = await client.createGroup('Along');
    await all(204, users.map((user) => client.patch(`/Groups/${id}`, { op: 'replace', value: { id, displayName: 'Along' } }, add(user))));
    assert.deepEqual(await client.members(id), users);
  });

  test('that all add the same one: it is in once, and the version moves once', async () => {
    const group = await client.createGroup('Same');
    await all(204, users.map(() => client.patch(`/Groups/${group.id}`, add(users[0]))));
    const now = await client.expect(200, 'GET', `/Groups/${group.id}`);
    assert.deepEqual(now.members.map(({ value }) => value), [users[0]]);
    assert.equal(versionOf(now), versionOf(group) + 1);
  });

  test('while members are removed from the account', async () => {
    const gone = await client.createUsers(20, 'gone');
    const { id } = await client.createGroup('Going', idsOf(gone));
    const adds = users.map((user) => client.patch(`/Groups/${id}`, add(user)));
    const deletes = gone.map((user) => client.send('DELETE', `/Users/${user.id}`));
    await all(204, [...adds, ...deletes]);
    assert.deepEqual(await client.members(id), users);
  });
});

describe('with If-Match exactly one wins a version', () => {
  const ROUNDS = 5;
  const AT_ONCE = 20;

  test('of a group', async () => {
    const client = await ScimClient.create(postern);
    const users = idsOf(await client.createUsers(AT_ONCE));
    let group = await client.createGroup('Contended');
    const members = new Set();
    for (let round = 0; round < ROUNDS; round++) {
      const version = versionOf(group);
      const contenders = users.filter((user) => !members.has(user));
      const answers = await Promise.all(contenders.map((user) => client.send('PATCH', `/Groups/${group.id}`, patchOf(add(user)), { version })));
      assert.deepEqual(tally(answers), { 204: 1, 412: contenders.length - 1 });
      answers.filter(({ status }) => status === 412).forEach((answer) => assertError(answer, 412));
      members.add(contenders[answers.findIndex(({ status }) => status === 204)]);
      group = await client.expect(200, 'GET', `/Groups/${group.id}`);
      assert.equal(versionOf(group), version + 1);
      assert.deepEqual(await client.members(group.id), [...members].sort());
    }
  });

  test('of a user, be it by PATCH, PUT or DELETE', async () => {
    const client = await ScimClient.create(postern);
    let user = await client.createUser('ada@example.com');
    for (let round = 0; round < ROUNDS; round++) {
      const version = versionOf(user);
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => {
        const title = `Title ${round}.${index}`;
        if (index % 2) return client.send('PUT', `/Users/${user.id}`, { schemas: [USER], userName: 'ada@example.com', title }, { version });
        return client.send('PATCH', `/Users/${user.id}`, patchOf({ op: 'replace', path: 'title', value: title }), { version });
      }));
      assert.deepEqual(tally(answers), { 200: 1, 412: AT_ONCE - 1 });
      const won = answers.find(({ status }) => status === 200);
      user = await client.expect(200, 'GET', `/Users/${user.id}`);
      assert.deepEqual(user, won.body);
      assert.equal(versionOf(user), version + 1);
    }
    const version = versionOf(user);
    const last = await Promise.all(Array.from({ length: AT_ONCE }, () => client.send('DELETE', `/Users/${user.id}`, undefined, { version })));
    assert.equal(tally(last)[204], 1);
    for (const { status } of last) assert.ok([204, 404, 412].includes(status), String(status));
  });

  test('a group that is read, then changed, then written is not overwritten', async () => {
    const client = await ScimClient.create(postern);
    const [one, other] = idsOf(await client.createUsers(2));
    const group = await client.createGroup('Read', [one]);
    await client.patch(`/Groups/${group.id}`, add(other));
    const put = { schemas: [GROUP], displayName: 'Read', members: membersOf(one) };
    assertError(await client.send('PUT', `/Groups/${group.id}`, put, { version: versionOf(group) }), 412);
    assertError(await client.send('DELETE', `/Groups/${group.id}`, undefined, { version: versionOf(group) }), 412);
    assert.deepEqual(await client.members(group.id), [one, other].sort());
  });
});

test('PATCHes of different attributes of one user at once lose nothing', async () => {
  const client = await ScimClient.create(postern);
  const { id } = await client.createUser('ada@example.com', { emails: [{ value: 'ada@example.com', type: 'work', primary: true }] });
  const attributes = {
    title: 'Analyst', nickName: 'A', displayName: 'Ada', 'name.givenName': 'Ada', 'name.familyName': 'Lovelace', locale: 'en-GB', timezone: 'Europe/London',
    userType: 'Employee', externalId: 'x-1', [`${ENTERPRISE}:department`]: 'Engines',
  };
  await all(200, Object.entries(attributes).map(([path, value]) => client.patch(`/Users/${id}`, { op: 'replace', path, value })));
  const user = await client.expect(200, 'GET', `/Users/${id}`);
  const found = { ...user, 'name.givenName': user.name?.givenName, 'name.familyName': user.name?.familyName, [`${ENTERPRISE}:department`]: user[ENTERPRISE]?.department };
  for (const [path, value] of Object.entries(attributes)) assert.equal(found[path], value, path);
});

describe('of POSTs of one name at once one makes something', () => {
  const AT_ONCE = 10;
  const cases = {
    'the userName, in either case': ['/Users', (index) => ({ schemas: [USER], userName: index % 2 ? 'ada@example.com' : 'ADA@example.com' })],
    'the e-mail': ['/Users', (index) => ({ schemas: [USER], userName: `ada-${index}`, emails: [{ value: 'ada@example.com', primary: true }] })],
    'the externalId': ['/Users', (index) => ({ schemas: [USER], userName: `ada-${index}@example.com`, externalId: 'x-1' })],
    'the name of a group': ['/Groups', (index) => ({ schemas: [GROUP], displayName: index % 2 ? 'Staff' : 'STAFF' })],
  };
  for (const [name, [path, body]] of Object.entries(cases)) {
    test(name, async () => {
      const client = await ScimClient.create(postern);
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => client.send('POST', path, body(index))));
      assert.deepEqual(tally(answers), { 201: 1, 409: AT_ONCE - 1 });
      answers.filter(({ status }) => status === 409).forEach((answer) => assertError(answer, 409, 'uniqueness'));
      const { users, groups } = await client.state();
      assert.equal(users.length + groups.length, 1);
    });
  }

  test('two of the same two, the second of which waits for the first at the write', async () => {
    const client = await ScimClient.create(postern);
    const post = () => client.send('POST', '/Users', { schemas: [USER], userName: 'ada@example.com' }, { meet: `post-${client.account.id}@2` });
    assert.deepEqual(tally(await Promise.all([post(), post()])), { 201: 1, 409: 1 });
  });

  test('groups whose identifiers would be the same get different ones', async () => {
    const client = await ScimClient.create(postern);
    await Promise.all(['a b', 'a-b', 'a.b', 'a_b', 'a/b'].map((name) => client.createGroup(name)));
    const identifiers = (await client.state()).groups.map(({ identifier }) => identifier).sort();
    assert.deepEqual(identifiers, ['a_b', 'a_b_2', 'a_b_3', 'a_b_4', 'a_b_5']);
  });
});

test('a user who is deactivated while they are added to groups is both', async () => {
  const client = await ScimClient.create(postern);
  const { id } = await client.createUser('ada@example.com');
  const groups = await Promise.all(Array.from({ length: 10 }, (_, index) => client.createGroup(`Group ${index}`)));
  const adds = groups.map((group) => client.patch(`/Groups/${group.id}`, add(id)));
  const [off] = await Promise.all([client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' }), ...adds]);
  assert.equal(off.status, 200);
  const user = await client.expect(200, 'GET', `/Users/${id}`);
  assert.equal(user.active, false);
  assert.deepEqual(user.groups.map(({ value }) => value).sort(), idsOf(groups));
});
