// Cargo tools at exact versions: the one on the PATH when it is right, else one of our own per user, built once.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { allOnPath, isExecutable, outputOf, root, run } from './command.mjs';
import { Problem, say } from './say.mjs';

const CARGO_DENY = '0.20.2';

/** wasm-bindgen's library and its command line must be of one version: the one that Cargo.lock has. */
function wasmBindgenVersion() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const version = lock.match(/^name = "wasm-bindgen"\nversion = "([^"]+)"/m)?.[1];
  if (!version) throw new Problem('Cargo.lock does not name wasm-bindgen: restore it with git checkout Cargo.lock');
  return version;
}

function cacheFolder(crate, version) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'postern', 'tools', `${crate}-${version}`);
}

async function tool({ crate, bin, version, minutes, anyVersion = false }) {
  const own = join(cacheFolder(crate, version), 'bin', bin);
  const isRight = (path) => {
    const answer = outputOf(path, ['--version']);
    return answer !== null && (anyVersion || answer.split(/\s+/).includes(version));
  };
  const found = [...allOnPath(bin), own].filter(isExecutable).find(isRight);
  if (found) return found;
  say(`Building ${crate} ${version} (once, about ${minutes} minutes)`);
  const args = ['install', crate, '--version', version, '--locked', '--root', cacheFolder(crate, version)];
  const code = await run('cargo', args);
  if (code !== 0) throw new Problem(`cargo install ${crate} --version ${version} failed (see above): mend what it names and run this again`);
  return own;
}

export function wasmBindgen() {
  return tool({ crate: 'wasm-bindgen-cli', bin: 'wasm-bindgen', version: wasmBindgenVersion(), minutes: 4 });
}

export function cargoDeny() {
  return tool({ crate: 'cargo-deny', bin: 'cargo-deny', version: CARGO_DENY, minutes: 4, anyVersion: true });
}
