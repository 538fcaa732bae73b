import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation({ prefix: '/gratis' });
const open = browser();

test('the page works below a path prefix', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  const outside = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${site.base}/`)) outside.push(request.url());
  });
  await page.goto(site.setUpLink);
  await atHeading(page, 'Providers');
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByText('Your IdP asks for our values first?').click();
  assert.ok((await page.getByLabel('Single sign-on URL').inputValue()).startsWith(`${site.base}/gateway/`));
  await page.getByLabel('Name', { exact: true }).fill('Below a prefix');
  await page.getByLabel('IdP metadata (XML)').fill(site.metadata());
  await page.getByRole('button', { name: 'Add provider' }).click();
  await atHeading(page, 'Below a prefix');
  assert.ok(page.url().startsWith(`${site.admin}#/accounts/${account}/providers/`));
  await assertSound(page, 'below a prefix');
  assert.deepEqual(outside, []);
});

test('the address without its last slash leads to the page', async (t) => {
  const page = await open(t);
  await page.goto(`${site.base}/admin`);
  await atHeading(page, 'Open the admin page');
  assert.equal(page.url(), site.admin);
});
