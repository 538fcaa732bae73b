// The built worker in real workerd, with a D1 and a KV of its own.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { applyMigrations } from '../../../dev/worker/migrations.mjs';
import { builtModules, cron, miniflareOptions } from '../../../dev/worker/options.mjs';
import { checkAnswer } from './openapi.mjs';

export const SETUP_TOKEN = 'setup-token-of-the-tests';
export const MASTER_KEY = Buffer.alloc(32, 'master key of the tests').toString('base64');

const here = dirname(fileURLToPath(import.meta.url));
const own = (name) => ({ type: 'ESModule', path: name, contents: readFileSync(join(here, name)) });

/** What the worker logs, but for the errors that a test brought about. */
function log({ level, message }) {
  if (!message.includes('(test fault ')) console.error(`worker ${level}: ${message}`);
}

/**
 * Starts Postern on a free port of 127.0.0.1, its database migrated and empty.
 *
 * `faults: false` runs the built module bare, without the entry that faults, clock and D1 count need.
 * `vars` are added to the worker's variables, `worker` and `shared` to Miniflare's options
 * (`worker: { outboundService }` answers the worker's outbound requests), `out` is another build folder.
 */
export async function startPostern({ faults = true, vars = {}, worker = {}, shared = {}, out = 'build' } = {}) {
  const modules = [...(faults ? [own('entry.mjs'), own('faults.mjs'), own('memory.mjs')] : []), ...builtModules(out)];
  const miniflare = new Miniflare(
    miniflareOptions({
      modules,
      vars: { SETUP_TOKEN, MASTER_KEY, ...vars },
      worker,
      shared: { host: '127.0.0.1', port: 0, log: new Log(LogLevel.ERROR), handleStructuredLogs: log, ...shared },
    }),
  );
  const address = await miniflare.ready;
  const db = await miniflare.getD1Database('DB');
  await applyMigrations(db);
  return new Postern(miniflare, `http://localhost:${address.port}`, db);
}

/** A running worker. `origin` is what a browser calls it; `db` and `miniflare` are for looking behind it. */
export class Postern {
  /** The worker's clock in milliseconds, for every request from here on; null is the real one. */
  now = null;

  constructor(miniflare, origin, db) {
    this.miniflare = miniflare;
    this.origin = origin;
    this.db = db;
  }

  /**
   * `fetch` against the worker, by path. Redirects are answers here. `fault` and `meet` are what faults.mjs reads
   * (`after@2`, `name@2`). The response has `d1Calls` and `rowsRead` besides.
   */
  async fetch(path, { fault, meet, headers, ...init } = {}) {
    const sent = new Headers(headers);
    if (fault) sent.set('x-test-fault', fault);
    if (meet) sent.set('x-test-meet', meet);
    if (this.now !== null) sent.set('x-test-now', String(this.now));
    const response = await fetch(new URL(path, this.origin), { redirect: 'manual', ...init, headers: sent });
    const [d1Calls, rowsRead] = ['x-test-d1-calls', 'x-test-rows-read'].map((name) => response.headers.get(name)).map((count) => count && Number(count));
    return Object.assign(response, { d1Calls, rowsRead });
  }

  /**
   * A call of the admin API: `admin('POST', '/accounts', { id, name })`. Paths are below `/api/v1`.
   * `raw` is a `{ type, body }` to send instead of JSON. Resolves to `{ status, headers, body, d1Calls, rowsRead }`, the body read as
   * JSON when it is. An answer that www/openapi.json does not describe is an error.
   */
  async admin(method, path, json, { token = SETUP_TOKEN, version, headers, fault, meet, raw } = {}) {
    const sent = new Headers(headers);
    if (token !== null) sent.set('authorization', `Bearer ${token}`);
    if (version !== undefined) sent.set('if-match', `"${version}"`);
    if (json !== undefined) sent.set('content-type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    if (raw?.type) sent.set('content-type', raw.type);
    const body = raw?.body ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await this.fetch(`/api/v1${path}`, { method, headers: sent, body, fault, meet });
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const answer = isJson ? await response.json() : await response.text();
    checkAnswer({ method, path: `/api/v1${path}`, json, status: response.status, headers: response.headers, body: answer });
    return { status: response.status, headers: response.headers, body: answer, d1Calls: response.d1Calls, rowsRead: response.rowsRead };
  }

  /** Posts a response to an ACS as a browser would: `acs` is a path or URL, `cookie` what the browser holds. */
  postResponse(acs, { samlResponse, relayState, cookie, fault, meet }) {
    const form = new URLSearchParams({ SAMLResponse: samlResponse });
    if (relayState !== undefined) form.set('RelayState', relayState);
    return this.fetch(acs, { method: 'POST', body: form, headers: cookie ? { cookie } : {}, fault, meet });
  }

  /** Runs `[sql, ...values]` statements in one batch, past the worker. Resolves to the rows of each. */
  async sql(...statements) {
    const response = await fetch(new URL('/__test/sql', this.origin), { method: 'POST', body: JSON.stringify(statements) });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  /** Every row of a table, for saying what was written and what was not. */
  async rows(table) {
    const { results } = await this.db.prepare(`SELECT * FROM ${table}`).all();
    return results;
  }

  /** Runs the cron handler as if the time were `now`. */
  async scheduled(now = this.now ?? Date.now()) {
    const worker = await this.miniflare.getWorker();
    return worker.scheduled({ cron, scheduledTime: new Date(now) });
  }

  dispose() {
    return this.miniflare.dispose();
  }
}

/** The `name=value` pairs that a response sets, as a `Cookie` header would send them back. */
export function cookiesOf(response) {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
