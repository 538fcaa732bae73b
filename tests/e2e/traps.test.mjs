// A trap ends an instance of the module: the request that met it fails, and the next begins with another instance.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildWorker } from '../../dev/worker/build.mjs';
import { startPostern } from './support/postern.mjs';

const OUT = 'build-bench';
let postern;

before(async () => {
  await buildWorker({ out: OUT, features: ['bench'] });
  // What a trap says in the log is not what this is about.
  postern = await startPostern({ out: OUT, faults: false, shared: { handleStructuredLogs() {} } });
});
after(() => postern?.dispose());

/** The status of an answer, once all of it is there. */
async function statusOf(path) {
  const answer = await postern.fetch(path);
  await answer.arrayBuffer();
  return answer.status;
}

for (const path of ['/__bench/panic', '/__bench/trap']) {
  test(`what comes after ${path} is answered, with D1 and without`, async () => {
    for (let time = 0; time < 3; time += 1) {
      assert.equal(await statusOf('/readyz'), 200);
      assert.equal(await statusOf(path), 500);
      assert.equal(await statusOf('/healthz'), 200);
      assert.equal(await statusOf('/readyz'), 200);
    }
  });

  test(`what is under way at ${path} ends`, async () => {
    const statuses = await Promise.all(['/readyz', '/readyz', path, '/readyz', '/readyz'].map(statusOf));
    assert.equal(statuses[2], 500);
    for (const status of statuses) assert.ok([200, 500].includes(status), `${statuses}`);
    assert.equal(await statusOf('/readyz'), 200);
  });
}
