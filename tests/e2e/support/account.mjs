// An account of its own for a test, with identity providers whose keys the test holds.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { metadataXml, readAuthnRequest, signWithSamlify } from '../../../dev/idp/samlify.mjs';
import { withLogout } from './logout.mjs';
import { cookiesOf } from './postern.mjs';

const SSO_URL = 'https://idp.example.com/sso';
const REFERENCE = /Reference: <code>([0-9a-z]{26})<\/code>/;

/** The tables that hold what Postern knows, in the order of the schema. */
export const TABLES = ['accounts', 'providers', 'users', 'user_links', 'spent', 'pending_requests', 'sessions', 'sign_ins', 'changes', 'account_keys', 'pending_logouts', 'events', 'groups', 'group_members', 'invitations', 'tombstones', 'recordings', 'records', 'api_tokens'];

/** Codes of refusals that were decided upon: those are recorded for dry runs. */
const DECIDED = ['missing_attribute', 'missing_email', 'not_invited', 'user_deactivated', 'user_removed', 'linked_to_other_provider', 'jit_validation_failed', 'denied_by_rule', 'no_rule_matched', 'email_domain_not_allowed'];

export class TestAccount {
  constructor(postern, keys, id) {
    this.postern = postern;
    this.keys = keys;
    this.id = id;
  }

  /** A new account without providers. No isolate has heard of it. */
  static async create(postern, keys) {
    const account = new TestAccount(postern, keys, `a-${randomUUID()}`);
    await account.expect(201, 'POST', '', { id: account.id, name: 'An account' });
    return account;
  }

  /** A new account with one provider that admits everybody, unless `settings` say otherwise. */
  static async withProvider(postern, keys, settings) {
    const account = await TestAccount.create(postern, keys);
    account.provider = await account.addProvider(settings);
    return account;
  }

  /** A call of the admin API below this account; `''` is the list of accounts. */
  admin(method, path, json, options) {
    return this.postern.admin(method, path === '' ? '/accounts' : `/accounts/${this.id}${path}`, json, options);
  }

