// What holds without running the crate: format, lints, licences and sources of dependencies, and that the corpus is as its
// generator makes it.
import { cargoDeny } from '../setup/tools.mjs';
import { check } from './steps.mjs';

export async function checks() {
  const clippy = ['clippy', '--workspace', '--locked', '--quiet', '--all-features'];
  const strict = ['--', '-D', 'warnings'];
  return [
    check('format (cargo fmt)', 'cargo', ['fmt', '--all', '--check']),
    check('lints, native (cargo clippy)', 'cargo', [...clippy, '--all-targets', ...strict]),
    check('lints, wasm32 (cargo clippy)', 'cargo', [...clippy, '--lib', '--target', 'wasm32-unknown-unknown', ...strict]),
    check('dependencies (cargo deny)', await cargoDeny(), ['--log-level', 'error', 'check', 'bans', 'licenses', 'sources']),
    check('corpus as generated (dev/corpus)', process.execPath, ['dev/corpus/generate.mjs', '--check']),
  ];
}
