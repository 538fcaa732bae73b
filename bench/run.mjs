// npm run bench [-- verify hostile acs access scim size start] [--json FILE]: prints figures, ratios, and where the numbers to reach are missed.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SIGNALS } from '../dev/setup/command.mjs';
import { Problem, runMain, say } from '../dev/setup/say.mjs';
import * as access from './access.mjs';
import * as acs from './acs.mjs';
import * as hostile from './hostile.mjs';
import * as scim from './scim.mjs';
import * as size from './size.mjs';
import * as start from './start.mjs';
import { load, machine, machineLines } from './support/machine.mjs';
import { leaveCore } from './support/processor.mjs';
import { judged, tableLines } from './support/table.mjs';
import * as verify from './verify.mjs';

const parts = { verify, hostile, acs, access, scim, size, start };

// Every process that is started ends with this one; see support/workerd.mjs.
for (const signal of SIGNALS) process.on(signal, () => process.exit(130));
process.on('disconnect', () => process.exit(130));
process.channel?.unref();

await runMain(async () => {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Problem(`There is no bench called ${unknown.join(', ')}: choose of ${Object.keys(parts).join(', ')}`);
  const chosen = positionals.length > 0 ? positionals : Object.keys(parts);

  for (const name of chosen) await parts[name].prepare();
  leaveCore();
  const report = { machine: machine(), parts: {} };
  for (const line of machineLines(report.machine)) process.stdout.write(`${line}\n`);
  for (const name of chosen) {
    say(`Measuring ${name}`);
    const { about, rows } = await parts[name].run();
    report.parts[name] = { title: parts[name].title, about: about.join(' '), rows: judged(rows) };
    const lines = ['', parts[name].title, ...about, '', ...tableLines(report.parts[name].rows), ''];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  report.machine.loadAfterwards = load();
  process.stdout.write(`Load afterwards: ${report.machine.loadAfterwards.join(' ')}\n`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  process.exit(0);
});
