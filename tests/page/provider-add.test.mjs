import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser, descriptionOf, tabTo } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

async function addForm(t) {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/providers`);
  await atHeading(page, 'Providers');
  return { account, page };
}

test('[000] a provider is added with the keyboard alone', async (t) => {
  const { account, page } = await addForm(t);
  await tabTo(page, 'Add a provider');
  await page.keyboard.press('Enter');
  await atHeading(page, 'Add a provider');
  await tabTo(page, 'Name');
  await page.keyboard.type('Keycloak of the keyboard');
  await tabTo(page, 'IdP kind');
  await page.keyboard.type('Key');
  await tabTo(page, 'IdP metadata (XML)');
  await page.keyboard.insertText(site.metadata());
  await tabTo(page, 'Enable JIT Provisioning');
  await page.keyboard.press('Space');
  await tabTo(page, 'JIT Validation Key');
  await page.keyboard.type('department');
  await tabTo(page, 'JIT Validation Value');
  await page.keyboard.type('engineering');
  await tabTo(page, 'More settings');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Clock skew (seconds)');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('60');
  await tabTo(page, 'Add provider');
  await page.keyboard.press('Enter');

  await atHeading(page, 'Keycloak of the keyboard');
  await page.getByRole('status').getByText('Next: copy these values into your IdP.').waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.matches('h1')), 'the focus is where reading goes on');
  const [provider] = await site.items(`accounts/${account}/providers`);
  assert.equal(provider.kind, 'keycloak');
  assert.equal(provider.clockSkewSeconds, 60);
  assert.deepEqual(provider.jit, { enabled: true, validationKey: 'department', validationValue: 'engineering', rules: [] });
  await assertSound(page, 'provider');

  assert.equal(await page.getByLabel('Client ID', { exact: true }).inputValue(), provider.sp.entityId);
  assert.equal(await page.getByLabel('Valid redirect URIs', { exact: true }).inputValue(), provider.sp.acsUrl);
  assert.equal(await page.getByLabel('Master SAML Processing URL', { exact: true }).inputValue(), provider.sp.acsUrl);
});

test('[000] [003] each kind of IdP gets the values under the names of its own console', async (t) => {
  const { account, page } = await addForm(t);
  const names = {
    okta: {
      'Single sign-on URL': 'acsUrl',
      'Audience URI (SP Entity ID)': 'entityId',
      'Single Logout URL': 'sloUrl',
      'SP metadata URL': 'metadataUrl',
      'Start URL': 'loginUrl',
    },
    entra: {
      'Identifier (Entity ID)': 'entityId',
      'Reply URL (Assertion Consumer Service URL)': 'acsUrl',
      'Logout Url (Optional)': 'sloUrl',
      'Sign on URL (Optional)': 'loginUrl',
      'SP metadata URL': 'metadataUrl',
    },
    onelogin: {
      'ACS (Consumer) URL': 'acsUrl',
      'Audience (EntityID)': 'entityId',
      'Single Logout URL': 'sloUrl',
      Recipient: 'acsUrl',
      'Login URL': 'loginUrl',
      'SP metadata URL': 'metadataUrl',
    },
    keycloak: {
      'Client ID': 'entityId',
      'Valid redirect URIs': 'acsUrl',
      'Home URL': 'loginUrl',
      'Logout Service Redirect Binding URL': 'sloUrl',
      'SP metadata URL': 'metadataUrl',
    },
    jumpcloud: { 'ACS URL': 'acsUrl', 'Logout URL': 'sloUrl', 'SP Entity ID': 'entityId', 'Login URL': 'loginUrl', 'SP metadata URL': 'metadataUrl' },
    other: {
      'Assertion consumer service (ACS) URL': 'acsUrl',
      'SP entity ID (audience)': 'entityId',
      'Single logout URL': 'sloUrl',
      'SP metadata URL': 'metadataUrl',
      'Start URL': 'loginUrl',
    },
  };
  for (const [kind, fields] of Object.entries(names)) {
    const provider = await site.newProvider(account, { name: `The ${kind}`, kind });
    await page.goto(`${site.admin}#/accounts/${account}/providers/${provider.id}`);
    await atHeading(page, provider.name);
    for (const [label, value] of Object.entries(fields)) {
      const field = page.getByLabel(label, { exact: true });
      assert.equal(await field.inputValue(), provider.sp[value], `${kind}: ${label}`);
      assert.ok(await field.evaluate((element) => element.readOnly));
    }
    if (kind === 'onelogin') {
      const pattern = new RegExp(await page.getByLabel('ACS (Consumer) URL Validator', { exact: true }).inputValue());
      assert.match(provider.sp.acsUrl, pattern);
      assert.doesNotMatch(`${provider.sp.acsUrl}x`, pattern);
    }
  }
});

