// scim2-tester asks of a SCIM server all that it can. Each of its checks is a test here.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { conformanceCommand, ensureConformance } from '../../dev/setup/python.mjs';
import { BASES, ScimClient } from './support/scim.mjs';
import { startPostern } from './support/postern.mjs';

/** So many checks there are of a server that has everything. */
const CHECKS = 135;

for (const base of [BASES[0], BASES[2]]) {
  test(`scim2-tester at ${base}`, async (t) => {
    await ensureConformance();
    const postern = await startPostern();
    try {
      const client = await ScimClient.create(postern, { base });
      const { code, output } = await runSuite(client);
      const checks = checksOf(output);
      t.diagnostic(`scim2-tester reported ${checks.length} checks`);
      for (const [index, { status, title, reason }] of checks.entries()) {
        await t.test(`${index + 1}: ${title}`, () => assert.equal(status, 'SUCCESS', reason));
      }
      assert.equal(checks.length, CHECKS, output);
      assert.equal(code, 0, output);
      const rows = await client.state();
      assert.deepEqual([rows.users, rows.groups], [[], []], 'what the suite makes it removes');
    } finally {
      await postern.dispose();
    }
  });
}

function runSuite(client) {
  const env = { ...process.env, SCIM_CLI_URL: client.url(''), SCIM_CLI_HEADERS: `Authorization: Bearer ${client.token}` };
  return new Promise((resolve, reject) => {
    const suite = spawn(conformanceCommand, ['test', '--verbose'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [suite.stdout, suite.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    suite.on('error', reject).on('close', (code) => resolve({ code, output: stripVTControlCharacters(output) }));
  });
}

/** `STATUS title`, and indented below it why. */
function checksOf(output) {
  const checks = [];
  for (const line of output.split('\n')) {
    const [, status, title] = line.match(/^([A-Z]+) (\w+)$/) ?? [];
    if (status) checks.push({ status, title, reason: '' });
    else if (checks.length > 0) checks.at(-1).reason += `${line.trim()}\n`;
  }
  return checks;
}
