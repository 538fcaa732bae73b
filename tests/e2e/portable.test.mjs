// An account out of one deployment and into another, as dev/export.mjs and dev/import.mjs do it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { exported, imported } from '../../dev/account/file.mjs';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { root } from '../../dev/setup/command.mjs';
import { TestAccount } from './support/account.mjs';
import { SETUP_TOKEN, startPostern } from './support/postern.mjs';

let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());

const api = () => ({ url: postern.origin, token: SETUP_TOKEN, pause: 1 });

/** An account in which there is some of everything, with a token of an admin and the link of an invitation. */
async function furnished() {
  const account = await TestAccount.withProvider(postern, keys, { signRequests: true, authorization: { enabled: true } });
  const make = (path, json) => account.expect(201, 'POST', path, json);
  const engineers = await make('/groups', { name: 'Engineers', link: { providerId: account.provider.id, samlGroup: 'eng "1"' } });
  const native = await make('/groups', { name: 'Natives 🦀' });
  await account.signIn({ nameId: 'ada@example.com', attributes: { groups: ['eng "1"'], givenName: 'Ada' } });
  await account.refusedSignIn('wrong_audience', { nameId: 'ada@example.com', audience: 'other' });
  const ben = await make('/users', { email: 'ben@example.com', displayName: 'Ben \\ \u2028 \u0416 B.' });
  const gone = await make('/users', { email: 'gone@example.com' });
  await account.expect(204, 'DELETE', `/users/${gone.id}`, undefined, { version: 1 });
  await account.expect(204, 'PUT', `/groups/${native.id}/members/${ben.id}`);
  const invitation = await make('/invitations', { email: 'eve@example.com', groups: [native.id] });
  const role = await make('/roles', { name: 'Reader', permissions: ['users:view'] });
  const resources = await make('/resource-groups', { name: 'Natives', resources: [{ type: 'group', id: native.id }] });
  const organization = await make('/organizations', { name: 'West' });
  const project = await make('/projects', { name: 'One', organization: organization.id });
  await make('/role-bindings', { principal: { type: 'group', id: engineers.id }, role: role.id, resourceGroup: resources.id, scope: { type: 'project', id: project.id } });
  const bot = await make('/service-accounts', { name: 'Bot', roles: ['Account Admin'] });
  const key = await make('/api-keys', { name: 'Key', owner: { type: 'serviceAccount', id: bot.id } });
  const { token } = await make(`/api-keys/${key.id}/tokens`, { name: 'Token' });
  await make('/keys', { purpose: 'encryption' });
  await account.sql("INSERT INTO events (account_id, id, at, kind, subject, detail) VALUES (?, 'e1', 1, 'k', 's', '{}')", account.id);
  return { account, token, link: new URL(invitation.link).pathname };
}

async function fileOf(account) {
  const parts = await Array.fromAsync(exported(api(), account.id));
  return { text: parts.join(''), lines: parts.join('').split('\n').slice(0, -1), parts };
}

function run(script, args, input = '') {
  const child = spawn(process.execPath, [join(root, script), ...args], { env: { ...process.env, POSTERN_TOKEN: SETUP_TOKEN } });
  child.stdin.end(input);
  const code = new Promise((resolve) => child.once('exit', resolve));
  return Promise.all([code, text(child.stdout), text(child.stderr)]);
}

test('what is exported is imported exactly, by the scripts that the README names', async () => {
  const { account, token, link } = await furnished();
  const [code, file, problem] = await run('dev/export.mjs', [postern.origin, account.id]);
  assert.deepEqual([code, problem], [0, '']);
  const lines = file.split('\n').slice(0, -1);
  const [header, ...rows] = lines.map((line) => JSON.parse(line));
  assert.equal(header.account.id, account.id);
  assert.deepEqual(rows.at(-1), { end: { rows: rows.length - 1 } });
  const tables = new Set(rows.slice(0, -1).flatMap(Object.keys));
  const all = ['changes', 'events', 'group_members', 'groups', 'invitations', 'providers', 'recordings', 'records', 'sign_ins', 'tombstones', 'user_links', 'users'];
  assert.deepEqual([...tables].sort(), all);

  const other = await TestAccount.create(postern, keys);
  const [imports, said, trouble] = await run('dev/import.mjs', [postern.origin, other.id], file);
  assert.deepEqual([imports, trouble], [0, '']);
  assert.match(said, new RegExp(`${lines.length} lines are imported into ${other.id}`));
  assert.match(said, /The links of 1 invitations are good no more/);
  const again = await fileOf(other);
  assert.deepEqual(again.lines.slice(1), lines.slice(1));
  assert.deepEqual({ ...JSON.parse(again.lines[0]).account, id: account.id }, header.account);

  const answer = await postern.admin('GET', `/accounts/${other.id}`, undefined, { token });
  assert.equal(answer.status, 401, 'a token is a secret');
  assert.equal((await postern.fetch(link.replace(account.id, other.id))).status, 404, 'so is the link of an invitation');
  assert.deepEqual((await other.expect(200, 'GET', '/keys')).items, [], 'and a private key');
  other.provider = (await other.expect(200, 'GET', '/providers')).items[0];
  const before = await other.users();
  const { cookie } = await other.signIn({ nameId: 'ada@example.com', attributes: { groups: ['eng "1"'] } });
  const { user } = await other.whoami(cookie);
  assert.equal(user.id, before.find(({ email }) => email === 'ada@example.com').id, 'whoever was there is who they were');
  assert.equal((await other.users()).length, before.length);
  await other.signIn('eve@example.com');
  assert.equal((await other.users()).find(({ email }) => email === 'eve@example.com').managedBy, 'invitation');
});

