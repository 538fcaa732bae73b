// Builds the worker with worker-build, or leaves it when nothing it is made from has changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCargoToPath, root, run } from '../setup/command.mjs';
import { Problem, say } from '../setup/say.mjs';
import { wasmBindgen, workerBuild } from '../setup/tools.mjs';

const INPUTS = ['src', 'xml', '.cargo/config.toml', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', 'package-lock.json'];
const OUTPUTS = ['index.js', 'index_bg.wasm'];

/** Builds into `out` with these cargo features. Resolves to whether there was something to build. */
export async function buildWorker({ out = 'build', features = [] } = {}) {
  addCargoToPath();
  const tools = [await workerBuild(), await wasmBindgen()];
  const stampFile = join(root, out, '.stamp');
  const stamp = inputHash([...tools, ...features]);
  const current = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (current && OUTPUTS.every((name) => existsSync(join(root, out, name)))) return false;

  say(`Building the worker into ${out}/`);
  rmSync(stampFile, { force: true });
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  const env = {
    ...process.env,
    WASM_BINDGEN_BIN: tools[1],
    WASM_OPT_BIN: bin('wasm-opt'),
    ESBUILD_BIN: bin('esbuild'),
    RUST_BACKTRACE: '0',
  };
  const flags = features.length > 0 ? ['--features', features.join(',')] : [];
  const code = await run(tools[0], ['--release', '--out-dir', out, '.', '--locked', ...flags], { env });
  if (code !== 0) throw new Problem('The worker did not build: mend what is named above and run this again');
  await strip(bin('wasm-opt'), join(root, out, 'index_bg.wasm'));
  writeFileSync(stampFile, stamp);
  return true;
}

/** Takes the names of functions out, a tenth of the download: worker-build always has them kept. */
async function strip(wasmOpt, module) {
  const code = await run(wasmOpt, [module, '--strip-debug', '--strip-producers', '-o', module]);
  if (code !== 0) throw new Problem('The names could not be taken out of the module: mend what is named above and run this again');
}

/** One hash over the contents of every input: a checkout that changes times only does not cause a build. */
function inputHash(extra) {
  const hash = createHash('sha256').update(extra.join('\n'));
  for (const input of INPUTS) for (const file of filesIn(input)) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesIn(input) {
  const path = join(root, input);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [input];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}
