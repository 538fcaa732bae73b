// On Debian and Ubuntu, as root, system packages are installed without asking. Anywhere else people are told what to do.
import { onPath, run } from './command.mjs';
import { Problem, say } from './say.mjs';

let updated = false;

/** Installs Debian packages, or throws the one line that says how to get what is missing. */
export async function aptInstall(packages, { missing, otherwise }) {
  if (!onPath('apt-get') || process.getuid?.() !== 0) throw new Problem(`${missing}. ${otherwise}`);
  say(`Installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  if (!updated) await run('apt-get', ['update', '-qq'], quiet);
  updated = true;
  const code = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  if (code !== 0) throw new Problem(`${missing}, and apt-get install ${packages.join(' ')} failed (see above)`);
}
