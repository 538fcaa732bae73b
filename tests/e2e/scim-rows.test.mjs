// What Okta and Entra ask reads as many rows of an account of a million users as of one of a thousand, as D1 counts them and
// bills them; a whole import reads hardly more than there are users; a large group costs what is asked of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ScimClient, membersOf, patchOf } from './support/scim.mjs';
import { load } from './support/scim-million.mjs';
import { ABOUT, SIZES, importWalk, rowsOfRequests } from './support/scim-rows.mjs';
import { startPostern } from './support/postern.mjs';

const HUNDRED_THOUSAND = 100_000;
const MIB = 2 ** 20;
/** Of the 128 MiB of an isolate the module may take so much: what it answers, 16 MiB, is in the memory of JavaScript as well. */
const MOST_MEMORY = 64;
let postern;
before(async () => {
  postern = await startPostern();
});
after(() => postern.dispose());

async function filled(users, options) {
  const client = await ScimClient.create(postern);
  return { client, people: await load(postern.db, client, users, options) };
}

test(`rows read of an account of ${SIZES.join(' and of ')} users`, async (t) => {
  const [few, many] = [[], []];
  for (const [index, users] of SIZES.entries()) {
    const { client, people } = await filled(users);
    [few, many][index].push(...(await rowsOfRequests(client, people, users)));
  }
  for (const [index, { what, rows, calls }] of few.entries()) {
    await t.test(what, (t) => {
      const other = many[index];
      t.diagnostic(`${rows} and ${other.rows} rows in ${other.calls} D1 calls`);
      assert.equal(other.what, what);
      assert.ok(rows > 0 || what.startsWith('okta-27'), 'D1 counts');
      assert.ok(Math.abs(other.rows - rows) <= ABOUT, `${rows} and ${other.rows} rows`);
    });
  }
});

describe(`of ${HUNDRED_THOUSAND} users`, () => {
  let client;
  let people;
  const all = () => Array.from({ length: HUNDRED_THOUSAND }, (_, number) => people.person(number).id);
  before(async () => {
    ({ client, people } = await filled(HUNDRED_THOUSAND, { grouped: false }));
  });

  test('a whole import reads at most 1.2 rows a user, and sees each once', async (t) => {
    const { users, rows, ids } = await importWalk(client);
    t.diagnostic(`${rows} rows of ${users} users: ${rows / users} a user`);
    assert.deepEqual(ids, all());
    assert.ok(rows <= 1.2 * users, `${rows} rows`);
  });

  test('by cursor as well', async (t) => {
    let [cursor, rows] = ['', 0];
    const ids = [];
    do {
      const { status, body, rowsRead } = await client.send('GET', `/Users?${new URLSearchParams({ cursor, count: 200, attributes: 'userName' })}`);
      assert.equal(status, 200, JSON.stringify(body));
      ids.push(...body.Resources.map(({ id }) => id));
      rows += rowsRead;
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    t.diagnostic(`${rows / ids.length} rows a user`);
    assert.deepEqual(ids, all());
    assert.ok(rows <= 1.2 * ids.length, `${rows} rows`);
  });

  test('a group of all of them is pushed in chunks, patched, and read', async (t) => {
    const CHUNK = 20_000;
    const ids = all();
    const small = await client.createGroup('Small', ids.slice(0, 10));
    const { id } = await client.createGroup('Everybody');
    for (let from = 0; from < ids.length; from += CHUNK) {
      const began = performance.now();
      await client.expect(204, 'PATCH', `/Groups/${id}`, patchOf({ op: 'add', path: 'members', value: membersOf(...ids.slice(from, from + CHUNK)) }));
      t.diagnostic(`${CHUNK} members more: ${Math.round(performance.now() - began)} ms`);
    }
    const rowsOf = async (method, path, json) => {
      const { status, body, rowsRead } = await client.send(method, path, json);
      assert.ok([200, 204].includes(status), JSON.stringify(body));
      return rowsRead;
    };
    const change = (...operations) => (group) => rowsOf('PATCH', `/Groups/${group}`, patchOf(...operations));
    const member = membersOf(ids[5]);
    for (const [what, request] of Object.entries({
      'read without its members': (group) => rowsOf('GET', `/Groups/${group}?excludedAttributes=members`),
      'read for its name': (group) => rowsOf('GET', `/Groups/${group}?attributes=displayName`),
      'less one': change({ op: 'Remove', path: 'members', value: member }),
      'plus one': change({ op: 'Add', path: 'members', value: member }),
      'less one, by value path': change({ op: 'remove', path: `members[value eq "${ids[6]}"]` }),
      'plus one that is there': change({ op: 'add', path: 'members', value: member }),
    })) {
      const [few, many] = [await request(small.id), await request(id)];
      t.diagnostic(`${what}: ${few} and ${many} rows`);
      assert.ok(Math.abs(many - few) <= ABOUT, `${what}: ${few} and ${many} rows`);
    }
    const began = performance.now();
    const { status, headers, body: whole } = await client.send('GET', `/Groups/${id}`);
    assert.equal(status, 200);
    const memory = Number(headers.get('x-test-memory')) / MIB;
    t.diagnostic(`read whole: ${Math.round(performance.now() - began)} ms, and the module had ${memory} MiB at most`);
    assert.ok(memory > 1 && memory < MOST_MEMORY, `${memory} MiB`);
    assert.deepEqual(whole.members.map(({ value }) => value).sort(), ids.filter((one) => one !== ids[6]));
    const found = await client.filter('Groups', `displayName eq "Everybody"`, { excludedAttributes: 'members' });
    assert.equal(found.totalResults, 1);
    assert.equal(found.Resources[0].members, undefined);
    await client.expect(204, 'PATCH', `/Groups/${id}`, patchOf({ op: 'replace', path: 'members', value: [] }));
    assert.deepEqual(await client.members(id), []);
    await client.expect(204, 'DELETE', `/Groups/${id}`);
  });
});
