// python3-saml in a virtual environment of its own, where Python 3 can make one.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { outputOf, root, run } from '../../dev/setup/command.mjs';
import { say } from '../../dev/setup/say.mjs';
import { pinnedCommand, processorTime } from './processor.mjs';

// xmlsec and lxml come as wheels with the C libraries in them, which must be made for one another.
const PACKAGES = ['python3-saml==1.16.0', 'xmlsec==1.3.17', 'lxml==6.1.3'];
const folder = join(root, 'build-python');
const python = join(folder, 'bin', 'python');
const isRight = () => outputOf(python, ['-c', 'import onelogin.saml2.response']) !== null;

export const pythonIsThere = () => existsSync(python);

/** Makes the environment, or says why there is none: then the others are measured without it. */
export async function preparePython() {
  if (pythonIsThere() && isRight()) return;
  rmSync(folder, { recursive: true, force: true });
  say('Installing python3-saml into build-python/ (once)');
  const made = (await run('python3', ['-m', 'venv', folder]).catch(() => 1)) === 0;
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', ...PACKAGES];
  if (made && (await run(python, install)) === 0 && isRight()) return;
  rmSync(folder, { recursive: true, force: true });
  say('python3-saml is not measured: Python 3 with venv, or a wheel of its packages for it, is not there');
}

/** Starts it. It answers as `startWorkerd` does. */
export async function startPython() {
  const [command, args] = pinnedCommand(python, [join(root, 'bench', 'workers', 'python3_saml.py')]);
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    processorTime: () => processorTime(child.pid, began),
    async post(_, task) {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('python3-saml ended (see above)');
      return JSON.parse(value);
    },
    async stop() {
      process.off('exit', kill);
      kill();
    },
  };
}