describe('a large account', () => {
  const USERS = 20_000;
  let account;
  let file;
  before(async () => {
    account = await TestAccount.withProvider(postern, keys);
    const group = await account.expect(201, 'POST', '/groups', { name: 'All' });
    await account.sql(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${USERS})
       INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version)
       SELECT ?, printf('u%09d', i), printf('user-%d@example.com', i), printf('user-%d@example.com', i), 1, 'jit', 1, 1, 1 FROM n`,
      account.id,
    );
    await account.sql('INSERT INTO group_members (account_id, group_id, user_id, added_at) SELECT account_id, ?, id, 1 FROM users WHERE account_id = ?', group.id, account.id);
    file = await fileOf(account);
  });

  test('is exported in answers that an import takes as they are', async () => {
    assert.ok(file.parts.length > 5, String(file.parts.length));
    for (const part of file.parts) assert.ok(Buffer.byteLength(part) <= 1024 * 1024);
    assert.equal(file.lines.filter((line) => line.startsWith('{"users":')).length, USERS);
    const other = await TestAccount.create(postern, keys);
    let line = 1;
    for (const body of file.parts) {
      const { status, body: progress, d1Calls } = await other.admin('POST', `/import?line=${line}`, undefined, { raw: { type: 'application/x-ndjson', body } });
      assert.deepEqual([status, d1Calls], [200, 2], JSON.stringify(progress));
      line = progress.lines + 1;
    }
    assert.equal(line - 1, file.lines.length);
    assert.deepEqual((await fileOf(other)).lines.slice(1), file.lines.slice(1));
  });

  test('nobody signs in until all of it is there, and it goes on after an end half-way', async () => {
    const other = await TestAccount.create(postern, keys);
    const half = Math.floor(file.lines.length / 2);
    await assert.rejects(imported(api(), other.id, file.lines.slice(0, half)), /not whole/);
    await other.refusedSignIn('unknown_issuer', { nameId: 'user-1@example.com' }, { provider: account.provider, acs: account.provider.sp.acsUrl.replace(account.id, other.id) });
    await assert.rejects(imported(api(), other.id, file.lines), new RegExp(`goes on at line ${half + 1}`));
    assert.deepEqual(await imported(api(), other.id, file.lines, half + 1), { lines: file.lines.length, invitationsWithoutLink: 0 });
  });
});

test('a fault at each D1 call of an import leaves nothing half-done, and the same chunk may come again', async () => {
  const { account } = await furnished();
  const { text: body, lines } = await fileOf(account);
  const raw = { type: 'application/x-ndjson', body };
  for (const fault of ['before@1', 'before@2', 'after@2', 'before@2+', 'after@2+', 'after@2,before@3', 'after@2,before@4', 'before@2,after@3']) {
    const other = await TestAccount.create(postern, keys);
    const before = await other.snapshot();
    const { status } = await other.admin('POST', '/import', undefined, { raw, fault });
    const left = await other.snapshot();
    if (left.users.length === 0) {
      assert.equal(status, 503, fault);
      assert.deepEqual(left, before, fault);
    }
    assert.ok([200, 503].includes(status), fault);
    const { status: second, body: progress } = await other.admin('POST', '/import', undefined, { raw });
    assert.deepEqual([second, progress], [200, { lines: lines.length, ended: true, invitationsWithoutLink: 1 }], fault);
    assert.deepEqual((await fileOf(other)).lines.slice(1), lines.slice(1), fault);
  }
});

test('the scripts say what is wrong in one line', async () => {
  const { account } = await furnished();
  const { text: file, lines } = await fileOf(account);
  const [code, out, problem] = await run('dev/import.mjs', [postern.origin, account.id], file);
  assert.deepEqual([code, out], [1, '']);
  assert.match(problem, /answered 409: This account is not empty/);
  const other = await TestAccount.create(postern, keys);
  const [, , bad] = await run('dev/import.mjs', [postern.origin, other.id], [lines[0], '{"users":{"id":7}}'].join('\n'));
  assert.match(bad, /answered 422[^]*line 2\/users\/id: Expected text/);
  const [, , usage] = await run('dev/export.mjs', []);
  assert.match(usage, /node dev\/export\.mjs URL ACCOUNT > FILE/);
});
