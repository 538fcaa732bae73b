// Each SCIM request with D1 failing at each of its calls: it is answered rightly or by 503, nothing is half-done, and sending
// it again does what it should have done and no more. The journeys are in cases/scim-journeys.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bulk, journeys } from './cases/scim-journeys.mjs';
import { ScimClient, assertError } from './support/scim.mjs';
import { startPostern } from './support/postern.mjs';

const FAULTS = [
  (k) => `before@${k}`,
  (k) => `after@${k}`,
  (k) => `before@${k}+`,
  (k) => `after@${k}+`,
  (k) => `before@${k},after@${k + 1}`,
  (k) => `after@${k},before@${k + 1}`,
];
let postern;
before(async () => {
  postern = await startPostern();
});
after(() => postern.dispose());

/** Without what is made anew each time: ids, and the account's. */
const anonymous = (json) => json?.replace(/\b[0-9a-z]{26}\b/g, 'ID').replace(/\ba-[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'ACCOUNT');

/** What a change leaves in the tables: rows without ids and times, and how many changes are logged. */
function effectOf({ changes, ...tables }) {
  const plain = (row) => Object.fromEntries(Object.entries(row).filter(([name]) => !/(_at|digest)$/.test(name)));
  const effect = Object.entries(tables).map(([table, rows]) => [table, rows.map((row) => anonymous(JSON.stringify(plain(row)))).sort()]);
  return { ...Object.fromEntries(effect), changes: changes.length };
}

/** An answer without ids and times. */
const shapeOf = ({ status, body }) => ({ status, body: anonymous(JSON.stringify(body))?.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME') });

for (const [name, { calls, success, again = success, prepare, act }] of Object.entries(journeys)) {
  describe(name, () => {
    const prepared = async () => {
      const client = await ScimClient.create(postern);
      return [client, await prepare?.(client)];
    };
    let whole;
    let right;

    test(`makes ${calls} D1 calls`, async () => {
      const [client, context] = await prepared();
      const answer = await act(client, context);
      assert.equal(answer.status, success, JSON.stringify(answer.body));
      assert.equal(answer.d1Calls, calls);
      right = shapeOf(answer);
      whole = effectOf(await client.state());
      const repeated = await act(client, context);
      assert.equal(repeated.status, again, JSON.stringify(repeated.body));
      assert.deepEqual(effectOf(await client.state()), whole, 'the same again changes nothing');
    });

    for (let k = 1; k <= calls; k += 1) {
      for (const fault of FAULTS) {
        test(`with ${fault(k)}`, async () => {
          const [client, context] = await prepared();
          const before = await client.state();
          const answer = await act(client, context, { fault: fault(k) });
          const after = await client.state();
          const isWhole = JSON.stringify(effectOf(after)) === JSON.stringify(whole);
          if (answer.status === success) {
            assert.deepEqual(shapeOf(answer), right, 'the same answer as without a fault');
            assert.deepEqual(effectOf(after), whole, 'all of it has happened');
          } else {
            assertError(answer, 503);
            assert.ok(Number(answer.headers.get('retry-after')) > 0, 'it is said when to try again');
            if (!isWhole) assert.deepEqual(after, before, 'all of it or nothing has happened');
          }
          if (fault(k) === 'before@1+') assert.deepEqual([answer.status, after], [503, before], 'nothing is written');
          if (k === calls && calls > 1 && /^(before|after)@\d$/.test(fault(k))) assert.equal(answer.status, success, 'a commit survives one lost connection');

          const repeated = await act(client, context);
          const wasDone = answer.status === success || isWhole;
          assert.equal(repeated.status, wasDone ? again : success, JSON.stringify(repeated.body));
          if (repeated.status === success) assert.deepEqual(shapeOf(repeated), right, 'the same answer again');
          assert.deepEqual(effectOf(await client.state()), whole, 'and nothing more is changed');
        });
      }
    }
  });
}

describe('several operations in one request', () => {
  /** What of them is there. */
  const found = async (client, { bob }) => [
    (await client.filter('Users', 'userName eq "eve@example.com"')).totalResults === 1,
    (await client.filter('Groups', 'displayName eq "Team"')).totalResults === 1,
    (await client.expect(200, 'GET', `/Users/${bob}`)).title === 'Clerk',
  ];
  const prepared = async () => {
    const client = await ScimClient.create(postern);
    return [client, await journeys['a user is replaced'].prepare(client)];
  };
  let calls;

  test('are all carried out', async () => {
    const [client, context] = await prepared();
    const { status, d1Calls } = await client.send('POST', '/Bulk', bulk(context));
    assert.deepEqual([status, await found(client, context)], [200, [true, true, true]]);
    calls = d1Calls;
  });

  for (let k = 1; k <= 7; k += 1) {
    for (const fault of [`before@${k}`, `after@${k}`, `before@${k}+`, `after@${k}+`]) {
      test(`with ${fault}: what is said to be done is, and what is not is unknown or not done`, async () => {
        assert.ok(k <= calls, `there are ${calls} calls`);
        const [client, context] = await prepared();
        const answer = await client.send('POST', '/Bulk', bulk(context), { fault });
        const there = await found(client, context);
        if (answer.status !== 200) {
          assertError(answer, 503);
          assert.deepEqual(there, [false, false, false]);
          return;
        }
        for (const [index, { status, response }] of answer.body.Operations.entries()) {
          if (status.startsWith('2')) assert.ok(there[index], `operation ${index} is done`);
          // The group needs the user before it, and is refused without.
          else assertError({ status: Number(status), body: response }, status === '503' ? 503 : 400, status === '503' ? undefined : 'invalidValue');
          if (fault === `before@${k}+` && !status.startsWith('2')) assert.ok(!there[index], `operation ${index} is not done`);
        }
      });
    }
  }
});
