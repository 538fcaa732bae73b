// The harness does what the other suites take from it: were a fault never to happen, their tests would prove nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPostern } from './support/postern.mjs';

let postern;
before(async () => {
  postern = await startPostern();
});
after(() => postern.dispose());

const create = (id, options) => postern.admin('POST', '/accounts', { id, name: id }, options);
const accounts = async () => (await postern.rows('accounts')).map(({ id }) => id);

test('D1 calls are counted', async () => {
  assert.equal((await postern.fetch('/healthz')).d1Calls, 0);
  assert.equal((await postern.fetch('/readyz')).d1Calls, 1);
});

test('a call that fails before its effect has none, and the next request is well', async () => {
  assert.equal((await postern.fetch('/readyz', { fault: 'before@1' })).status, 503);
  assert.equal((await postern.fetch('/readyz')).status, 200);
  assert.ok((await create('lost', { fault: 'before@1+' })).status >= 500);
  assert.deepEqual(await accounts(), []);
});

test('a call that fails after its effect has it', async () => {
  await create('kept', { fault: 'after@1+' });
  assert.deepEqual(await accounts(), ['kept']);
});

test('only the call that is named fails', async () => {
  assert.equal((await postern.fetch('/readyz', { fault: 'before@2' })).status, 200);
});

test('the clock says what it is told', async () => {
  postern.now = Date.UTC(2031, 4, 6, 7, 8, 9);
  try {
    assert.equal((await create('later')).body.createdAt, '2031-05-06T07:08:09.000Z');
  } finally {
    postern.now = null;
  }
  const { createdAt } = (await create('now')).body;
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000, createdAt);
});

test('the cron handler runs', async () => {
  assert.equal((await postern.scheduled()).outcome, 'ok');
});

test('the built module runs bare', async () => {
  const bare = await startPostern({ faults: false });
  try {
    const response = await bare.fetch('/readyz', { fault: 'before@1' });
    assert.equal(response.status, 200);
    assert.equal(response.d1Calls, null);
  } finally {
    await bare.dispose();
  }
});
