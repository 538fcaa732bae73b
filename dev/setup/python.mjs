// The suite of SCIM that is written in Python, in a virtual environment of its own.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { outputOf, root, run } from './command.mjs';
import { Problem, say } from './say.mjs';

const folder = join(root, 'build-conformance');
const requirements = join(root, 'tests', 'scim', 'requirements.txt');
const stampFile = join(folder, 'postern-stamp');

/** The command line of the suite. */
export const conformanceCommand = join(folder, 'bin', 'scim2');

const makesEnvironments = () => outputOf('python3', ['-c', 'import ensurepip, venv']) !== null;
const isNewEnough = () => outputOf('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']) !== null;

/** Makes the environment if it is not there as requirements.txt has it. */
export async function ensureConformance() {
  const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && outputOf(join(folder, 'bin', 'python'), ['-c', '']) !== null) return;
  const otherwise = 'Install Python 3.11 or newer (Debian, Ubuntu: sudo apt-get install python3 python3-venv) and run this again.';
  if (!makesEnvironments()) await aptInstall(['python3', 'python3-venv'], { missing: 'Python 3 with venv is missing, the SCIM conformance suite needs it', otherwise });
  if (!isNewEnough()) throw new Problem(`${outputOf('python3', ['--version'])} is too old for the SCIM conformance suite. ${otherwise}`);
  say('Installing the SCIM conformance suite into build-conformance/ (once)');
  rmSync(folder, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--require-hashes', '-r', requirements];
  const code = (await run('python3', ['-m', 'venv', folder])) || (await run(join(folder, 'bin', 'python'), install));
  if (code !== 0) throw new Problem('The SCIM conformance suite could not be installed (see above). Is the network reachable? Then run this again.');
  writeFileSync(stampFile, stamp);
}
