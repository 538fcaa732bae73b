// www/openapi.json is valid, complete and true. Besides, the harness holds every answer of every suite to it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { checkAnswer, document, operations, resolve, schemaErrors } from './support/openapi.mjs';
import { SETUP_TOKEN, startPostern } from './support/postern.mjs';

const file = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
let postern;
let account;
let person;
const documents = new Map();
const outboundService = ({ url }) => new Response(documents.get(url) ?? 'nothing here', { status: documents.has(url) ? 200 : 404 });

before(async () => {
  const [started, keys] = await Promise.all([startPostern({ worker: { outboundService } }), makeKeys()]);
  postern = started;
  account = await TestAccount.withProvider(postern, keys);
  await account.signIn('ada@example.com');
  person = { ...(await account.users())[0], signIn: (await account.expect(200, 'GET', '/sign-ins')).items[0].id };
});
after(() => postern.dispose());

test('the document is OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.1');
  assert.equal(document.info.version, JSON.parse(file('package.json')).version);
});

test('it has the routes of the table in the source, no more and no fewer', () => {
  const table = file('src/journey/route.rs').matchAll(/^\s*\(Method::(\w+), "([^"]+)", Endpoint::[\w:()]+, Needs::[\w:()]+\),$/gm);
  const routes = [...table].map(([, method, path]) => `${method.toUpperCase()} ${path}`);
  assert.ok(routes.includes('GET /whoami'), 'the table was found');
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(described.sort(), routes.filter((route) => route.includes(' /api/v1/')).sort());
});

test('each name of an operation is there once', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
});

