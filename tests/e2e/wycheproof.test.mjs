// Project Wycheproof through WebCrypto, as the verifier of the built module asks it: every verdict is that of the native
// verifier, which tests/saml/wycheproof.rs compares with the vectors.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { root } from '../../dev/setup/command.mjs';
import { buildWorker } from '../../dev/worker/build.mjs';
import { startPostern } from './support/postern.mjs';

const OUT = 'build-bench';
const BATCH = 250;
/** As tests/saml/wycheproof.rs has them. */
const COUNTS = { valid: 1436, invalid: 3988, untrusted: 815 };
let postern;
let vectors;

before(async () => {
  await buildWorker({ out: OUT, features: ['bench'] });
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] };
  const lines = execFileSync('cargo', ['run', '--quiet', '--locked', '--example', 'wycheproof'], options);
  vectors = lines.trim().split('\n').map((line) => JSON.parse(line));
  postern = await startPostern({ out: OUT, faults: false });
});
after(() => postern?.dispose());

/** How many of each verdict there are; that all are as they should be. */
async function assertVerdicts(all) {
  const counts = {};
  const wrong = [];
  for (let at = 0; at < all.length; at += BATCH) {
    const batch = all.slice(at, at + BATCH);
    const answer = await postern.fetch('/__bench/signatures', { method: 'POST', body: JSON.stringify(batch) });
    assert.equal(answer.status, 200, await answer.clone().text());
    const verdicts = await answer.json();
    assert.equal(verdicts.length, batch.length);
    for (const [index, { name, verdict }] of batch.entries()) {
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (verdicts[index] !== verdict) wrong.push(`${name}: ${verdicts[index]}, not ${verdict}`);
    }
  }
  assert.deepEqual(wrong, []);
  return counts;
}

test('every vector has its verdict', async () => {
  assert.deepEqual(await assertVerdicts(vectors), COUNTS);
});

test('so has every signature of what there are no vectors of', async () => {
  const cases = JSON.parse(readFileSync(new URL('../saml/signatures.json', import.meta.url), 'utf8'));
  const signatures = Object.entries(cases).map(([name, { valid, ...one }]) => ({ name, ...one, verdict: valid ? 'valid' : 'invalid' }));
  assert.deepEqual(await assertVerdicts(signatures), { valid: 17, invalid: 80 });
});
