// What users and admins do, to be tried while D1 fails. Each journey is
//   prepare(newAccount)   makes what it starts from; newAccount(settings) resolves to a TestAccount with a provider
//   act(context, fault)   does it, with a fault or without, and resolves to the answer
//   success               the status when all is well
//   calls                 how many D1 calls it makes then
//   again                 the status of doing the same once more after it has been done
//   afresh(context)       another attempt from the start, which must succeed (default: act again)
//   holds(context, answer)   what must be true after a success, and after `afresh`
//   commits               whether the last of its calls is a commit, which survives one lost connection
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { makeKeys } from '../../../dev/idp/keys.mjs';
import { ourMetadata, samlifyPeers } from '../support/logout.mjs';
import { cookiesOf } from '../support/postern.mjs';

const ADA = 'ada@example.com';

async function isSignedIn({ account }, answer) {
  assert.equal((await account.whoami(cookiesOf(answer))).user.email, ADA);
}

/** A journey of a response that is posted: spent when it was taken, so that only a new one helps. */
const signIn = ({ respond, settings, warm = false }) => ({
  commits: true,
  calls: warm ? 2 : 3,
  success: 303,
  again: 403,
  async prepare(newAccount) {
    const account = await newAccount(settings);
    const context = { account, ...(await respond(account)) };
    if (warm) await account.postern.fetch(`/saml/${account.id}/metadata`);
    return context;
  },
  act: ({ account, samlResponse, cookie }, fault) => account.post(samlResponse, { cookie, fault }),
  async afresh(context) {
    Object.assign(context, await respond(context.account));
    return this.act(context);
  },
  holds: isSignedIn,
});

const fromIdp = async (account) => ({ samlResponse: await account.sign(ADA) });
const fromHere = async (account) => {
  const { id, cookie } = await account.begin();
  return { cookie, samlResponse: await account.sign({ nameId: ADA, inResponseTo: id }) };
};

/** A journey of the admin API. */
const admin = (journey) => ({
  commits: true,
  calls: 1,
  prepare: async (newAccount) => {
    const account = await newAccount();
    return { account, made: { name: 'Made', kind: 'other', metadataXml: account.metadata() } };
  },
  ...journey,
});

/** `{ url, text }`: a URL on this machine, and the document that is there for as long as the tests run. */
async function serve(text) {
  const place = { text };
  const server = createServer((_, response) => response.end(place.text)).listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  place.url = `http://localhost:${server.address().port}/`;
  return place;
}

/** A journey that only reads: that the set-up token was used is logged first. */
const reading = (path, success = 200) =>
  admin({ commits: false, calls: 2, success, again: success, act: ({ account }, fault) => account.admin('GET', path, undefined, { fault }) });

const provider = ({ account }) => `/providers/${account.provider.id}`;
const versionNow = async (context) => (await context.account.expect(200, 'GET', provider(context))).version;

/** A browser that is signed in. */
const session = (journey) => ({
  commits: false,
  calls: 1,
  async prepare(newAccount) {
    const account = await newAccount();
    return { account, ...(await account.signIn(ADA)) };
  },
  ...journey,
});

const withSingleLogout = { singleLogout: 'redirect' };

/** A journey of a logout message that comes by redirect: spent when it was taken. */
function logout({ wire, ...journey }) {
  const fresh = async (context) => {
    const { cookie } = await context.account.signIn(ADA);
    return wire({ ...context, cookie });
  };
  return {
    commits: true,
    calls: 2,
    again: 403,
    async prepare(newAccount) {
      const account = await newAccount(withSingleLogout);
      const peers = samlifyPeers({ provider: account.provider, keys: account.keys, spMetadata: await ourMetadata(account), binding: 'redirect' });
      const context = { account, ...peers, ...(await account.signIn(ADA)) };
      return { ...context, url: await wire(context) };
    },
    act: ({ account, url }, fault) => account.postern.fetch(new URL(url).pathname + new URL(url).search, { fault }),
    async afresh(context) {
      return this.act({ ...context, url: await fresh(context) });
    },
    ...journey,
  };
}

