// The native Rust tests: with cargo-nextest where it is installed, which is faster but knows no doc tests.
import { onPath } from '../setup/command.mjs';
import { suite } from './steps.mjs';

export function nativeSuites() {
  const plain = ['test', '--workspace', '--locked', '--no-fail-fast'];
  if (!onPath('cargo-nextest')) return [suite('native tests (cargo test)', 'cargo', plain, cargoTestCounts)];
  const nextest = ['nextest', 'run', '--workspace', '--locked', '--no-fail-fast', '--status-level', 'fail', '--final-status-level', 'slow'];
  return [
    suite('native tests (cargo nextest)', 'cargo', nextest, nextestCounts),
    suite('documentation tests (cargo test --doc)', 'cargo', [...plain, '--doc'], cargoTestCounts),
  ];
}

/** `Summary [0.1s] 12 tests run: 10 passed, 1 failed, 1 timed out, 2 skipped`. */
export function nextestCounts(output) {
  const line = output.match(/^\s*Summary \[.*?\] .*? tests? run: (.*)$/m)?.[1];
  if (!line) return null;
  const of = (...words) => words.reduce((sum, word) => sum + Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0), 0);
  return { passed: of('passed'), failed: of('failed', 'timed out', 'exec failed'), skipped: of('skipped') };
}

/** `test result: ok. 12 passed; 0 failed; 1 ignored; …`, one line a test program. */
export function cargoTestCounts(output) {
  const lines = [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  if (lines.length === 0) return null;
  const sum = (index) => lines.reduce((total, line) => total + Number(line[index]), 0);
  return { passed: sum(1), failed: sum(2), skipped: sum(3) };
}
