import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser, descriptionOf } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();
const stored = (page) => page.evaluate(() => JSON.stringify(sessionStorage));

test('the page opens on the accounts, and where there is only one, on its providers', async (t) => {
  const page = await open(t);
  await page.goto(site.setUpLink);
  await atHeading(page, 'Accounts');
  await page.getByText('There is no account yet. Create the first one').waitFor();
  await assertSound(page, 'no account');
  const account = await site.newAccount();
  await page.goto(site.admin);
  await atHeading(page, 'Providers');
  assert.ok(page.url().endsWith(`#/accounts/${account}/providers`));
});

test('the set-up link opens the page and leaves no token in the address', async (t) => {
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.ok(!page.url().includes('token'));
  await page.getByRole('button', { name: 'Forget token' }).waitFor();
  await page.goto(`${site.admin}#/accounts`);
  await atHeading(page, 'Accounts');
  await page.goBack();
  assert.ok(!page.url().includes(site.token), 'nor in the history');
  assert.ok((await stored(page)).includes(site.token));
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
  await assertSound(page, 'after the set-up link');
});

test('without a token there is a form, and after it the view that was asked for', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(`${site.admin}#/accounts/${account}/users`);
  await atHeading(page, 'Open the admin page');
  await page.getByText('prints it, and a link').waitFor();
  await assertSound(page, 'token form');

  const field = page.getByLabel('Set-up token');
  assert.ok(await field.evaluate((element) => element === document.activeElement), 'the field has the focus');
  await page.keyboard.press('Enter');
  await page.getByText('Paste the set-up token here.').first().waitFor();

  await field.fill('not the token of this installation');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Token not accepted').waitFor();
  assert.match(await descriptionOf(field), /does not accept this token/);
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await stored(page), '{}', 'a wrong token is not kept');
  await assertSound(page, 'wrong token');

  await field.fill(`  ${site.token} `);
  await page.keyboard.press('Enter');
  await atHeading(page, 'Users');
});

test('a link with a wrong token leads to the form', async (t) => {
  const page = await open(t);
  await page.goto(`${site.admin}#token=wrong-wrong-wrong-wrong`);
  await page.getByRole('alert').getByText('Token not accepted').waitFor();
  assert.equal(await stored(page), '{}');
});

test('a token that is refused while a form is open costs nothing of what was typed', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/providers/new`);
  await page.getByLabel('Name', { exact: true }).fill('Acme IdP');
  await page.getByLabel('IdP metadata (XML)').fill(site.metadata());
  await page.evaluate(() => {
    for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, 'turned-around-in-between');
  });
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('alert').getByText('no longer accepts the set-up token').waitFor();
  await page.getByRole('button', { name: 'Enter the token again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Enter the set-up token' });
  await dialog.getByLabel('Set-up token').fill(site.token);
  await page.keyboard.press('Enter');
  await atHeading(page, 'Acme IdP');
  await assertSound(page, 'after a new token');
});

test('“Forget token” closes the page', async (t) => {
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.getByRole('button', { name: 'Forget token' }).click();
  await atHeading(page, 'Open the admin page');
  assert.equal(await stored(page), '{}');
});
