// Builds bench/empty/ as `dev/worker/build.mjs` builds Postern, into a folder that stays until what it is made from changes.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCargoToPath, root, run } from '../../dev/setup/command.mjs';
import { Problem, say } from '../../dev/setup/say.mjs';
import { wasmBindgen, workerBuild } from '../../dev/setup/tools.mjs';

/** Its folder of built modules. */
export const EMPTY = 'build-empty';

const INPUTS = ['bench/empty/Cargo.toml', 'bench/empty/Cargo.lock', 'bench/empty/src/lib.rs', 'rust-toolchain.toml', 'package-lock.json'];

export async function buildEmptyWorker() {
  addCargoToPath();
  const tools = [await workerBuild(), await wasmBindgen()];
  const hash = createHash('sha256').update(tools.join('\n'));
  for (const input of INPUTS) hash.update(readFileSync(join(root, input)));
  const stamp = hash.digest('hex');
  const stampFile = join(root, EMPTY, '.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  say(`Building the empty Rust worker into ${EMPTY}/ (once, about 2 minutes)`);
  rmSync(stampFile, { force: true });
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  const env = {
    ...process.env,
    WASM_BINDGEN_BIN: tools[1],
    WASM_OPT_BIN: bin('wasm-opt'),
    ESBUILD_BIN: bin('esbuild'),
    CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(root, 'target'),
  };
  const args = ['--release', '--out-dir', `../../${EMPTY}`, '.', '--locked'];
  const module = join(root, EMPTY, 'index_bg.wasm');
  const strip = [module, '--strip-debug', '--strip-producers', '-o', module];
  const built = (await run(tools[0], args, { cwd: join(root, 'bench', 'empty'), env })) === 0;
  if (!built || (await run(bin('wasm-opt'), strip)) !== 0) throw new Problem('The empty Rust worker did not build: mend what is named above and run this again');
  writeFileSync(stampFile, stamp);
}
