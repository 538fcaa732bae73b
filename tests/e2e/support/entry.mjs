// The entry that tests put around the built worker. It reads from each request
//   x-test-fault   which D1 calls fail, and how (see faults.mjs)
//   x-test-meet    before which D1 call it waits for another request (see faults.mjs)
//   x-test-now     what the worker's clock says, in milliseconds since 1970; the real clock without it
// and adds to each response
//   x-test-d1-calls   how many D1 calls the worker had made by then (a batch is one)
//   x-test-rows-read  how many rows these read, as D1 counts them
//   x-test-memory     how many bytes of memory the module has taken since the isolate began
// POST /__test/sql runs `[[sql, ...values]]` as one batch and answers with the rows of each: Miniflare's own way to the
// database takes a round trip for each statement and each value.
// None of this is in the deployed module, which knows nothing of being tested. `postern.mjs` puts the built module
// beside this file as `index.js`.
import { memoryTaken } from './memory.mjs';
import worker from './index.js';
import { faultsFrom, meetingFrom, proxiedDatabase } from './faults.mjs';

const RealDate = Date;
let now = null;

// One clock for the isolate: requests that are under way at the same time must agree on it.
globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [Date.now()] : args));
  }
  static now() {
    return now ?? RealDate.now();
  }
};

/** An environment whose database can fail and counts, and that database. */
function prepare(env, headers) {
  const database = proxiedDatabase(env.DB, faultsFrom(headers.get('x-test-fault')), meetingFrom(headers.get('x-test-meet')));
  return { proxied: new Proxy(env, { get: (target, name) => (name === 'DB' ? database.binding : target[name]) }), database };
}

async function runSql(request, env) {
  const statements = await request.json();
  const results = await env.DB.batch(statements.map(([sql, ...values]) => env.DB.prepare(sql).bind(...values)));
  return Response.json(results.map((result) => result.results));
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/__test/sql') return runSql(request, env);
    const headers = new Headers(request.headers);
    const instant = headers.get('x-test-now');
    now = instant === null ? null : Number(instant);
    const { proxied, database } = prepare(env, headers);
    for (const name of ['x-test-fault', 'x-test-meet', 'x-test-now']) headers.delete(name);
    const response = await worker.fetch(new Request(request, { headers }), proxied, ctx);
    const counted = new Response(response.body, response);
    counted.headers.set('x-test-d1-calls', String(database.calls()));
    counted.headers.set('x-test-rows-read', String(database.rowsRead()));
    counted.headers.set('x-test-memory', String(memoryTaken()));
    return counted;
  },

  /** The clock says the time that the event was scheduled for. */
  async scheduled(event, env, ctx) {
    now = event.scheduledTime;
    await worker.scheduled(event, prepare(env, new Headers()).proxied, ctx);
  },
};
