// Builds bench/empty/ as Postern is built.
import { buildCrate } from '../../dev/worker/build.mjs';

/** Its folder of built modules. */
export const EMPTY = 'build-empty';

export function buildEmptyWorker() {
  const inputs = ['Cargo.toml', 'Cargo.lock', 'src/lib.rs'].map((file) => `bench/empty/${file}`);
  return buildCrate({ name: 'empty', folder: 'bench/empty', inputs, out: EMPTY });
}
