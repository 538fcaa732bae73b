// A short run of each fuzz target: all of its seeds and some thousand inputs made of them, the same ones each time.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTargets, fuzz, seeds, targets } from '../fuzz/target.mjs';
import { Problem } from '../setup/say.mjs';
import { check, suite } from './steps.mjs';

/** Some seconds each. */
const RUNS = { xml: 50_000, c14n: 50_000, verify: 15_000, metadata: 50_000, inflate: 50_000, scim: 50_000 };

export function fuzzSuites() {
  return [
    check('format of the fuzz targets (cargo fmt)', 'cargo', ['fmt', '--manifest-path', 'fuzz/Cargo.toml', '--check']),
    { name: 'build of the fuzz targets', work: () => check('', ...buildTargets()).work() },
    ...Object.keys(targets).map((target) => ({ name: `fuzz target ${target}`, work: () => shortRun(target) })),
  ];
}

/** One test a target: that it did all of its runs, with seeds to begin with. */
async function shortRun(target) {
  if (readdirSync(seeds(target)).length === 0) throw new Problem(`There are no seeds in ${seeds(target)}`);
  const corpus = mkdtempSync(join(tmpdir(), 'postern-fuzz-'));
  const counts = (output) => {
    const done = Number(output.match(/^stat::number_of_executed_units:\s*(\d+)/m)?.[1] ?? 0);
    return done >= RUNS[target] ? { passed: 1, failed: 0, skipped: 0 } : null;
  };
  try {
    const options = ['-seed=1', `-runs=${RUNS[target]}`, '-print_final_stats=1', '-verbosity=0'];
    const [command, args, more] = fuzz(target, { corpus, options });
    return await suite('', command, args, counts, more).work();
  } finally {
    rmSync(corpus, { recursive: true, force: true });
  }
}
