// What measurements and tests need is in no build but their own: whoever called it could spend a deployment's CPU time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../dev/setup/command.mjs';
import { SETUP_TOKEN, startPostern } from './support/postern.mjs';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const source = readFileSync(join(root, 'src/edge/bench.rs'), 'utf8');
const entries = [...new Set([...source.matchAll(/"(\/__bench\/[^"]*)"/g)].map(([, path]) => path))];
const paths = ['/__bench', '/__bench/', '/__bench/other', '/__bench//verify', ...entries.flatMap((path) => [path, `${path}/`, `${path}?a=b`])];

test('the entries are found in the source', () => {
  assert.deepEqual(entries, ['/__bench/verify', '/__bench/signatures', '/__bench/panic', '/__bench/trap']);
});

describe('the deployed build', () => {
  let postern;
  before(async () => {
    postern = await startPostern({ faults: false });
  });
  after(() => postern.dispose());

  /** Status, type and text of an answer. */
  async function answerOf(path, method) {
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? '[]' : undefined;
    const answer = await postern.fetch(path, { method, body, headers: { authorization: `Bearer ${SETUP_TOKEN}` } });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  }

  for (const path of paths) {
    test(`knows ${path} no more than any other path`, async () => {
      for (const method of METHODS) {
        const answer = await answerOf(path, method);
        assert.equal(answer.status, 404, method);
        assert.deepEqual(answer, await answerOf('/no-such-path', method), method);
      }
    });
  }

  test('has not even their name', () => {
    const module = readFileSync(join(root, 'build/index_bg.wasm'));
    assert.ok(module.includes('/healthz'), 'a path can be found in a module');
    assert.ok(!module.includes('__bench'));
  });
});
