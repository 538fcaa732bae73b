// tests/seeds.json maps each behaviour that the seed documents describe to the tests that show it. Here it is held against the
// tests that passed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/command.mjs';
import { Problem } from '../setup/say.mjs';

/** The table, as it is in the file. */
export const readTable = () => JSON.parse(readFileSync(join(root, 'tests/seeds.json'), 'utf8'));

const TAG = /\[(\d{3})\]/g;
const tags = (title) => [...title.matchAll(TAG)].map(([, seed]) => seed);
const name = ({ file, title }) => `${file}: ${title}`;

/** Every behaviour of the table, with its seed. */
export const behaviours = ({ seeds }) => seeds.flatMap(({ seed, behaviours: list }) => list.map((one) => ({ seed, ...one })));

/**
 * What is wrong between the table and the tests that passed (`[{ file, title }]`), a sentence each: a behaviour without a test
 * of its seed, a test that did not pass, one of a seed that no behaviour names. Files of `planned` are yet to be written.
 */
export function differences(table, passed) {
  const all = behaviours(table);
  const planned = table.planned ?? [];
  const known = new Set(passed.map(name));
  const named = new Set(all.flatMap(({ seed, tests }) => tests.map((test) => `${seed} ${name(test)}`)));
  const found = planned.filter((file) => passed.some((test) => test.file === file)).map((file) => `${file} is there: it is planned no more.`);
  for (const { id, seed, tests } of all) {
    if (tests.length === 0) found.push(`${id} has no test.`);
    for (const test of tests) {
      if (!tags(test.title).includes(seed)) found.push(`${id}: the title does not name its seed: ${name(test)}`);
      if (!planned.includes(test.file) && !known.has(name(test))) found.push(`${id}: this test did not pass: ${name(test)}`);
    }
  }
  for (const test of passed) {
    for (const seed of tags(test.title)) {
      if (!named.has(`${seed} ${name(test)}`)) found.push(`No behaviour of seed ${seed} names ${name(test)}`);
    }
  }
  return found;
}

/**
 * The step of a run that does so. `passed` is what the suites before it filled. It counts as one test; behaviours that wait for
 * theirs, or that are still open, are skipped ones.
 */
export function seedsStep(passed) {
  return {
    name: 'every behaviour of the seeds is shown (tests/seeds.json)',
    work: async () => {
      const table = readTable();
      const found = differences(table, passed);
      if (found.length > 0) throw new Problem(found.join('\n  '));
      const all = behaviours(table);
      const waiting = all.filter(({ tests }) => tests.every(({ file }) => table.planned?.includes(file)));
      const open = table.seeds.flatMap((one) => one.open);
      process.stdout.write(`${all.length - waiting.length} of ${all.length + open.length} behaviours are shown by tests that passed\n`);
      return { passed: 1, failed: 0, skipped: waiting.length + open.length };
    },
  };
}