export const journeys = {
  'a sign-in that begins here': {
    commits: true,
    calls: 2,
    success: 302,
    again: 302,
    prepare: async (newAccount) => ({ account: await newAccount() }),
    act: async ({ account }, fault) => {
      const begun = await account.begin({ fault });
      return Object.assign(begun.answer, { begun });
    },
    async holds({ account }, { begun }) {
      await account.signIn({ nameId: ADA, inResponseTo: begun.id }, { cookie: begun.cookie });
    },
  },
  'a sign-in from the identity provider that creates a user': signIn({ respond: fromIdp }),
  'the same where the account is known': signIn({ respond: fromIdp, warm: true }),
  'a sign-in from the identity provider of a user who exists': signIn({
    warm: true,
    async respond(account) {
      if ((await account.users()).length === 0) await account.signIn(ADA);
      return fromIdp(account);
    },
  }),
  'a sign-in that began here': signIn({ respond: fromHere, warm: true }),
  'a test of a draft': {
    ...signIn({ respond: async (account) => {
      const { id, cookie } = await account.begin({ test: true });
      return { cookie, samlResponse: await account.sign({ nameId: ADA, inResponseTo: id }) };
    }, settings: { draft: true }, warm: true }),
    calls: 3,
    success: 200,
    async holds({ account }) {
      const { sessions, users } = await account.snapshot();
      assert.deepEqual([sessions, users], [[], []]);
    },
  },
  'a sign-in that creates a user in linked groups': signIn({
    warm: true,
    settings: { authorization: { enabled: true } },
    async respond(account) {
      const link = { providerId: account.provider.id, samlGroup: 'eng' };
      await account.admin('POST', '/groups', { name: 'Engineering', link });
      return { samlResponse: await account.sign({ nameId: ADA, attributes: { groups: ['eng'] } }) };
    },
  }),
  'a sign-in that leaves a linked group': signIn({
    warm: true,
    settings: { authorization: { enabled: true } },
    async respond(account) {
      const link = { providerId: account.provider.id, samlGroup: 'eng' };
      const { status } = await account.admin('POST', '/groups', { name: 'Engineering', link });
      if (status === 201) await account.signIn({ nameId: ADA, attributes: { groups: ['eng'] } });
      return fromIdp(account);
    },
  }),
  'a sign-in that accepts an invitation': signIn({
    warm: true,
    settings: { jit: { enabled: false } },
    async respond(account) {
      if ((await account.users()).length === 0) await account.admin('POST', '/invitations', { email: ADA });
      return fromIdp(account);
    },
  }),
  'a first sign-in through a legacy provider': signIn({
    warm: true,
    settings: { generation: 'legacy', jit: { enabled: false } },
    async respond(account) {
      await account.admin('POST', '/users', { email: ADA });
      return fromIdp(account);
    },
  }),
  'a refusal': {
    ...signIn({ respond: fromIdp, settings: { jit: { enabled: false } } }),
    success: 403,
    async holds({ account }, answer) {
      const reference = (await answer.text()).match(/<code>(\w+)<\/code>/)[1];
      assert.equal((await account.signInLog(reference)).error.code, 'not_invited');
    },
  },
  'signing out': session({
    success: 303,
    again: 303,
    act: ({ account, cookie }, fault) => account.postern.fetch('/sign-out', { method: 'POST', headers: { cookie }, fault }),
    holds: async ({ account, cookie }) => assert.equal((await account.whoami(cookie)).status, 401),
  }),
  'signing out of the identity provider too': session({
    commits: true,
    calls: 2,
    success: 302,
    again: 303,
    async prepare(newAccount) {
      const account = await newAccount(withSingleLogout);
      return { account, ...(await account.signIn(ADA)) };
    },
    act: ({ account, cookie }, fault) => account.postern.fetch('/sign-out', { method: 'POST', headers: { cookie }, fault }),
    async afresh(context) {
      Object.assign(context, await context.account.signIn(ADA));
      return this.act(context);
    },
    holds: async ({ account, cookie }) => assert.equal((await account.whoami(cookie)).status, 401),
  }),
  'a logout of the identity provider': logout({
    wire: ({ idp, sp }) => idp.createLogoutRequest(sp, 'redirect', { logoutNameID: ADA }).context,
    success: 302,
    holds: async ({ account, cookie }) => assert.equal((await account.whoami(cookie)).status, 401),
  }),
  'the answer of the identity provider to a sign-out': logout({
    async wire({ account, idp, sp, cookie }) {
      await account.postern.fetch('/sign-out', { method: 'POST', headers: { cookie } });
      const id = (await account.snapshot()).pending_logouts.at(-1).id;
      return idp.createLogoutResponse(sp, { extract: { request: { id } } }, 'redirect', '').context;
    },
    success: 200,
    holds: async ({ account }) => assert.deepEqual((await account.snapshot()).pending_logouts, []),
  }),
  'a logout message that is refused': {
    commits: true,
    calls: 2,
    success: 400,
    again: 400,
    prepare: async (newAccount) => ({ account: await newAccount() }),
    act: ({ account }, fault) => account.postern.fetch(`/saml/${account.id}/slo`, { fault }),
    holds: async ({ account }) => assert.equal((await account.snapshot()).events.at(-1).kind, 'logout.refused'),
  },
  'asking who is signed in': session({
    success: 200,
    again: 200,
    act: ({ account, cookie }, fault) => account.postern.fetch('/whoami', { headers: { cookie }, fault }),
    holds: isStillSignedIn,
  }),
  'asking so after some time': session({
    calls: 2,
    success: 200,
    again: 200,
    async prepare(newAccount) {
      const account = await newAccount();
      const { cookie } = await account.signIn(ADA);
      await account.sql('UPDATE sessions SET seen_at = seen_at - 3600000 WHERE account_id = ?', account.id);
      return { account, cookie };
    },
    act: ({ account, cookie }, fault) => account.postern.fetch('/whoami', { headers: { cookie }, fault }),
    holds: isStillSignedIn,
  }),
  'making an account': admin({
    success: 201,
    again: 409,
    act: ({ account }, fault) => account.admin('POST', '', { id: `${account.id}-2`.slice(-60), name: 'Made' }, { fault }),
    afresh: ({ account }) => account.admin('POST', '', { id: `${account.id}-3`.slice(-60), name: 'Made' }),
  }),
  'making a provider': admin({
    success: 201,
    again: 409,
    act: ({ account, made }, fault) => account.admin('POST', '/providers', made, { fault }),
    afresh: ({ account, made }) => account.admin('POST', '/providers', { ...made, metadataXml: account.metadata() }),
  }),
  'refreshing a provider': admin({
    calls: 2,
    success: 200,
    again: 200,
    async prepare(newAccount) {
      const account = await newAccount();
      const entityId = `https://idp.example.com/${account.id}`;
      const server = await serve(account.metadata({ entityId }));
      account.provider = await account.expect(201, 'POST', '/providers', { name: 'Fetched', kind: 'other', metadataUrl: server.url });
      server.text = account.metadata({ entityId, keys: [await makeKeys({ commonName: 'Next' })] });
      return { account };
    },
    act: (context, fault) => context.account.admin('POST', `${provider(context)}/refresh`, undefined, { fault }),
    holds: async (context) => {
      const { certificates, version } = await context.account.expect(200, 'GET', provider(context));
      assert.deepEqual([certificates.length, version], [2, 2]);
    },
  }),
  'changing a provider': admin({
    calls: 2,
    success: 200,
    again: 412,
    act: (context, fault) => context.account.admin('PATCH', provider(context), { name: 'Changed' }, { version: 1, fault }),
    afresh: async (context) => context.account.admin('PATCH', provider(context), { name: 'Changed' }, { version: await versionNow(context) }),
    holds: async (context) => assert.equal((await context.account.expect(200, 'GET', provider(context))).name, 'Changed'),
  }),
  'deleting a provider with users, sessions and requests': admin({
    calls: 2,
    success: 204,
    again: 404,
    async prepare(newAccount) {
      const account = await newAccount();
      await account.begin();
      return { account, ...(await account.signIn(ADA)) };
    },
    act: (context, fault) => context.account.admin('DELETE', provider(context), undefined, { version: 1, fault }),
    async afresh(context) {
      const other = await context.account.addProvider({ name: 'Other' });
      return context.account.admin('DELETE', `/providers/${other.id}`, undefined, { version: 1 });
    },
    holds: async ({ account, cookie }) => assert.equal((await account.whoami(cookie)).status, 401),
  }),
  'making a key': admin({
    success: 201,
    again: 201,
    act: ({ account }, fault) => account.admin('POST', '/keys', { purpose: 'signing' }, { fault }),
    holds: async ({ account }, { body }) => {
      const { items } = await account.expect(200, 'GET', '/keys');
      assert.ok(items.some(({ id, retiresAt }) => id === body.id && retiresAt === null));
      assert.equal(items.filter(({ retiresAt }) => retiresAt === null).length, 1, 'the newest alone has no successor');
    },
  }),
  'making a provider that needs keys': admin({
    calls: 2,
    success: 201,
    again: 409,
    act: ({ account, made }, fault) =>
      account.admin('POST', '/providers', { ...made, signRequests: true, encryption: 'accept' }, { fault }),
    afresh: ({ account, made }) => account.admin('POST', '/providers', { ...made, signRequests: true, metadataXml: account.metadata() }),
    holds: async ({ account }) => {
      const { items } = await account.expect(200, 'GET', '/keys');
      assert.deepEqual(items.map(({ purpose }) => purpose).sort(), ['encryption', 'signing']);
    },
  }),
  'explaining a response': admin({
    calls: 3,
    commits: false,
    success: 200,
    again: 200,
    prepare: async (newAccount) => {
      const account = await newAccount();
      return { account, ...(await fromIdp(account)) };
    },
    act: ({ account, samlResponse }, fault) => account.admin('POST', '/saml/explain', { samlResponse }, { fault }),
    holds: (_, { body }) => assert.ok(body.accepted),
  }),
  'reading providers': reading('/providers'),
  'reading keys': reading('/keys'),
  'reading users': reading('/users'),
  'reading the sign-in log': reading('/sign-ins'),
  'reading the event log': reading('/events'),
};

async function isStillSignedIn({ account, cookie }) {
  assert.equal((await account.whoami(cookie)).status, 200);
}
