// Every change of the admin API with D1 failing at each of its calls: all of it has happened or nothing, and another try
// is safe. Natively, tests/routes/admin_faults.rs tries more faults.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { after as afterSteps, changes } from './cases/changes.mjs';
import { TestAccount } from './support/account.mjs';
import { assertConsistent } from './support/consistency.mjs';
import { startPostern } from './support/postern.mjs';

const FAULTS = [(k) => `before@${k}`, (k) => `after@${k}`, (k) => `after@${k}+`];
let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());

async function prepared(steps) {
  const account = await TestAccount.withProvider(postern, keys);
  return { account, step: await afterSteps(account, steps) };
}

const lengths = (rows) => Object.entries(rows).map(([table, { length }]) => `${table}: ${length}`);

async function consistent(account) {
  const rows = await account.snapshot();
  assertConsistent(rows);
  return rows;
}

describe('with a fault at each call of D1', { concurrency: 4 }, () => {
  for (const [name, steps, change, again, calls] of changes) {
    test(name, async () => {
      const { account, step } = await prepared(steps);
      const without = lengths(await account.snapshot());
      const { status: success, d1Calls } = await step(change);
      assert.ok(success < 300, String(success));
      assert.equal(d1Calls, calls);
      const whole = lengths(await consistent(account));
      for (let k = 1; k <= calls; k += 1) {
        for (const fault of FAULTS.map((at) => at(k))) {
          const { account, step } = await prepared(steps);
          const untouched = await account.snapshot();
          const answer = await step(change, { fault });
          const left = await consistent(account);
          const nothing = lengths(left).join() === lengths(untouched).join();
          if (nothing) assert.deepEqual(left, untouched, `${fault}: nothing has happened`);
          else assert.deepEqual(lengths(left), whole, `${fault}: all of it has happened`);
          if (answer.status === success) assert.deepEqual(lengths(left), whole, fault);
          else assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'], fault);
          if (k === calls && !fault.endsWith('+') && whole.join() !== without.join()) assert.equal(answer.status, success, `${fault}: a commit survives`);
          const retried = await step(change);
          assert.equal(retried.status, nothing ? success : again, `${fault}, again: ${JSON.stringify(retried.body)}`);
          const end = lengths(await consistent(account));
          if (nothing || again >= 300) assert.deepEqual(end, whole, `${fault}: once, not twice`);
        }
      }
    });
  }
});
