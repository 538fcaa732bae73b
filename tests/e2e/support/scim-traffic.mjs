// What identity providers send, as tests/scim/client-traffic.json has it, and the sending of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';

const file = new URL('../../scim/client-traffic.json', import.meta.url);

/** `[{ id, client, step, method, path, headers, body, expect: { status, checks }, capture }]`, in order. */
export const exchanges = JSON.parse(readFileSync(file, 'utf8')).requests;

/** Products of one client, and those that go on with what another has made. */
const PARTS = {
  Okta: ['okta', 'okta-aiw'],
  Entra: ['entra', 'entra-flag'],
  OneLogin: ['onelogin'],
  JumpCloud: ['jumpcloud'],
  'Rauthy and a plug-in of Keycloak': ['rauthy', 'keycloak-scim-client'],
};

/** What each sends, by name. */
export const parts = Object.fromEntries(Object.entries(PARTS).map(([name, clients]) => [name, exchanges.filter(({ client }) => clients.includes(client))]));

/** Sends exchanges in order and remembers what was captured of the answers. */
export class Player {
  captured = {};

  constructor(client) {
    this.client = client;
  }

  /** Sends one, asserts that it is answered as is expected, and resolves to the answer: `{ status, body, d1Calls, rowsRead }`. */
  async play({ method, path, headers, body, expect, capture }) {
    const answer = await send(this.client, this.filled({ method, path, headers, body }));
    assert.ok(expect.status.includes(answer.status), `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.body !== null) assert.match(answer.type ?? '', /^application\/scim\+json(;|$)/);
    for (const check of this.filled(expect.checks)) assertHolds(check, answer);
    for (const [name, where] of Object.entries(capture)) {
      this.captured[name] = at(answer.body, where);
      assert.equal(typeof this.captured[name], 'string', `${where} is there to be captured`);
    }
    return answer;
  }

  /** The same with each `{{name}}` replaced by what was captured; one that was not is an error. */
  filled(value) {
    if (typeof value === 'string') {
      return value.replace(/\{\{(\w+)\}\}/g, (_, name) => {
        assert.ok(name in this.captured, `${name} was captured before`);
        return this.captured[name];
      });
    }
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((one) => this.filled(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.filled(one)]));
  }
}

/**
 * Sends just what is written. `fetch` would set a User-Agent where there is none and drop a `?` with nothing after it. What a
 * URL cannot have is encoded.
 */
function send(client, { method, path, headers, body }) {
  const target = client.base + path.replace(/[ "<>`{}|\\^]/g, encodeURIComponent);
  const payload = body === null ? undefined : JSON.stringify(body);
  const length = payload === undefined ? {} : { 'Content-Length': Buffer.byteLength(payload) };
  const { hostname, port } = new URL(client.postern.origin);
  const options = { hostname, port, method, path: target, headers: { Authorization: `Bearer ${client.token}`, ...headers, ...length } };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('error', reject).on('end', () => {
        try {
          resolve(answerOf(response, text));
        } catch (error) {
          reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`, { cause: error }));
        }
      });
    });
    sent.on('error', reject).end(payload);
  });
}

function answerOf({ statusCode: status, headers }, text) {
  const [d1Calls, rowsRead] = [headers['x-test-d1-calls'], headers['x-test-rows-read']].map(Number);
  return { status, type: headers['content-type'], body: text === '' ? null : JSON.parse(text), d1Calls, rowsRead };
}

/** `members[0].value` of a body; a list is a path of names that have dots themselves. */
function at(body, path) {
  const steps = Array.isArray(path) ? path : path.split(/[.[\]]+/).filter(Boolean);
  return steps.reduce((value, step) => value?.[step], body);
}

const holds = {
  equals: (value, expected) => assert.deepEqual(value, expected),
  equalsString: (value, expected) => assert.strictEqual(value, expected),
  exists: (value) => assert.ok(value !== undefined && value !== null),
  absent: (value) => assert.equal(value, undefined),
  contains: (value, expected) => assert.ok(Array.isArray(value) && value.includes(expected)),
  type: (value, expected) => assert.ok(expected === 'integer' && Number.isInteger(value)),
  length: (value, expected) => assert.ok(Array.isArray(value) && value.length === expected),
};

function assertHolds({ path, ...conditions }, { status, body }) {
  const entries = Object.entries(conditions);
  assert.equal(entries.length, 1, 'a check is of one kind');
  const [[kind, expected]] = entries;
  assert.ok(kind in holds, `a check of a kind that is known: ${kind}`);
  try {
    holds[kind](at(body, path), expected);
  } catch (error) {
    throw new Error(`${path} ${kind} ${JSON.stringify(expected)}: ${status} ${JSON.stringify(body)}`, { cause: error });
  }
}
