// The last line of `npm test` is only as good as what it reads from the test runners.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cargoTestCounts, nextestCounts } from '../../dev/tests/native.mjs';
import { suite } from '../../dev/tests/steps.mjs';

const nextest = {
  '     Summary [   0.085s] 2 tests run: 1 passed, 1 failed, 1 skipped': { passed: 1, failed: 1, skipped: 1 },
  '     Summary [  12.1s] 1 test run: 1 passed, 0 skipped': { passed: 1, failed: 0, skipped: 0 },
  '     Summary [   3.2s] 9/12 tests run: 6 passed (1 slow), 1 failed, 1 exec failed, 1 timed out, 3 skipped': { passed: 6, failed: 3, skipped: 3 },
};
for (const [line, counts] of Object.entries(nextest)) {
  test(`nextest:${line.replace(/\s+/g, ' ')}`, () => assert.deepEqual(nextestCounts(`noise\n${line}\nerror: test run failed\n`), counts));
}

test('cargo test: programs are added up', () => {
  const output = `running 2 tests
test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.08s
test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s`;
  assert.deepEqual(cargoTestCounts(output), { passed: 6, failed: 1, skipped: 2 });
});

test('no counts: no claim', () => {
  assert.equal(nextestCounts('error: could not compile'), null);
  assert.equal(cargoTestCounts('error: could not compile'), null);
});

const ran = (script, counts) => suite('a suite', process.execPath, ['-e', script], () => counts).work();
const none = { passed: 3, failed: 0, skipped: 0 };

test('a suite that could not run is one failure', async () => {
  assert.deepEqual(await ran('', null), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(await suite('no such program', 'no-such-program', [], () => null).work(), { passed: 0, failed: 1, skipped: 0 });
});

test('a suite that ends badly has failed, whatever it counted', async () => {
  assert.deepEqual(await ran('process.exit(1)', none), { ...none, failed: 1 });
  assert.deepEqual(await ran('process.exit(1)', { ...none, failed: 2 }), { ...none, failed: 2 });
  assert.deepEqual(await ran('', none), none);
});
