import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser, dropFile } from './support/page.mjs';
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

test('metadata is taken from a file, dropped or chosen', async (t) => {
  const { account, page } = await addForm(t);
  const metadata = site.metadata();
  await page.getByRole('link', { name: 'Add a provider' }).click();
  const area = page.getByLabel('IdP metadata (XML)');
  await dropFile(page, page.getByText('You can also drop the file here.'), { name: 'dropped.xml', text: `\uFEFF${metadata}` });
  await page.getByText('dropped.xml').waitFor();
  assert.equal(await area.inputValue(), metadata);

  await page
    .getByLabel('Or take it from a file')
    .setInputFiles({ name: 'chosen.xml', mimeType: 'text/xml', buffer: Buffer.from('<chosen/>') });
  await page.getByText('chosen.xml', { exact: false }).waitFor();
  assert.equal(await area.inputValue(), '<chosen/>');

  await dropFile(page, area, { name: 'again.xml', text: metadata });
  await page.getByText('again.xml').waitFor();
  await dropFile(page, page.getByRole('heading', { level: 1 }), { name: 'missed.xml', text: '<missed/>' });
  await atHeading(page, 'Add a provider');
  await page.getByLabel('Name', { exact: true }).fill('From a file');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await atHeading(page, 'From a file');
  assert.equal((await site.items(`accounts/${account}/providers`)).length, 1);
  await assertSound(page, 'after a drop');
});

test('what was typed survives a look at another view', async (t) => {
  const { page } = await addForm(t);
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Half written');
  await page.getByRole('link', { name: 'Sign-in log' }).click();
  await atHeading(page, 'Sign-in log');
  await page.goBack();
  await page.getByRole('status').getByText('not saved').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Half written');
  await assertSound(page, 'back at the form');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Add a provider' }).click();
  await atHeading(page, 'Add a provider');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), '', 'but not Cancel');
});
