// Tests of the built worker and of the page, on Node's own test runner.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../setup/command.mjs';
import { Problem } from '../setup/say.mjs';
import { suite } from './steps.mjs';

const counter = fileURLToPath(new URL('count-reporter.mjs', import.meta.url));

/** All `*.test.mjs` below `folder`, `concurrency` files at a time. What passes is added to `passed`, as `{ file, title }`. */
export function nodeSuite(name, folder, { concurrency, passed = [] }) {
  return {
    name,
    work: async () => {
      const files = globSync(`${folder}/**/*.test.mjs`, { cwd: root }).sort();
      if (files.length === 0) throw new Problem(`There is no test in ${folder}/`);
      const scratch = mkdtempSync(join(tmpdir(), 'postern-tests-'));
      const counts = join(scratch, 'counts.json');
      const args = ['--test', `--test-concurrency=${concurrency}`, '--test-timeout=300000'];
      args.push('--test-reporter=spec', '--test-reporter-destination=stdout');
      args.push(`--test-reporter=${counter}`, `--test-reporter-destination=${counts}`);
      try {
        return await suite(name, process.execPath, [...args, ...files], () => readReport(counts, passed)).work();
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

/** The lines of count-reporter.mjs. Without the last one the run did not end. */
function readReport(file, passed) {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
    passed.push(...lines.flatMap((line) => line.passed ?? []));
    const { counts } = lines.at(-1);
    return { passed: counts.passed, failed: counts.failed + counts.cancelled, skipped: counts.skipped + counts.todo };
  } catch {
    return null;
  }
}
