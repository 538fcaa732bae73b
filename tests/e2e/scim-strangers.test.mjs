// Who shows a token that nobody has takes neither the memory of an isolate nor what D1 reads.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';
import { ScimClient, patchOf } from './support/scim.mjs';

const MIB = 2 ** 20;
/** Of the 128 MiB of an isolate. */
const MOST_MEMORY = 64;
const AT_ONCE = 8;
const headers = { authorization: `Bearer pst_nobody_${'A'.repeat(43)}`, 'content-type': 'application/scim+json' };
/** JSON of nearly so many bytes, in as many values as there can be. */
const many = (value, bytes) => `[${Array(Math.floor(bytes / (value.length + 1))).fill(value).join(',')}]`;

let postern;
before(async () => {
  postern = await startPostern();
  await new TestAccount(postern, null, 'acme').expect(201, 'POST', '', { id: 'acme', name: 'Acme' });
});
after(() => postern.dispose());

describe(`${AT_ONCE} large bodies at once`, () => {
  for (const [what, method, path, body] of [
    ['members', 'PATCH', '/Groups/x', JSON.stringify(patchOf({ op: 'add', path: 'members', value: 'V' })).replace('"V"', many('{"value":"a"}', MIB - 2_000))],
    ['a search', 'POST', '/.search', `{"x":${many('{"a":0}', MIB - 2_000)}}`],
    ['a user', 'POST', '/Users', `{"userName":"x","emails":${many('{"a":0}', MIB - 2_000)}}`],
    ['a bulk', 'POST', '/Bulk', `{"Operations":${many(`{"method":"POST","path":"/Users","bulkId":"a","data":{"x":${many('{"a":0}', 800)}}}`, MIB - 2_000)}}`],
  ]) {
    test(what, async (t) => {
      const held = Array.from({ length: AT_ONCE }, (_, at) => postern.fetch(`/scim/v2/acme${path}`, { method, body, headers, meet: `${what.at(-1)}${at}@1` }));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const memory = Number((await postern.fetch('/healthz')).headers.get('x-test-memory')) / MIB;
      await Promise.all(held.map((_, at) => postern.fetch('/readyz', { meet: `${what.at(-1)}${at}@1` })));
      for (const { status, d1Calls } of await Promise.all(held)) assert.deepEqual([status, d1Calls], [401, 2]);
      t.diagnostic(`${memory.toFixed(1)} MiB`);
      assert.ok(memory > 0 && memory < MOST_MEMORY, `${memory} MiB`);
    });
  }
});

test('a small body is read, and D1 reads nothing that it asks for', async () => {
  const client = await ScimClient.create(postern);
  const asked = (path, token) => postern.fetch(client.base + path, { headers: { ...headers, authorization: `Bearer ${token}` } });
  for (const path of ['/Users', '/Users?startIndex=2', '/Users/x', '/Groups?filter=displayName%20eq%20%22x%22']) {
    const answer = await asked(path, `${client.token.slice(0, -4)}AAAA`);
    // The batch that fails at the token, the token alone, the log.
    assert.deepEqual([answer.status, answer.d1Calls], [401, 3], path);
    assert.ok(answer.rowsRead < 10, `${answer.rowsRead} rows`);
    assert.notEqual((await asked(path, client.token)).status, 401, path);
  }
});
