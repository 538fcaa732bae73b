// Writes the counts of a whole run of Node's test runner as one line of JSON.
export default async function* count(events) {
  for await (const { type, data } of events) {
    if (type === 'test:summary' && data.file === undefined) yield `${JSON.stringify(data.counts)}\n`;
  }
}
