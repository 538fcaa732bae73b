// Writes a whole run of Node's test runner as lines of JSON: each test that passed, with the names of its suites before its own,
// and at the end the counts.
import { relative } from 'node:path';
import { root } from '../setup/command.mjs';

export default async function* count(events) {
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, Infinity, data.name);
    const isTest = data.details?.type !== 'suite' && data.skip === undefined && data.todo === undefined;
    if (type === 'test:pass' && isTest && data.file) {
      const title = [...names.slice(0, data.nesting), data.name].join(' > ');
      yield `${JSON.stringify({ passed: { file: relative(root, data.file), title } })}\n`;
    }
    if (type === 'test:summary' && data.file === undefined) yield `${JSON.stringify({ counts: data.counts })}\n`;
  }
}