  /** The same, when there is only one right status. Resolves to the body. */
  async expect(expected, method, path, json, options) {
    const { status, body } = await this.admin(method, path, json, options);
    assert.equal(status, expected, `${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Metadata of an identity provider with these keys. */
  metadata({ entityId = `https://idp.example.com/${randomUUID()}`, keys = [this.keys] } = {}) {
    return metadataXml({ entityId, ssoUrl: SSO_URL, certificates: keys.map(({ certificate }) => certificate) });
  }

  /** `singleLogout` is the binding by which the identity provider takes logout messages. */
  async addProvider({ entityId, keys, singleLogout, ...settings } = {}) {
    const bare = this.metadata({ entityId, keys });
    const metadata = singleLogout ? withLogout(bare, singleLogout) : bare;
    return this.expect(201, 'POST', '/providers', { name: 'Example', kind: 'other', metadataXml: metadata, jit: { enabled: true }, ...settings });
  }

  /** Applies a merge patch to a provider as it is now. Resolves to the changed provider. */
  async change(provider, patch) {
    const { version } = await this.expect(200, 'GET', `/providers/${provider.id}`);
    return this.expect(200, 'PATCH', `/providers/${provider.id}`, patch, { version });
  }

  /**
   * A signed response for a person, base64. `person` is an e-mail, or any of the fields that the signer takes; the times
   * in it follow Postern's clock.
   */
  sign(person, { provider = this.provider, keys = this.keys, acs = provider.sp.acsUrl, sign = signWithSamlify, now = this.postern.now ?? Date.now() } = {}) {
    const fields = typeof person === 'string' ? { nameId: person } : person;
    return sign(keys, { issuer: provider.entityId, audience: provider.sp.entityId, recipient: acs, now, ...fields });
  }

  /** Posts a response to the ACS. `options` are those of `Postern.postResponse`. */
  post(samlResponse, { acs = this.provider.sp.acsUrl, ...options } = {}) {
    return this.postern.postResponse(acs, { samlResponse, ...options });
  }

  /** A whole sign-in that succeeds: the browser's cookies and where it is sent. */
  async signIn(person, { relayState, cookie, ...options } = {}) {
    const { provider = this.provider } = options;
    const samlResponse = await this.sign(person, options);
    const answer = await this.post(samlResponse, { acs: options.acs ?? provider.sp.acsUrl, relayState, cookie });
    assert.equal(answer.status, 303, await answer.text());
    return { cookie: cookiesOf(answer), location: answer.headers.get('location'), samlResponse, answer };
  }

  /** Begins a sign-in here: the request that the identity provider gets, and the cookie that binds the browser. */
  async begin({ provider = this.provider, returnTo, cookie, fault, test = false } = {}) {
    const query = new URLSearchParams({ provider: provider.id });
    if (test) query.set('test', '1');
    if (returnTo !== undefined) query.set('return_to', returnTo);
    const answer = await this.postern.fetch(`${new URL(provider.sp.loginUrl).pathname}?${query}`, { headers: cookie ? { cookie } : {}, fault });
    if (answer.status !== 302) return { answer };
    const location = new URL(answer.headers.get('location'));
    const samlRequest = location.searchParams.get('SAMLRequest');
    const asked = await readAuthnRequest({ samlRequest, entityId: provider.entityId, ssoUrl: SSO_URL, keys: this.keys });
    return { answer, location, cookie: cookiesOf(answer), ...asked };
  }

  /** `{ status, ... }`: who a browser with this cookie is. */
  async whoami(cookie) {
    const answer = await this.postern.fetch('/whoami', { headers: { cookie } });
    return { status: answer.status, ...(await answer.json()) };
  }

  /** The users of the account, by the API. */
  async users() {
    return (await this.expect(200, 'GET', '/users')).items;
  }

  /** A row of the sign-in log by the reference that a page shows. */
  signInLog(reference) {
    return this.expect(200, 'GET', `/sign-ins/${reference}`);
  }

  /** Every row of the account, by table; but not that a test looked with the set-up token. */
  async snapshot() {
    const butLooks = (table) => (table === 'changes' ? " AND action <> 'setup-token.used'" : '');
    const select = (table) => [`SELECT * FROM ${table} WHERE ${table === 'accounts' ? 'id' : 'account_id'} = ?${butLooks(table)}`, this.id];
    const rows = await this.postern.sql(...TABLES.map(select));
    return Object.fromEntries(TABLES.map((table, index) => [table, rows[index]]));
  }

  /** Writes behind Postern's back, as another isolate or a later version would. */
  sql(...statement) {
    return this.postern.sql(statement);
  }

  /**
   * Asserts that what `send` posts is refused: with this status and code, a page that tells the user nothing but a
   * reference, no cookie, and nothing written but the row of the log under that reference. Resolves to that row.
   */
  async refused(code, send, { status = 403 } = {}) {
    const before = await this.snapshot();
    const answer = await send();
    const page = await answer.text();
    const reference = page.match(REFERENCE)?.[1];
    assert.ok(reference, `no refusal: ${answer.status} ${page}`);
    const log = await this.signInLog(reference);
    assert.equal(log.outcome, 'refused');
    assert.equal(log.error.code, code, JSON.stringify(log.error));
    assert.equal(answer.status, status, code);
    assertTellsNothing(this.postern, page, log);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    const { sign_ins: written, recordings, ...after } = await this.snapshot();
    const { sign_ins: known, recordings: recorded, ...unchanged } = before;
    assert.deepEqual(after, unchanged, `${code}: nothing else is written`);
    assert.deepEqual(written.filter(({ id }) => !known.some((row) => row.id === id)).map(({ id }) => id), [reference]);
    assert.equal(written.length, known.length + 1);
    const made = recordings.filter(({ id }) => !recorded.some((row) => row.id === id)).map(({ id, outcome }) => [id, outcome]);
    assert.deepEqual(made, DECIDED.includes(code) ? [[reference, code]] : []);
    return log;
  }

  /** The same for a response that is signed here and posted. */
  async refusedSignIn(code, person, { cookie, relayState, status, ...options } = {}) {
    const samlResponse = await this.sign(person, options);
    const acs = options.acs ?? (options.provider ?? this.provider).sp.acsUrl;
    return this.refused(code, () => this.post(samlResponse, { acs, cookie, relayState }), { status });
  }
}

/** Every refused user sees the same page, but for the reference: so it cannot tell them why. */
function assertTellsNothing(postern, page, { id, error }) {
  const others = page.replace(id, '…');
  postern.refusalPage ??= others;
  assert.equal(others, postern.refusalPage);
  assert.match(page, /<h1>Sign-in failed<\/h1>/);
  for (const text of [error.code, error.message, error.expected, error.got, error.remedy]) {
    assert.ok(!text || text.length < 4 || !page.includes(text), `the page tells ${text}`);
  }
}
