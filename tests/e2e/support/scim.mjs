// A client of SCIM for tests: an account, a service account with a token in it, and the requests that it sends.
import assert from 'node:assert/strict';
import { TestAccount } from './account.mjs';

/** The places below which an account's SCIM server answers, all alike; `{account}` is to be filled in. */
export const BASES = ['/scim/v2/{account}', '/gateway/ng/api/scim/account/{account}', '/gateway/api/scim/account/{account}'].flatMap((base) => [base, `${base}/v2`]);

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0:';
export const LIST = `${MESSAGE}ListResponse`;
export const ERROR = `${MESSAGE}Error`;

/** The body of a PATCH of these operations. */
export const patchOf = (...operations) => ({ schemas: [`${MESSAGE}PatchOp`], Operations: operations });
/** The body of a request for several operations. */
export const bulkOf = (operations, more) => ({ schemas: [`${MESSAGE}BulkRequest`], Operations: operations, ...more });
/** The body of a search. */
export const searchFor = (search) => ({ schemas: [`${MESSAGE}SearchRequest`], ...search });
/** As a group names its members. */
export const membersOf = (...ids) => ids.map((value) => ({ value }));

/** Who has all that SCIM needs, in an account of their own. */
export class ScimClient {
  /** `owner` is what the token's owner is called in the database. */
  constructor(account, { token, owner }, base = BASES[0]) {
    this.account = account;
    this.postern = account.postern;
    this.token = token;
    this.owner = owner;
    this.base = base.replace('{account}', account.id);
  }

  /** A client in a new account, of a service account with these roles. */
  static async create(postern, { roles = ['Provisioner'], base } = {}) {
    return ScimClient.in(await TestAccount.create(postern), { roles, base });
  }

  /** Another client of an account: of a service account of its own. `token` is what is said of the token. */
  static async in(account, { name = 'Client', roles = ['Provisioner'], base, token = {} } = {}) {
    const { id } = await account.expect(201, 'POST', '/service-accounts', { name, roles });
    const made = await ScimClient.tokenOf(account, { type: 'serviceAccount', id }, token);
    return new ScimClient(account, { token: made.token, owner: `service-account/${id}` }, base);
  }

  /** A token of a new API key of somebody, with its id and the key's. */
  static async tokenOf(account, owner, token = {}) {
    const { id: key } = await account.expect(201, 'POST', '/api-keys', { name: 'SCIM', owner });
    return { key, ...(await account.expect(201, 'POST', `/api-keys/${key}/tokens`, { name: 'SCIM', ...token })) };
  }

  /** The same client at another base. */
  at(base) {
    return new ScimClient(this.account, this, base);
  }

  /** The URL of a path below the base, as `meta.location` has it. */
  url(path) {
    return `${this.postern.origin}${this.base}${path}`;
  }

  /**
   * A request below the base. `version` is that of an ETag to send in `If-Match`, `token: null` sends none, `raw` is a
   * `{ type, body }` to send instead of JSON. Resolves to `{ status, headers, body, d1Calls, rowsRead }`; the body is null
   * where there is none. What is not said in `application/scim+json` is an error.
   */
  async send(method, path, json, { token = this.token, version, headers, raw, ...options } = {}) {
    const sent = new Headers(headers);
    if (token !== null) sent.set('authorization', `Bearer ${token}`);
    if (version !== undefined) sent.set('if-match', `W/"${version}"`);
    const type = raw ? raw.type : json !== undefined && 'application/scim+json';
    if (type) sent.set('content-type', type);
    const body = raw ? raw.body : json === undefined ? undefined : JSON.stringify(json);
    const answer = await this.postern.fetch(this.base + path, { method, headers: sent, body, ...options });
    const text = await answer.text();
    if (text !== '') assert.match(answer.headers.get('content-type') ?? '', /^application\/scim\+json(;|$)/, `${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    if ([204, 304].includes(answer.status)) assert.equal(text, '');
    const { status, d1Calls, rowsRead } = answer;
    return { status, headers: answer.headers, body: text === '' ? null : JSON.parse(text), d1Calls, rowsRead };
  }

  /** The same, when there is only one right status. Resolves to the body. */
  async expect(expected, method, path, json, options) {
    const { status, body } = await this.send(method, path, json, options);
    assert.equal(status, expected, `${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  /** A new user, by the userName that is also their e-mail unless `more` says otherwise. */
  createUser(userName, more) {
    return this.expect(201, 'POST', '/Users', { schemas: [USER], userName, ...more });
  }

  /** A new group with members of these ids. */
  createGroup(displayName, members = [], more) {
    return this.expect(201, 'POST', '/Groups', { schemas: [GROUP], displayName, members: membersOf(...members), ...more });
  }

  /** So many new users, made over SCIM at once. */
  createUsers(count, name = 'user') {
    return Promise.all(Array.from({ length: count }, (_, index) => this.createUser(`${name}-${index}@example.com`)));
  }

  /** Applies operations to a user or a group, `/Users/{id}`. Resolves to the answer. */
  patch(path, ...operations) {
    return this.send('PATCH', path, patchOf(...operations));
  }

  /** The ids of the members of a group, sorted. */
  async members(id) {
    const { members = [] } = await this.expect(200, 'GET', `/Groups/${id}`);
    return members.map(({ value }) => value).sort();
  }

  /** What a filter finds. */
  async filter(type, filter, more = {}) {
    return this.expect(200, 'GET', `/${type}?${new URLSearchParams({ filter, ...more })}`);
  }

  /** Every row of the account in every table that has rows of accounts, but for the provisioning log. */
  async state() {
    const { provisioning_log: log, ...rows } = await snapshot(this.postern, this.account.id);
    return rows;
  }

  /** The rows of the provisioning log, oldest first. */
  async log() {
    const { provisioning_log: log } = await snapshot(this.postern, this.account.id);
    return log;
  }
}

/** Every row of an account, by table, whatever tables there are. */
async function snapshot(postern, account) {
  const [tables] = await postern.sql([`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%account_id %' ORDER BY name`]);
  const rows = await postern.sql(
    ['SELECT * FROM accounts WHERE id = ?', account],
    ...tables.map(({ name }) => [`SELECT * FROM ${name} WHERE account_id = ?`, account]),
  );
  return Object.fromEntries(['accounts', ...tables.map(({ name }) => name)].map((name, index) => [name, rows[index]]));
}

/** Asserts that an answer is an error as RFC 7644, 3.12, has it, with this scimType if it shall have one. */
export function assertError({ status, body }, expected, scimType) {
  const said = JSON.stringify(body);
  assert.equal(status, expected, said);
  assert.deepEqual(body?.schemas, [ERROR], said);
  assert.equal(body.status, String(expected), 'the status is a string');
  assert.ok(typeof body.detail === 'string' && body.detail.length > 0, said);
  assert.equal(body.scimType, scimType, said);
  assert.deepEqual(Object.keys(body).filter((key) => !['schemas', 'status', 'scimType', 'detail'].includes(key)), []);
}
