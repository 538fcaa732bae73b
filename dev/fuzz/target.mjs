// How the targets of fuzz/ are built and run: libFuzzer, on the toolchain of everything else.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, root } from '../setup/command.mjs';
import { Problem } from '../setup/say.mjs';

const folder = join(root, 'fuzz');

/** Each target with the longest input worth trying: just above the bound of what is read, where there is time for that. */
export const targets = { xml: 270_000, c14n: 270_000, verify: 32_768, metadata: 65_536, inflate: 65_536, scim: 16_384 };

/**
 * What rustc is told so that libFuzzer sees where an input leads. The sanitizers need an unstable compiler, and would find
 * what safe code cannot do; overflows and broken assumptions end a run without them.
 */
const flags = [
  '--cfg fuzzing',
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
  '-Cllvm-args=-simplifycfg-branch-fold-threshold=0',
  '-Ccodegen-units=1',
];

let host;

/** The triple of this machine. Said to cargo, it keeps the flags away from build scripts and macros. */
function hostTriple() {
  host ??= outputOf('rustc', ['-vV'])?.match(/^host: (.+)$/m)?.[1];
  if (!host) throw new Problem('rustc does not say what machine this is: run npm run check');
  return host;
}

/** Command, arguments and options that build every target. */
export function buildTargets() {
  const args = ['build', '--locked', '--release', '--bins', '--manifest-path', join(folder, 'Cargo.toml'), '--target', hostTriple()];
  const env = { ...process.env, RUSTFLAGS: flags.join(' '), CARGO_TARGET_DIR: join(folder, 'target') };
  delete env.CARGO_ENCODED_RUSTFLAGS;
  return ['cargo', args, { env }];
}

/**
 * Command, arguments and options that run a target on its seeds and what comes of them; what is new goes into the folder
 * `corpus`. With `file` it is run on that input alone.
 */
export function fuzz(target, { corpus, file, options = [] }) {
  const artifacts = join(folder, 'artifacts', target);
  for (const one of [artifacts, corpus].filter(Boolean)) mkdirSync(one, { recursive: true });
  const limits = ['-timeout=10', '-rss_limit_mb=2048', `-max_len=${targets[target]}`, `-artifact_prefix=${artifacts}/`];
  const inputs = file ? [file] : [corpus, seeds(target)];
  const binary = join(folder, 'target', hostTriple(), 'release', target);
  return [binary, [...limits, ...options, ...inputs], { env: { ...process.env, RUST_BACKTRACE: '0' } }];
}

export const corpus = (target) => join(folder, 'corpus', target);
export const seeds = (target) => join(folder, 'seeds', target);
