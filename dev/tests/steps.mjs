// One step of a test run: a check that passes or fails, or a suite that counts its tests.
import { run } from '../setup/command.mjs';
import { Problem } from '../setup/say.mjs';

/** Far above what any step takes; a step that hangs must not hang the run. */
const LONGEST = 20 * 60_000;

const failed = { passed: 0, failed: 1, skipped: 0 };
const passed = { passed: 1, failed: 0, skipped: 0 };

/** A step that counts as one test. */
export function check(name, command, args, options = {}) {
  return { name, work: async () => ((await run(command, args, { timeout: LONGEST, ...options })) === 0 ? passed : failed) };
}

/**
 * A step that runs tests. `countsOf(output)` reads how they went, or answers null when the output does not say: then,
 * and when a suite without a failed test ends with an error, it could not run and counts as one failure.
 */
export function suite(name, command, args, countsOf, options = {}) {
  return {
    name,
    work: async () => {
      let output = '';
      const code = await run(command, args, { timeout: LONGEST, onOutput: (text) => (output += text), ...options });
      const counts = await countsOf(output.replace(/\x1b\[[0-9;]*m/g, ''));
      if (!counts) return failed;
      return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
    },
  };
}

/** Runs every step, whatever became of those before it, and ends with the line that adds them up. */
export async function runSteps(steps) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const broken = [];
  for (const { name, work } of steps) {
    process.stdout.write(`\n== ${name}\n`);
    const began = Date.now();
    const counts = await work().catch((error) => {
      process.stdout.write(`✗ ${error instanceof Problem ? error.message : error.stack}\n`);
      return failed;
    });
    for (const key of Object.keys(total)) total[key] += counts[key];
    if (counts.failed > 0) broken.push(name);
    process.stdout.write(`== ${name}: ${tally(counts)} (${Math.round((Date.now() - began) / 1000)} s)\n`);
  }
  if (broken.length > 0) process.stdout.write(`\nFailed: ${broken.join(' · ')}\n`);
  process.stdout.write(`\n${tally(total)}\n`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function tally(counts) {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
