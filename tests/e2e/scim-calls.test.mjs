// How often a SCIM request asks D1: once to read, twice to write, whatever is asked for.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bulk, reads, writes } from './cases/scim-journeys.mjs';
import { ScimClient, USER, patchOf } from './support/scim.mjs';
import { startPostern } from './support/postern.mjs';

let postern;
before(async () => {
  postern = await startPostern();
});
after(() => postern.dispose());

for (const [what, journeys, calls] of [['a read', reads, 1], ['a write', writes, 2]]) {
  describe(`${what}: ${calls}`, () => {
    for (const [name, { prepare, act, success }] of Object.entries(journeys)) {
      test(name, async () => {
        const client = await ScimClient.create(postern);
        const answer = await act(client, await prepare?.(client));
        assert.deepEqual([answer.status, answer.d1Calls], [success, calls], JSON.stringify(answer.body));
      });
    }
  });
}

test('a page that others follow: 2, the second to remember where it ended', async () => {
  const client = await ScimClient.create(postern);
  await client.createUsers(5);
  const calls = async (path) => (await client.send('GET', path)).d1Calls;
  assert.equal(await calls('/Users?startIndex=1&count=2'), 2);
  assert.equal(await calls('/Users?startIndex=3&count=2'), 2);
  assert.equal(await calls('/Users?startIndex=5&count=2'), 1);
  assert.equal(await calls('/Users?cursor&count=2'), 1);
});

test('what is refused: 1 and another for the log', async () => {
  const client = await ScimClient.create(postern);
  const { id } = await client.createUser('ada@example.com');
  for (const [method, path, json] of [
    ['GET', '/Users/nobody'], ['GET', '/Users?filter=nosuch%20eq%20%22x%22'], ['POST', '/Users', { schemas: [USER] }],
    ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'nosuch', value: 'x' })], ['DELETE', '/Groups/none'],
  ]) {
    const { status, d1Calls } = await client.send(method, path, json);
    assert.ok(status >= 400 && d1Calls <= 2, `${method} ${path}: ${status} after ${d1Calls}`);
  }
});

test('who has no token: at most 1, for the log', async () => {
  const client = await ScimClient.create(postern);
  for (const token of [null, 'wrong']) {
    const { status, d1Calls } = await client.send('GET', '/Users', undefined, { token });
    assert.equal(status, 401);
    assert.ok(d1Calls <= 1, String(d1Calls));
  }
});

test('several operations in one request: 1, and 2 for each', async () => {
  const client = await ScimClient.create(postern);
  const [ada, bob] = await client.createUsers(2);
  const context = { ada: ada.id, bob: bob.id };
  const { status, body, d1Calls } = await client.send('POST', '/Bulk', bulk(context));
  assert.equal(status, 200);
  assert.deepEqual(body.Operations.map((operation) => operation.status), ['201', '201', '200']);
  assert.ok(d1Calls <= 1 + 2 * body.Operations.length, `${d1Calls}`);
});
