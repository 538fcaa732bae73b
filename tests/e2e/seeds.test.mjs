// The table of the seeds' behaviours is in order, and what holds it against the tests that passed sees what is wrong.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../dev/setup/command.mjs';
import { behaviours, differences, readTable } from '../../dev/tests/seeds.mjs';

describe('the table', () => {
  const table = readTable();

  test('has the five seeds, each with its behaviours in order, once, with its section of the SPEC', () => {
    assert.deepEqual(table.seeds.map(({ seed }) => seed), ['000', '001', '002', '003', '004']);
    for (const { seed, topic, behaviours: list } of table.seeds) {
      assert.ok(topic && list.length > 10, seed);
      assert.deepEqual(list.map(({ id }) => id), list.map((_, index) => `${seed}-${String(index + 1).padStart(2, '0')}`));
      assert.equal(new Set(list.map(({ behaviour }) => behaviour)).size, list.length, seed);
      for (const { id, spec } of list) assert.ok(spec.split(', ').every((section) => section >= 1 && section <= 15), `${id}: ${spec}`);
    }
  });

  test('names tests of files that are there, but for the planned', () => {
    const files = new Set(behaviours(table).flatMap(({ tests }) => tests.map(({ file }) => file)));
    for (const file of files) assert.notEqual(existsSync(join(root, file)), (table.planned ?? []).includes(file), file);
  });

  test('says of what it leaves out why it is no behaviour, and of what is open why', () => {
    for (const { seed, notBehaviour, open } of table.seeds) {
      for (const { statement, why } of [...notBehaviour, ...open]) assert.ok(statement && why, seed);
    }
  });
});

describe('held against what passed, it tells of', () => {
  const file = 'tests/e2e/a.test.mjs';
  const one = { file, title: '[000] a suite > a test' };
  const table = (tests, more) => ({ seeds: [{ seed: '000', behaviours: [{ id: '000-01', tests }] }], ...more });
  const told = (given, passed) => differences(given, passed).join('\n');

  test('nothing where all is well', () => assert.equal(told(table([one]), [one, { file, title: 'another' }]), ''));
  test('a behaviour without a test', () => assert.equal(told(table([]), []), '000-01 has no test.'));
  test('a test that did not pass, or was not there', () => assert.equal(told(table([one]), []), `000-01: this test did not pass: ${file}: ${one.title}`));
  test('a test of the same title in another file', () => assert.match(told(table([one]), [{ ...one, file: 'b' }]), /did not pass[^]*names b: /));
  test('a title without the seed', () => {
    const other = { file, title: '[001] a test' };
    assert.match(told(table([other]), [other]), /^000-01: the title does not name its seed.*\nNo behaviour of seed 001 names /);
  });
  test('a test of a seed that no behaviour names', () => assert.match(told(table([one]), [one, { file, title: '[000] another' }]), /^No behaviour of seed 000 names .*another$/));
  test('a planned file that is there', () => {
    assert.equal(told(table([one], { planned: [file] }), []), '');
    assert.match(told(table([one], { planned: [file] }), [one]), /is planned no more/);
  });
});
