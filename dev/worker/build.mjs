// Builds the worker: cargo, wasm-bindgen, wasm-opt and esbuild in turn. Leaves it when nothing it is made from has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCargoToPath, root, run } from '../setup/command.mjs';
import { Problem, say } from '../setup/say.mjs';
import { wasmBindgen } from '../setup/tools.mjs';

const INPUTS = ['.cargo/config.toml', 'rust-toolchain.toml', 'package-lock.json', 'src/edge/entry.js', 'dev/worker/build.mjs'];
const OUTPUTS = ['index.js', 'index_bg.wasm'];
const TARGET = 'wasm32-unknown-unknown';

/** The glue starts the module anew after a trap: `src/edge/entry.js`. */
const GLUE = ['--target', 'module', '--out-name', 'index', '--no-typescript', '--experimental-reset-state-function', '--force-enable-abort-handler'];

/**
 * Inlining once more after linking is what CPU time gains from. A long function that is called once stays one: in its caller, its locals
 * are numbered past 127, of two bytes each, and compress badly (25 KB of the gzipped module). Names are a tenth of the download.
 */
const OPTIMIZED = ['-O3', '--one-caller-inline-max-function-size=30', '--enable-simd', '--enable-exception-handling', '--strip-debug', '--strip-producers'];

/** Builds Postern into `out` with these cargo features. Resolves to whether there was something to build. */
export function buildWorker({ out = 'build', features = [] } = {}) {
  const flags = features.length > 0 ? ['--features', features.join(',')] : [];
  return buildCrate({ name: 'postern', folder: '.', inputs: ['src', 'xml', 'Cargo.toml', 'Cargo.lock'], out, flags });
}

/** The same of any crate that is a Worker: in a folder of the repository, made from `inputs`. */
export async function buildCrate({ name, folder, inputs, out, flags = [] }) {
  addCargoToPath();
  const bindgen = await wasmBindgen();
  const stampFile = join(root, out, '.stamp');
  const stamp = inputHash([...INPUTS, ...inputs], [bindgen, ...flags]);
  const current = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (current && OUTPUTS.every((file) => existsSync(join(root, out, file)))) return false;

  say(`Building the worker into ${out}/`);
  rmSync(join(root, out), { recursive: true, force: true });
  const parts = join(root, out, 'parts');
  mkdirSync(parts, { recursive: true });
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const step = async (command, args, options) => {
    if ((await run(command, args, options)) !== 0) throw new Problem('The worker did not build: mend what is named above and run this again');
  };
  await step('cargo', ['build', '--release', '--lib', '--locked', '--target', TARGET, '--target-dir', target, ...flags], { cwd: join(root, folder) });
  await step(bindgen, [join(target, TARGET, 'release', `${name}.wasm`), '--out-dir', parts, ...GLUE]);
  const bin = (tool) => join(root, 'node_modules', '.bin', tool);
  await step(bin('wasm-opt'), [join(parts, 'index_bg.wasm'), ...OPTIMIZED, '-o', join(root, out, 'index_bg.wasm')]);
  const script = join(root, out, 'index.js');
  const bundled = ['--bundle', '--minify', '--format=esm', '--log-level=error', '--external:./index_bg.wasm', `--alias:module=${join(parts, 'index.js')}`];
  await step(bin('esbuild'), [join(root, 'src/edge/entry.js'), ...bundled, `--outfile=${script}`]);
  // The platform imports a module of WebAssembly without being told that it is one.
  writeFileSync(script, readFileSync(script, 'utf8').replace('import source ', 'import '));
  rmSync(parts, { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/** One hash over the contents of every input: a checkout that changes times only does not cause a build. */
function inputHash(inputs, extra) {
  const hash = createHash('sha256').update(extra.join('\n'));
  for (const input of inputs) for (const file of filesIn(input)) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesIn(input) {
  const path = join(root, input);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [input];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}