test('Copy puts the value on the clipboard and says so', async (t) => {
  const { account, page } = await addForm(t);
  const provider = await site.newProvider(account, { name: 'Okta', kind: 'okta' });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${site.admin}#/accounts/${account}/providers/${provider.id}`);
  await page.getByRole('button', { name: 'Copy Single sign-on URL' }).click();
  await page.getByRole('status').getByText('Single sign-on URL copied.').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), provider.sp.acsUrl);
});

test('[000] a half-filled JIT pair is told beside the empty one of the two', async (t) => {
  const { account, page } = await addForm(t);
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Half');
  await page.getByLabel('IdP metadata (XML)').fill(site.metadata());
  const key = page.getByLabel('JIT Validation Key');
  const value = page.getByLabel('JIT Validation Value');
  await key.fill('department');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('alert').getByText('JIT Validation Value').waitFor();
  assert.equal(await value.getAttribute('aria-invalid'), 'true');
  assert.equal(await key.getAttribute('aria-invalid'), null);
  assert.ok(await value.evaluate((element) => element === document.activeElement), 'the focus is on the bad field');
  const { errors } = (
    await site.api('POST', `accounts/${account}/providers`, {
      name: 'Half',
      kind: 'okta',
      metadataXml: site.metadata(),
      jit: { enabled: true, validationKey: 'department' },
    })
  ).body;
  assert.ok((await descriptionOf(value)).includes(errors[0].message), 'the message is the server’s');
  await assertSound(page, 'half-filled pair');

  await key.fill('');
  await value.fill('engineering');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('alert').getByText('JIT Validation Key').waitFor();
  assert.equal(await key.getAttribute('aria-invalid'), 'true');
  assert.equal(await value.getAttribute('aria-invalid'), null, 'the old error is gone');

  await value.fill('');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await atHeading(page, 'Half');
});

test('all errors are told at once, and nothing that was typed is lost', async (t) => {
  const { page } = await addForm(t);
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByLabel('IdP metadata (XML)').fill('<html/>');
  await page.getByLabel('JIT Validation Key').fill('department');
  await page.getByText('More settings').click();
  await page.getByLabel('Clock skew (seconds)').fill('301');
  await page.getByText('More settings').click();
  await page.getByRole('button', { name: 'Add provider' }).click();
  const summary = page.getByRole('alert');
  for (const label of ['Name', 'IdP metadata (XML)', 'JIT Validation Value', 'Clock skew (seconds)']) {
    await summary.getByRole('button', { name: label, exact: true }).waitFor();
    const field = page.getByLabel(label, { exact: true });
    assert.equal(await field.getAttribute('aria-invalid'), 'true', label);
    assert.ok(await field.isVisible(), `${label} is not in a closed group`);
  }
  await summary.getByRole('button', { name: 'Clock skew (seconds)' }).click();
  assert.ok(await page.getByLabel('Clock skew (seconds)').evaluate((element) => element === document.activeElement));
  assert.equal(await page.getByLabel('IdP metadata (XML)').inputValue(), '<html/>');
  await assertSound(page, 'many errors');
});

test('the values that an IdP asks for first are there before there is a provider', async (t) => {
  const { account, page } = await addForm(t);
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByText('Your IdP asks for our values first?').click();
  const early = {
    acsUrl: await page.getByLabel('Single sign-on URL').inputValue(),
    entityId: await page.getByLabel('Audience URI (SP Entity ID)').inputValue(),
  };
  await page.getByLabel('IdP kind').selectOption('entra');
  await page.getByLabel('Reply URL (Assertion Consumer Service URL)').waitFor();
  const { sp } = await site.newProvider(account, { name: 'Later', kind: 'okta' });
  assert.deepEqual(early, { acsUrl: sp.acsUrl, entityId: sp.entityId });
});
