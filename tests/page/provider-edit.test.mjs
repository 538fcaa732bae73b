import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

async function providerPage(t, settings) {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, { name: 'Acme IdP', kind: 'okta', ...settings });
  const path = `accounts/${account}/providers/${provider.id}`;
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/${path}`);
  await atHeading(page, 'Acme IdP');
  const now = async () => (await site.api('GET', path)).body;
  const changeElsewhere = async (body) => site.api('PATCH', path, body, { version: (await now()).version });
  return { account, page, path, now, changeElsewhere };
}

test('[000] an edit changes what was edited and nothing else', async (t) => {
  const { page, now } = await providerPage(t, {
    jit: { enabled: true, validationKey: 'department', validationValue: 'engineering' },
  });
  const before = await now();
  await page.getByRole('link', { name: 'Edit' }).click();
  await atHeading(page, 'Edit Acme IdP');
  await assertSound(page, 'edit form');
  assert.equal(await page.getByLabel('JIT Validation Value').inputValue(), 'engineering');
  await page.getByLabel('JIT Validation Key').fill('');
  await page.getByLabel('JIT Validation Value').fill('');
  await page.getByText('More settings').click();
  await page.getByLabel('SP entity ID').fill('https://sp.example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').getByText('Provider “Acme IdP” saved.').waitFor();
  const after = await now();
  assert.deepEqual(after.jit, { enabled: true, validationKey: null, validationValue: null, rules: [] });
  assert.equal(after.spEntityId, 'https://sp.example.com');
  assert.deepEqual(after.certificates, before.certificates);
  assert.equal(await page.getByLabel('Audience URI (SP Entity ID)').inputValue(), 'https://sp.example.com');
});

test('after a change by somebody else what was typed stays, and the rest is theirs', async (t) => {
  const { page, now, changeElsewhere } = await providerPage(t);
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Name', { exact: true }).fill('My name for it');
  await page.getByLabel('JIT Validation Key').fill('team');
  await page.getByLabel('JIT Validation Value').fill('blue');
  await changeElsewhere({ name: 'Their name for it', clockSkewSeconds: 30, jit: { enabled: true } });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('Somebody else changed this provider').waitFor();
  assert.equal((await now()).name, 'Their name for it', 'nothing was overwritten');
  await assertSound(page, 'stale edit');

  await page.getByRole('button', { name: 'Load the new state, keep what I typed' }).click();
  await page.getByText('The other change has: “Their name for it”').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'My name for it');
  assert.equal(await page.getByLabel('JIT Validation Key').inputValue(), 'team');
  assert.ok(await page.getByLabel('Enable JIT Provisioning').isChecked());
  await assertSound(page, 'new state loaded');
  await page.getByRole('button', { name: 'Save' }).click();
  await atHeading(page, 'My name for it');
  const saved = await now();
  assert.equal(saved.name, 'My name for it');
  assert.equal(saved.clockSkewSeconds, 30);
  assert.deepEqual(saved.jit, { enabled: true, validationKey: 'team', validationValue: 'blue', rules: [] });
});

test('a provider is disabled and enabled, but not over somebody else’s change', async (t) => {
  const { page, now, changeElsewhere } = await providerPage(t);
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('status').getByText('Acme IdP is disabled.').waitFor();
  assert.equal((await now()).enabled, false);
  await page.getByText('Disabled', { exact: true }).waitFor();
  await changeElsewhere({ clockSkewSeconds: 30 });
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('alert').getByText('Somebody else changed this provider').waitFor();
  await assertSound(page, 'stale enable');
  await page.getByRole('button', { name: 'Load the new state' }).click();
  await page.getByText('30 seconds').waitFor();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('status').getByText('Acme IdP is enabled.').waitFor();
  assert.equal((await now()).enabled, true);
});

test('whom a provider signs in, and whose groups it keeps, is set beside its JIT settings', async (t) => {
  const { page, now } = await providerPage(t);
  const before = await now();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Keep linked groups in step').check();
  await page.getByLabel('Groups attribute').fill('memberOf');
  await page.getByLabel('Allowed e-mail domains, one a line').fill('example.com\nnot a domain');
  await page.getByText('More settings').click();
  await page.getByLabel('Accept users of other providers').check();
  await page.getByLabel('Generation').selectOption('legacy');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  assert.deepEqual((await now()).authorization, before.authorization, 'nothing was saved');
  await page.getByLabel('Allowed e-mail domains, one a line').fill('example.com\n\nexample.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Follow “memberOf” at each sign-in').waitFor();
  const { authorization, allowedEmailDomains, acceptUsersOfOtherProviders, generation } = await now();
  assert.deepEqual(authorization, { enabled: true, groupsAttribute: 'memberOf' });
  assert.deepEqual([allowedEmailDomains, acceptUsersOfOtherProviders, generation], [['example.com', 'example.org'], true, 'legacy']);
});

test('a draft is tried, and enabling it ends the draft', async (t) => {
  const { page, now } = await providerPage(t);
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Draft', { exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').getByText('Provider “Acme IdP” saved.').waitFor();
  await page.getByText('Draft', { exact: true }).waitFor();
  const { draft, enabled, sp } = await now();
  assert.deepEqual([draft, enabled], [true, false]);
  assert.equal(await page.getByRole('link', { name: 'Try this draft' }).getAttribute('href'), sp.testUrl);
  await assertSound(page, 'draft');
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('status').getByText('Acme IdP is enabled.').waitFor();
  const after = await now();
  assert.deepEqual([after.draft, after.enabled], [false, true]);
});

test('deleting asks first, naming the provider', async (t) => {
  const { account, page, path } = await providerPage(t);
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete the provider “Acme IdP”?' });
  await dialog.waitFor();
  await assertSound(page, 'delete dialog');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel', 'the safe answer has the focus');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await site.api('GET', path)).status, 200);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Delete', 'the focus is back');

  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete “Acme IdP”' }).click();
  await atHeading(page, 'Providers');
  await page.getByRole('status').getByText('Provider “Acme IdP” deleted.').waitFor();
  assert.equal((await site.api('GET', path)).status, 404);
  assert.equal((await site.items(`accounts/${account}/providers`)).length, 0);
});