/** Every object in the document with where it is. */
function* objectsIn(value, pointer = '#') {
  if (value === null || typeof value !== 'object') return;
  yield { value, pointer };
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

test('its schemas are JSON Schema, and its examples are examples', () => {
  let examples = 0;
  const check = (pointer, value) => {
    examples += 1;
    assert.equal(schemaErrors(pointer, value), '', pointer);
  };
  for (const name of Object.keys(document.components.schemas)) {
    schemaErrors(`#/components/schemas/${name}`, null);
    for (const example of document.components.schemas[name].examples ?? []) check(`#/components/schemas/${name}`, example);
  }
  for (const { value, pointer } of objectsIn(document)) {
    if (value.schema && 'example' in value) check(`${pointer}/schema`, value.example);
  }
  assert.ok(examples > 20, String(examples));
});

test('every part of it is used', () => {
  const used = new Set([...objectsIn(document)].flatMap(({ value }) => value.$ref ?? []));
  for (const [kind, parts] of Object.entries(document.components)) {
    if (kind === 'securitySchemes') continue;
    for (const name of Object.keys(parts)) assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name}`);
  }
  for (const reference of used) resolve(reference);
});

test('it is served without a token', async () => {
  const answer = await postern.fetch('/api/v1/openapi.json');
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^application\/json/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.deepEqual(await answer.json(), document);
});

test('the harness tells an answer that is not as described', async () => {
  const { status, headers, body } = await account.admin('GET', `/users/${person.id}`);
  const call = { method: 'GET', path: `/api/v1/accounts/${account.id}/users/${person.id}`, status, headers, body };
  checkAnswer(call);
  const { email, ...less } = body;
  for (const [difference, says] of [
    [{ body: less }, /required property 'email'/],
    [{ body: { ...body, more: 1 } }, /additional properties/],
    [{ body: { ...body, active: email } }, /must be boolean/],
    [{ body: { ...body, createdAt: '2026-11-22' } }, /createdAt/],
    [{ status: 206 }, /status is not documented/],
    [{ headers: new Headers({ 'content-type': 'application/json' }) }, /header ETag is missing/],
    [{ headers: new Headers({ 'content-type': 'text/html', etag: '"1"' }) }, /text\/html/],
    [{ path: '/api/v1/none' }, /route is not documented/],
  ]) assert.throws(() => checkAnswer({ ...call, ...difference }), says);
});

describe('every answer that it names happens:', () => {
  const unknown = '0'.repeat(26);
  const paths = {
    readOpenApi: '/openapi.json', listAccounts: '/accounts', createAccount: '/accounts', readAccount: (a) => `/accounts/${a}`, updateAccount: (a) => `/accounts/${a}`,
    listProviders: (a) => `/accounts/${a}/providers`, createProvider: (a) => `/accounts/${a}/providers`,
    readProvider: (a, ids) => `/accounts/${a}/providers/${ids.provider}`,
    updateProvider: (a, ids) => `/accounts/${a}/providers/${ids.provider}`,
    refreshProvider: (a, ids) => `/accounts/${a}/providers/${ids.provider}/refresh`,
    dryRunProvider: (a, ids) => `/accounts/${a}/providers/${ids.provider}/dry-run`,
    deleteProvider: (a, ids) => `/accounts/${a}/providers/${ids.provider}`,
    listUsers: (a) => `/accounts/${a}/users`, readUser: (a, ids) => `/accounts/${a}/users/${ids.user}`,
    createUser: (a) => `/accounts/${a}/users`, updateUser: (a, ids) => `/accounts/${a}/users/${ids.user}`,
    deleteUser: (a, ids) => `/accounts/${a}/users/${ids.user}`, listRemovedUsers: (a) => `/accounts/${a}/removed-users`,
    forgetRemovedUser: (a, ids) => `/accounts/${a}/removed-users/${ids.removed}`,
    listGroups: (a) => `/accounts/${a}/groups`, createGroup: (a) => `/accounts/${a}/groups`,
    readGroup: (a, ids) => `/accounts/${a}/groups/${ids.group}`, updateGroup: (a, ids) => `/accounts/${a}/groups/${ids.group}`,
    deleteGroup: (a, ids) => `/accounts/${a}/groups/${ids.group}`, listMembers: (a, ids) => `/accounts/${a}/groups/${ids.group}/members`,
    addMember: (a, ids) => `/accounts/${a}/groups/${ids.group}/members/${ids.user}`,
    removeMember: (a, ids) => `/accounts/${a}/groups/${ids.group}/members/${ids.user}`,
    listInvitations: (a) => `/accounts/${a}/invitations`, createInvitation: (a) => `/accounts/${a}/invitations`,
    readInvitation: (a, ids) => `/accounts/${a}/invitations/${ids.invitation}`,
    deleteInvitation: (a, ids) => `/accounts/${a}/invitations/${ids.invitation}`,
    listSignIns: (a) => `/accounts/${a}/sign-ins`, readSignIn: (a, ids) => `/accounts/${a}/sign-ins/${ids.signIn}`,
    listKeys: (a) => `/accounts/${a}/keys`, createKey: (a) => `/accounts/${a}/keys`, listEvents: (a) => `/accounts/${a}/events`,
    listChanges: (a) => `/accounts/${a}/audit-log`,
    listProvisioningLog: (a) => `/accounts/${a}/provisioning-log`,
    explainResponse: (a) => `/accounts/${a}/saml/explain`,
    exportAccount: (a) => `/accounts/${a}/export`, importAccount: (a) => `/accounts/${a}/import`,
  };
  /** What says who may do what: its list, and a body that makes one. */
  const records = {
    Role: ['roles', () => ({ name: fresh(), permissions: ['users:view'] })],
    ResourceGroup: ['resource-groups', () => ({ name: fresh(), resources: [] })],
    RoleBinding: ['role-bindings', async () => ({ principal: { type: 'group', id: (await make('/groups', { name: fresh() })).id }, role: 'Account Viewer' })],
    Organization: ['organizations', () => ({ name: fresh() })],
    Project: ['projects', async () => ({ name: fresh(), organization: (await make('/organizations', { name: fresh() })).id })],
    ServiceAccount: ['service-accounts', () => ({ name: fresh(), roles: ['Provisioner'] })],
    ApiKey: ['api-keys', () => ({ name: fresh(), owner: { type: 'user', id: person.id } })],
  };
  for (const [name, [path]] of Object.entries(records)) {
    for (const verb of ['read', 'update', 'delete']) paths[`${verb}${name}`] = (a, ids) => `/accounts/${a}/${path}/${ids.record}`;
    for (const operation of [`list${name}s`, `create${name}`]) paths[operation] = (a) => `/accounts/${a}/${path}`;
  }
  for (const operation of ['listTokens', 'createToken']) paths[operation] = (a, ids) => `/accounts/${a}/api-keys/${ids.record}/tokens`;
  paths.listUserAccess = (a, ids) => `/accounts/${a}/users/${ids.user}/access`;
  paths.previewAccess = (a) => `/accounts/${a}/access/preview`;
  paths.revokeToken = (a, ids) => `/accounts/${a}/api-keys/${ids.record}/tokens/${ids.token}`;
  const recordOf = (operationId) => records[operationId.replace(/^(list|create|read|update|delete)/, '').replace(/s$/, '')];
  const make = (path, json) => account.expect(201, 'POST', path, json);
  const fresh = () => `Made ${(made += 1)}`;
  let made = 0;
  let binding;
  before(async () => {
    binding = await make('/role-bindings', await records.RoleBinding[1]());
  });
  const email = () => `made-${(made += 1)}@example.com`;
  const entityId = () => `https://idp.example.com/made-${(made += 1)}`;
  /** What a call that succeeds sends. */
  const bodies = {
    createAccount: () => ({ id: `made-${(made += 1)}`, name: 'Made' }),
    updateAccount: () => ({ name: 'Changed' }),
    createProvider: () => ({ name: 'Made', kind: 'other', metadataXml: account.metadata({ entityId: entityId() }) }),
    updateProvider: () => ({ name: 'Changed' }),
    dryRunProvider: () => ({ allowedEmailDomains: ['example.com'] }),
    createKey: () => ({ purpose: 'signing' }),
    createUser: () => ({ email: email() }),
    updateUser: () => ({ displayName: 'Changed' }),
    createGroup: () => ({ name: `Made ${(made += 1)}` }),
    updateGroup: () => ({ name: `Changed ${(made += 1)}` }),
    createInvitation: () => ({ email: email() }),
    previewAccess: () => ({ removeBinding: binding.id }),
    explainResponse: () => ({ samlResponse: 'PHg+' }),
  };
  /** A token that permits nothing. */
  async function powerless() {
    const owner = await make('/service-accounts', { name: fresh() });
    const key = await make('/api-keys', { name: fresh(), owner: { type: 'serviceAccount', id: owner.id } });
    return (await make(`/api-keys/${key.id}/tokens`, { name: fresh() })).token;
  }

  /** A record that can be changed, and one of its kind whose name is taken or that is in use. */
  async function record(operationId) {
    const isToken = /Token/.test(operationId);
    const [path, body] = isToken ? records.ApiKey : recordOf(operationId);
    const one = await make(`/${path}`, await body());
    // Names of projects are unique in their organization.
    const other = await make(`/${path}`, { ...(await body()), ...(one.organization && { organization: one.organization }) });
    const ids = { record: one.id };
    if (isToken) ids.token = (await make(`/api-keys/${one.id}/tokens`, { name: fresh() })).id;
    const use = {
      roles: () => make('/role-bindings', { principal: { type: 'serviceAccount', id: bot.id }, role: one.id }),
      'resource-groups': () => make('/role-bindings', { principal: { type: 'serviceAccount', id: bot.id }, role: 'Provisioner', resourceGroup: one.id }),
      organizations: () => make('/projects', { name: fresh(), organization: one.id }),
      projects: () => make('/role-bindings', { principal: { type: 'serviceAccount', id: bot.id }, role: 'Provisioner', scope: { type: 'project', id: one.id } }),
    };
    const bot = await make('/service-accounts', { name: fresh() });
    const change = path === 'role-bindings' ? { role: 'Provisioner' } : { name: fresh() };
    const same = path === 'role-bindings' ? { principal: other.principal, role: other.role } : { ...(await body()), name: other.name, ...(other.organization && { organization: other.organization }) };
    const json = /^create/.test(operationId) ? (isToken ? { name: fresh() } : await body()) : /^update/.test(operationId) ? change : undefined;
    return { ids, json, same, use: use[path], version: /^(update|delete)/.test(operationId) ? 1 : undefined };
  }

  /** What is done differently for another status. */
  const mistakes = {
    400: (call, id) => ({ ...call, ...(call.json ? { raw: { body: '[]' } } : { query: badQueries[id] ?? '?limit=0' }) }),
    403: async (call) => ({ ...call, token: await powerless() }),
    401: (call) => ({ ...call, token: `${SETUP_TOKEN}x` }),
    404: (call) => ({ ...call, account: 'nobody', ids: { provider: unknown, user: unknown, signIn: unknown, removed: unknown, group: unknown, invitation: unknown, record: unknown, token: unknown } }),
    409: async (call, id) => ({ ...call, ...(await (conflicts[id] ?? recordConflict)(call)) }),
    412: (call) => ({ ...call, version: 99 }),
    413: (call) => ({ ...call, raw: { body: ' '.repeat(1024 * 1024 + 1) } }),
    415: (call) => ({ ...call, raw: { type: 'text/plain' } }),
    422: (call) => ({ ...call, ...(call.raw ? { raw: { ...call.raw, body: 'x' } } : { json: { unknown: 1 } }) }),
    428: (call) => ({ ...call, version: undefined }),
    502: (call) => ({ ...call, ids: call.gone }),
    503: (call) => ({ ...call, fault: 'before@1+' }),
  };

  const badQueries = { exportAccount: '?cursor=x', importAccount: '?line=0' };
  /** The file of an account in which there is nothing. */
  const emptyFile = [
    { postern: 1, account: { id: 'acme', name: 'Acme Inc.', createdAt: '2026-11-22T06:00:00Z', version: 1 } },
    { end: { rows: 0 } },
  ].map((line) => JSON.stringify(line)).join('\n');

  /** What is refused with 409, by operation. */
  const sameProvider = ({ json }) => ({ json: { ...json, name: 'Same', kind: 'other', metadataXml: account.metadata({ entityId: account.provider.entityId }) } });
  const recordConflict = async ({ same, use, json, version }) => {
    if (json === undefined) return void (await use());
    return { json: version ? { ...('role' in same ? same : { name: same.name }) } : same };
  };
  const conflicts = {
    createAccount: () => ({ json: { id: account.id, name: 'Again' } }),
    createProvider: sameProvider,
    updateProvider: sameProvider,
    refreshProvider: () => ({ ids: { provider: account.provider.id } }),
    deleteProvider: ({ linked }) => linked,
    createUser: () => ({ json: { email: person.email } }),
    updateUser: () => ({ json: { email: person.email } }),
    deleteUser: ({ pushed }) => pushed,
    createGroup: ({ pushed, taken }) => ({ json: { name: taken }, pushed }),
    updateGroup: ({ pushed }) => pushed,
    deleteGroup: ({ pushed }) => pushed,
    addMember: ({ pushed }) => pushed,
    removeMember: ({ pushed }) => pushed,
    createInvitation: () => ({ json: { email: person.email } }),
    importAccount: () => ({ account: account.id }),
  };

  /** What a call of the directory is about: one that can be changed, and one that SCIM manages. */
  async function directory() {
    const [user, group, invitation, removed] = [
      await account.expect(201, 'POST', '/users', { email: email() }),
      await account.expect(201, 'POST', '/groups', { name: `Made ${(made += 1)}` }),
      await account.expect(201, 'POST', '/invitations', { email: email() }),
      await account.expect(201, 'POST', '/users', { email: email() }),
    ];
    await account.expect(204, 'DELETE', `/users/${removed.id}`, undefined, { version: 1 });
    const scim = await account.expect(201, 'POST', '/users', { email: email() });
    const pushed = await account.expect(201, 'POST', '/groups', { name: `Pushed ${(made += 1)}` });
    await postern.sql(
      ['UPDATE users SET managed_by = ? WHERE account_id = ? AND id = ?', 'scim', account.id, scim.id],
      ['UPDATE groups SET managed_by = ? WHERE account_id = ? AND id = ?', 'scim', account.id, pushed.id],
    );
    const ids = { user: user.id, group: group.id, invitation: invitation.id, removed: removed.id };
    return { ids, taken: group.name, pushed: { ids: { ...ids, user: scim.id, group: pushed.id } } };
  }

  /** A provider that a group is linked to. */
  async function linked() {
    const provider = await account.addProvider({ entityId: entityId() });
    await account.expect(201, 'POST', '/groups', { name: `Linked ${(made += 1)}`, link: { providerId: provider.id, samlGroup: 'g' } });
    return { ids: { provider: provider.id }, version: provider.version };
  }

  /** A provider whose metadata is fetched from its entity ID. */
  function fetched() {
    const metadataUrl = entityId();
    documents.set(metadataUrl, account.metadata({ entityId: metadataUrl }));
    return account.expect(201, 'POST', '/providers', { name: 'Fetched', kind: 'other', metadataUrl });
  }

  for (const { method, operation: { operationId, responses } } of operations) {
    for (const expected of Object.keys(responses).map(Number)) {
      test(`${operationId} ${expected}`, async () => {
        const ids = { provider: account.provider.id, user: person.id, signIn: person.signIn };
        const right = { account: account.id, ids, json: bodies[operationId]?.(), version: undefined };
        if (['updateProvider', 'deleteProvider'].includes(operationId)) {
          const provider = await account.addProvider({ entityId: entityId() });
          Object.assign(right, { ids: { ...ids, provider: provider.id }, version: provider.version, linked: await linked() });
        }
        if (operationId === 'updateAccount') {
          const { body: read } = await postern.admin('GET', `/accounts/${account.id}`);
          right.version = read.version;
        }
        if (/Group|Member|Invitation|User/.test(operationId)) {
          const made = await directory();
          Object.assign(right, { ...made, ids: operationId === 'readUser' ? ids : { ...ids, ...made.ids } });
          if (/^(update|delete)/.test(operationId)) right.version = 1;
        }
        if (operationId === 'refreshProvider') {
          const [there, gone] = [await fetched(), await fetched()];
          documents.delete(gone.metadataUrl);
          Object.assign(right, { ids: { ...ids, provider: there.id }, gone: { provider: gone.id } });
        }
        if (operationId === 'importAccount') {
          Object.assign(right, { account: (await TestAccount.create(postern, account.keys)).id, raw: { type: 'application/x-ndjson', body: emptyFile } });
        }
        if (recordOf(operationId) || /Token/.test(operationId)) Object.assign(right, await record(operationId));
        const { account: id, ids: of, json, query = '', ...options } = expected < 300 ? right : await mistakes[expected](right, operationId);
        const path = typeof paths[operationId] === 'string' ? paths[operationId] : paths[operationId](id, of);
        const { status, body } = await postern.admin(method, path + query, json, options);
        assert.equal(status, expected, JSON.stringify(body));
        if (expected >= 400) assert.equal(body.status, expected);
      });
    }
  }
});
