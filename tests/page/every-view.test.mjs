import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

async function views() {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, {
    name: 'An identity provider with a rather long name',
    kind: 'onelogin',
    jit: {
      enabled: true,
      validationKey: 'http://schemas.example.com/claims/with/a/long/name/department',
      validationValue: 'engineering',
    },
  });
  const attributes = { 'http://schemas.example.com/claims/with/a/long/name/department': 'engineering' };
  await site.signIn(provider, { email: 'somebody.with.a.rather.long.address@engineering.example.com', attributes });
  await site.signIn(provider, { email: 'bob@example.com', attributes: {} });
  const [user] = await site.items(`accounts/${account}/users`);
  const { body: group } = await site.api('POST', `accounts/${account}/groups`, { name: 'A group with a name that is as long as names of groups at identity providers tend to be' });
  await site.api('PUT', `accounts/${account}/groups/${group.id}/members/${user.id}`);
  const principal = { type: 'group', id: group.id };
  await site.api('POST', `accounts/${account}/role-bindings`, { principal, role: 'Account Viewer', resourceGroup: 'All Resources' });
  await site.api('POST', `accounts/${account}/invitations`, { email: 'somebody.else@engineering.example.com', groups: [group.id] });
  const { body: key } = await site.api('POST', `accounts/${account}/api-keys`, { name: 'Okta', owner: { type: 'user', id: user.id } });
  await site.api('POST', `accounts/${account}/api-keys/${key.id}/tokens`, { name: 'The first' });
  const [signIn] = await site.items(`accounts/${account}/sign-ins`);
  return [
    '',
    `/${account}/providers`,
    `/${account}/providers/new`,
    `/${account}/providers/${provider.id}`,
    `/${account}/providers/${provider.id}/edit`,
    `/${account}/providers/${provider.id}/rules`,
    `/${account}/users`,
    `/${account}/users/${user.id}`,
    `/${account}/groups`,
    `/${account}/groups/${group.id}`,
    `/${account}/invitations`,
    `/${account}/scim`,
    `/${account}/api-keys/${key.id}`,
    `/${account}/sign-ins`,
    `/${account}/sign-ins/${signIn.id}`,
    `/${account}/provisioning-log`,
    `/${account}/audit-log`,
    `/${account}/events`,
    `/${account}/explain`,
    `/${account}/keys`,
    `/${account}/no-such-view`,
  ].map((path) => `/accounts${path}`);
}

for (const options of [{ width: 320 }, { width: 320, colorScheme: 'dark' }, { width: 1280 }]) {
  test(`every view is sound at ${options.width} pixels${options.colorScheme ? ', dark' : ''}`, async (t) => {
    const page = await open(t, options);
    await page.goto(site.setUpLink);
    for (const view of await views()) {
      // The heading of another view stays until this one is drawn.
      await page.evaluate((hash) => location.hash === hash || document.querySelector('h1')?.setAttribute('data-before', ''), `#${view}`);
      await page.goto(`${site.admin}#${view}`);
      await page.locator('h1:not([data-before])').waitFor();
      await page.waitForFunction(() => !document.querySelector('.loading'));
      await page.evaluate(() => {
        for (const group of document.querySelectorAll('details')) group.open = true;
      });
      await assertSound(page, `${view} at ${options.width}`);
    }
  });
}

test('the policy is sent with the page, and enforced', async (t) => {
  const page = await open(t);
  const response = await page.goto(site.admin);
  const policy = (await response.headerValue('content-security-policy')).split(';').map((part) => part.trim());
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(policy.includes(part), part);
  }
  assert.deepEqual(page.troubles, []);
  const outcome = await page.evaluate(async () => {
    const result = {};
    try {
      document.createElement('p').innerHTML = '<b>markup</b>';
    } catch (error) {
      result.markup = error.name;
    }
    const script = document.createElement('script');
    script.append('window.inlineRan = true');
    try {
      document.head.append(script);
    } catch {
      /* Trusted Types refuse it before the policy does. */
    }
    result.inline = window.inlineRan ?? false;
    result.elsewhere = await fetch('https://example.com/').then(
      () => true,
      () => false,
    );
    return result;
  });
  assert.deepEqual(outcome, { markup: 'TypeError', inline: false, elsewhere: false });
  await page.waitForFunction(() => true);
  assert.notDeepEqual(page.troubles, [], 'and the test would have seen it');
});

test('the page says so when the server does not answer, and goes on when it does', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await atHeading(page, /Accounts|Providers/);
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.goto(`${site.admin}#/accounts/${account}/users`);
  await page.getByRole('alert').getByText('Postern did not answer').waitFor();
  await page.unroute('**/api/v1/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await atHeading(page, 'Users');
});

test('an answer that comes late does not replace the view that came after it', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await atHeading(page, /Accounts|Providers/);
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route('**/users*', async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await page.goto(`${site.admin}#/accounts/${account}/users`);
  await page.getByText('Loading…').waitFor();
  await page.goto(`${site.admin}#/accounts/${account}/sign-ins`);
  await atHeading(page, 'Sign-in log');
  release();
  await page.unrouteAll({ behavior: 'wait' });
  await atHeading(page, 'Sign-in log');
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
});

test('a save that ends after somebody went elsewhere does not take them away', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/providers/new`);
  await page.getByLabel('Name', { exact: true }).fill('Slow');
  await page.getByLabel('IdP metadata (XML)').fill(site.metadata());
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route('**/providers', async (route) => {
    if (route.request().method() === 'POST') await held;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('link', { name: 'Users' }).click();
  await atHeading(page, 'Users');
  release();
  await page.getByRole('status').getByText('Provider “Slow” added.').waitFor();
  await atHeading(page, 'Users');
  await page.goBack();
  await atHeading(page, 'Add a provider');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), '', 'what was saved is not offered again');
});

test('lists go on page by page, and Back leads back', async (t) => {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, { name: 'Acme IdP', kind: 'okta', jit: { enabled: true } });
  for (const name of ['ada', 'bob', 'carol']) await site.signIn(provider, { email: `${name}@example.com` });
  const page = await open(t);
  await page.goto(site.setUpLink);
  const seen = async (selector) => page.locator(selector).allInnerTexts();
  for (const [section, title, entries] of [
    ['users', 'Users', 'td a'],
    ['sign-ins', 'Sign-in log', '.log .who'],
  ]) {
    await page.goto(`${site.admin}#/accounts/${account}/${section}?limit=2`);
    await atHeading(page, title);
    const first = await seen(entries);
    assert.equal(first.length, 2, section);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByRole('link', { name: 'First page' }).waitFor();
    assert.equal(new Set([...first, ...(await seen(entries))]).size, 3, section);
    await page.goBack();
    await page.getByRole('link', { name: 'Next page' }).waitFor();
    assert.deepEqual(await seen(entries), first, section);
  }
});

test('the skip link leads past the navigation without leaving the view', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/users`);
  await atHeading(page, 'Users');
  await page.locator('#skip').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  assert.ok(page.url().endsWith(`#/accounts/${account}/users`));
});
