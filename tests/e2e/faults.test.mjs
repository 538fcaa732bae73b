// Each journey with D1 failing at each of its calls: it succeeds or says that it did not, nothing is half-done, and
// another try works. The journeys are in cases/journeys.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { journeys } from './cases/journeys.mjs';
import { TestAccount } from './support/account.mjs';
import { assertConsistent } from './support/consistency.mjs';
import { startPostern } from './support/postern.mjs';

/** A fault at the k-th call alone, from it on, and followed by another one in the attempt to recover from it. */
const FAULTS = [
  (k) => `before@${k}`,
  (k) => `after@${k}`,
  (k) => `before@${k}+`,
  (k) => `after@${k}+`,
  (k) => `before@${k},after@${k + 1}`,
  (k) => `after@${k},before@${k + 1}`,
  (k) => `after@${k},before@${k + 2}`,
];
let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());

/** The rows of all accounts that a test has made, since making an account is a journey too. */
async function rowsOf({ account }) {
  const [[{ rows }]] = await postern.sql(['SELECT count(*) AS rows FROM accounts']);
  return { ...(await account.snapshot()), allAccounts: Array(rows).fill(null) };
}

/** How many rows each table has gained or lost. */
function difference(before, after) {
  return Object.fromEntries(Object.keys(after).map((table) => [table, after[table].length - before[table].length]));
}

function assertUnavailable(answer) {
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '5');
  assert.deepEqual(answer.headers.getSetCookie(), [], 'what is not known to be committed gives no cookie');
}

async function consistentRows(context) {
  const rows = await rowsOf(context);
  assertConsistent(rows);
  return rows;
}

for (const [name, journey] of Object.entries(journeys)) {
  describe(name, () => {
    const prepare = () => journey.prepare((settings) => TestAccount.withProvider(postern, keys, settings));
    const afresh = (context) => (journey.afresh ? journey.afresh(context) : journey.act(context));
    let whole;

    test(`makes ${journey.calls} D1 calls`, async () => {
      const context = await prepare();
      const before = await rowsOf(context);
      const answer = await journey.act(context);
      assert.equal(answer.status, journey.success);
      whole = difference(before, await consistentRows(context));
      assert.equal(answer.d1Calls, journey.calls);
      await journey.holds?.(context, answer);
    });

    for (let k = 1; k <= journey.calls; k += 1) {
      for (const fault of FAULTS) {
        test(`with ${fault(k)}`, async () => {
          const context = await prepare();
          const before = await rowsOf(context);
          const answer = await journey.act(context, fault(k));
          const after = await consistentRows(context);
          const change = difference(before, after);
          const none = Object.values(change).every((count) => count === 0);
          const done = answer.status === journey.success;
          if (done) {
            assert.deepEqual(change, whole, 'all of it has happened');
            await journey.holds?.(context, answer);
          } else {
            assertUnavailable(answer);
            if (!none) assert.deepEqual(change, whole, 'all of it or nothing has happened');
          }
          if (journey.commits && k === journey.calls && /^(before|after)@\d$/.test(fault(k))) assert.ok(done, 'a commit survives one lost connection');

          const written = done || !none;
          const again = await journey.act(context);
          assert.equal(again.status, written ? journey.again : journey.success, 'the same again');
          const fresh = await afresh(context);
          assert.equal(fresh.status, journey.afresh || !written ? journey.success : journey.again);
          await journey.holds?.(context, fresh);
          assertConsistent(await rowsOf(context));
        });
      }
    }
  });
}

test('an assertion that was spent in a request that failed stays spent', async () => {
  const account = await TestAccount.withProvider(postern, keys);
  const samlResponse = await account.sign('ada@example.com');
  const { id, cookie } = await account.begin();
  const answering = await account.sign({ nameId: 'ada@example.com', inResponseTo: id });
  for (const [response, held] of [[samlResponse], [answering, cookie]]) {
    assertUnavailable(await account.post(response, { cookie: held, fault: 'after@2+' }));
    await account.refused('replayed', () => account.post(response, { cookie: held }));
  }
  await account.refusedSignIn('unknown_request', { nameId: 'ada@example.com', inResponseTo: id }, { cookie });
});

test('what fails says so to people and to programs', async () => {
  const account = await TestAccount.withProvider(postern, keys);
  const page = await account.post(await account.sign('ada@example.com'), { fault: 'before@1+' });
  assert.match(page.headers.get('content-type'), /^text\/html/);
  assert.match(await page.text(), /Nothing is half-done; try again/);
  const problem = await postern.fetch('/whoami', { fault: 'before@1+', headers: { cookie: (await account.signIn('ada@example.com')).cookie } });
  assert.match(problem.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal((await problem.json()).status, 503);
});
