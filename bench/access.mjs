// CPU time of deciding, natively, what somebody of many groups may do.
import { outputOf, run as runCommand } from '../dev/setup/command.mjs';
import { Problem } from '../dev/setup/say.mjs';
import { measured } from './support/statistics.mjs';

const EXAMPLE = ['--release', '--example', 'access_speed'];

export const title = 'Permission check, native';

export async function prepare() {
  if ((await runCommand('cargo', ['build', ...EXAMPLE])) !== 0) throw new Problem('bench/native/access.rs does not compile (see above)');
}

export async function run() {
  const output = outputOf('cargo', ['run', '--quiet', ...EXAMPLE]);
  if (output === null) throw new Problem('bench/native/access.rs did not run to its end');
  const figures = JSON.parse(output);
  const row = (what, times, more) => ({ what, unit: 'ms', ...measured(times.map((time) => time / 1000)), ...more });
  return {
    about: [
      'A user in 100 groups of an account with 1,000 role bindings: one call of SQLite in memory, what it answers is read, and it is decided.',
      'Built as it is deployed, for size. The decision alone, and the reading alone, are of 1,000 bindings that all reach the user.',
    ],
    rows: [
      row('100 of the bindings reach the user', figures.reached, { atMost: 1 }),
      row('all 1,000 do', figures.all),
      row('  reading them', figures.reading),
      row('  deciding', figures.decision),
    ],
  };
}
