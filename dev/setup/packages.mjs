// npm packages as package-lock.json has them, and the Node that the scripts run under.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable, root, run } from './command.mjs';
import { Problem, say } from './say.mjs';

const modules = join(root, 'node_modules');
const stampFile = join(modules, '.postern-stamp');
/** wrangler asks for this one. */
const OLDEST_NODE = [22, 12];

export async function ensurePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(`${process.platform} ${process.arch}\n`).update(lock).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('Installing npm packages (about 20 seconds)');
  // Only errors: npm would warn that some packages want a newer Node than the one it runs on, and they get one below.
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
  // The npm that runs this script, when it is npm that does.
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : null;
  // npm does not stop when it is asked to, and would be in the way of the next one; what it leaves is done over then.
  const options = { endWith: 'SIGKILL' };
  const code = npm ? await run(process.execPath, [npm, ...args], options) : await run('npm', args, options);
  if (code !== 0) throw new Problem('npm ci failed (see above). Is the network reachable? Then run this again.');
  linkNode();
  writeFileSync(stampFile, stamp);
}

function packagedNode() {
  const name = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return join(`${name}-${process.platform}-${process.arch}`, 'bin', 'node');
}

/** npm 10 leaves this link out, and the shebang lines of wrangler and binaryen look for it. */
function linkNode() {
  const link = join(modules, '.bin', 'node');
  if (existsSync(join(modules, packagedNode())) && !existsSync(link)) symlinkSync(join('..', packagedNode()), link);
}

/** The Node to run everything else with: the packaged one, or on a platform without one the caller's, if new enough. */
export function nodeForScripts() {
  const packaged = join(modules, packagedNode());
  if (isExecutable(packaged)) return packaged;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return process.execPath;
  throw new Problem(`Node ${process.versions.node} is too old on this platform. Install Node ${OLDEST_NODE.join('.')} or newer.`);
}
