import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser, descriptionOf } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

test('an account is created, and its empty sections say what to do next', async (t) => {
  const id = site.unusedName('acme');
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts`);
  await atHeading(page, 'Accounts');
  await page.getByLabel('Account id').fill(id);
  await page.getByLabel('Name').fill('Acme Ltd');
  await page.getByRole('button', { name: 'Create account' }).click();
  await atHeading(page, 'Providers');
  await page.getByRole('status').getByText(`Account ${id} created.`).waitFor();
  await page.getByText('No identity provider yet. Add the first one').waitFor();
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByText('No user yet.').waitFor();
  await page.getByRole('link', { name: 'Sign-in log' }).click();
  await page.getByText('No sign-in yet.').waitFor();
  assert.equal(await page.title(), `Sign-in log · ${id} · Postern`);
  await page.getByRole('link', { name: 'Change' }).click();
  await page.getByRole('link', { name: id, exact: true }).waitFor();
});

test('an account id that cannot be is told beside its field, one that is taken above the form', async (t) => {
  const taken = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts`);
  await atHeading(page, 'Accounts');
  const id = page.getByLabel('Account id');
  await id.fill('not an id');
  await page.getByLabel('Name').fill('Acme Ltd');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await id.getAttribute('aria-invalid'), 'true');
  assert.notEqual(await descriptionOf(id), '');
  assert.ok(await id.evaluate((element) => element === document.activeElement), 'the focus is on the bad field');
  await assertSound(page, 'bad account id');

  await id.fill(taken);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('alert').getByText('An account of this id exists.').waitFor();
});
