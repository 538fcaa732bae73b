import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';
import { assertSound, atHeading, browser, descriptionOf, tabTo } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();
let server;
let origin;
let text;

before(async () => {
  server = createServer((_, response) => response.writeHead(text ? 200 : 404).end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://localhost:${server.address().port}`;
});
after(() => server.close());

async function formOf(t) {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/providers/new`);
  await atHeading(page, 'Add a provider');
  return { account, page };
}

const several = (...ids) => `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${ids.map((id) => site.metadata(id)).join('')}</EntitiesDescriptor>`;

test('a provider is added by URL with the keyboard alone, and fetched again', async (t) => {
  const { account, page } = await formOf(t);
  text = site.metadata();
  await tabTo(page, 'Name');
  await page.keyboard.type('By URL');
  await tabTo(page, 'IdP metadata URL');
  await page.keyboard.type(`${origin}/metadata`);
  await tabTo(page, 'Add provider');
  await page.keyboard.press('Enter');
  await atHeading(page, 'By URL');
  const [provider] = await site.items(`accounts/${account}/providers`);
  assert.equal(provider.metadataUrl, `${origin}/metadata`);
  await page.getByText(`${origin}/metadata`).waitFor();
  await page.getByRole('button', { name: 'Fetch it now' }).click();
  await page.getByRole('status').getByText('Nothing has changed.').waitFor();
  text = '';
  await page.getByRole('button', { name: 'Fetch it now' }).click();
  await page.getByRole('alert').getByText('The server answers with status 404, not 200.').waitFor();
  await page.reload();
  await atHeading(page, 'By URL');
  await page.getByText('could not be refreshed since').waitFor();
  await assertSound(page, 'a provider by URL');
});

test('what is wrong with the URL is told beside it, and of several IdPs one is chosen', async (t) => {
  const { account, page } = await formOf(t);
  const url = page.getByLabel('IdP metadata URL');
  await page.getByLabel('Name', { exact: true }).fill('Chosen');
  await url.fill('http://idp.example.com/');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await descriptionOf(url), /must begin with https/);
  text = several('https://one.example', 'https://two.example');
  await url.fill(`${origin}/federation`);
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('alert').getByText('https://one.example, https://two.example').waitFor();
  assert.match(await descriptionOf(url), /https:\/\/one\.example, https:\/\/two\.example/);
  await page.getByText('Signed metadata, and lists of several IdPs').click();
  await page.getByLabel('IdP entity ID').fill('https://two.example');
  const pinned = page.getByLabel('Certificate that signs the metadata (PEM)');
  await pinned.fill('no certificate');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.waitForFunction(() => document.querySelector('[name=metadataSigningCertificate]').getAttribute('aria-invalid'));
  assert.match(await descriptionOf(pinned), /PEM or base64/);
  await pinned.fill('');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await atHeading(page, 'Chosen');
  assert.equal((await site.items(`accounts/${account}/providers`))[0].entityId, 'https://two.example');
});

test('every setting of the protocol is kept, shown and taken back', async (t) => {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, { name: 'Settings', kind: 'other' });
  const page = await open(t);
  await page.goto(site.setUpLink);
  const edit = async () => {
    await page.goto(`${site.admin}#/accounts/${account}/providers/${provider.id}/edit`);
    await atHeading(page, 'Edit Settings');
    await page.getByText('More settings').click();
  };
  await edit();
  const checks = ['Sign requests', 'Ask people to sign in again', 'Allow answers to unknown requests', 'Allow SHA-1 and short RSA keys'];
  for (const label of checks) await page.getByLabel(label).check();
  assert.match(await descriptionOf(page.getByLabel('Allow SHA-1 and short RSA keys')), /Warning/);
  await page.getByLabel('Encrypted assertions').selectOption('require');
  await page.getByLabel('NameID format that is asked for').selectOption('persistent');
  await page.getByLabel('Ways to authenticate that are asked for').fill('urn:one\n\n  urn:two \n');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await atHeading(page, 'Settings');
  const read = async () => (await site.api('GET', `accounts/${account}/providers/${provider.id}`)).body;
  const names = ['signRequests', 'forceAuthn', 'allowUnknownInResponseTo', 'allowSha1', 'encryption', 'nameIdFormat', 'requestedAuthnContext'];
  const settings = async () => Object.fromEntries(Object.entries(await read()).filter(([name]) => names.includes(name)));
  const changed = { signRequests: true, forceAuthn: true, allowUnknownInResponseTo: true, allowSha1: true, encryption: 'require', nameIdFormat: 'persistent', requestedAuthnContext: ['urn:one', 'urn:two'] };
  assert.deepEqual(await settings(), changed);
  await page.getByText('urn:one, urn:two').waitFor();
  await assertSound(page, 'a provider with settings');
  await edit();
  assert.equal(await page.getByLabel('Ways to authenticate that are asked for').inputValue(), 'urn:one\nurn:two');
  for (const label of checks) await page.getByLabel(label).uncheck();
  await page.getByLabel('Encrypted assertions').selectOption('off');
  await page.getByLabel('NameID format that is asked for').selectOption('');
  await page.getByLabel('Ways to authenticate that are asked for').fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await atHeading(page, 'Settings');
  assert.deepEqual(await settings(), { signRequests: false, forceAuthn: false, allowUnknownInResponseTo: false, allowSha1: false, encryption: 'off', nameIdFormat: null, requestedAuthnContext: [] });
  await edit();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Nothing was changed.').waitFor();
  assert.equal((await read()).version, 3);
});

test('keys are made with overlap, and their certificates downloaded', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/keys`);
  await atHeading(page, 'Keys');
  await page.getByText('There is none yet.').waitFor();
  for (const count of [1, 2]) {
    await page.getByLabel('Overlap (days)').fill('3');
    await page.getByRole('button', { name: 'Make the next key' }).click();
    await page.waitForFunction((rows) => document.querySelectorAll('tbody tr').length === rows, count);
  }
  const [old, next] = await site.items(`accounts/${account}/keys`);
  assert.ok(old.retiresAt && !next.retiresAt);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download PEM' }).last().click()]);
  assert.equal(file.suggestedFilename(), `${account}-signing-${next.fingerprint.slice(0, 8)}.pem`);
  const chunks = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), next.certificate);
  await page.getByLabel('Overlap (days)').fill('91');
  await page.getByRole('button', { name: 'Make the next key' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await descriptionOf(page.getByLabel('Overlap (days)')), /0 to 90/);
  await assertSound(page, 'keys');

  // A row that another MASTER_KEY wrapped.
  const unusable = page.getByText('Cannot be used: it was made under another MASTER_KEY, or is damaged');
  assert.equal(await unusable.count(), 0);
  await site.postern.sql(['UPDATE account_keys SET wrapped = ? WHERE id = ?', Buffer.alloc(100).toString('base64'), next.id]);
  await page.reload();
  await unusable.waitFor();
  assert.equal(await page.locator('tbody tr', { has: unusable }).count(), 1);
  await assertSound(page, 'keys that cannot be used');
});
