import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { assertSound, atHeading, browser } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

test('the audit log tells who changed what and how it was, by filter, and comes as a file', async (t) => {
  const account = await site.newAccount();
  const { body: group } = await site.api('POST', `accounts/${account}/groups`, { name: 'Engineers' });
  await site.api('PATCH', `accounts/${account}/groups/${group.id}`, { name: 'Builders' }, { headers: { 'if-match': '"1"' } });
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/audit-log`);
  await atHeading(page, 'Audit log');
  const rows = page.getByRole('list', { name: 'Audit log' }).getByRole('listitem');
  await page.getByLabel('What', { exact: true }).fill('group.updated');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('ol.log > li').length === 1);
  assert.match(await rows.first().innerText(), new RegExp(`group\\.updated\\s+group/${group.id} by setup-token`));
  await rows.first().locator('summary').press('Enter');
  for (const name of ['Engineers', 'Builders']) await rows.first().getByRole('cell', { name }).waitFor();
  await assertSound(page, 'audit log');

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as NDJSON' }).click()]);
  assert.equal(download.suggestedFilename(), `${account}-audit-log.ndjson`);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ action, resource }) => [action, resource]), [['group.updated', `group/${group.id}`]]);

  await page.getByLabel('What', { exact: true }).fill('nothing.of_the_kind');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('Nothing here fits.').waitFor();
});

test('the provisioning log tells what SCIM was refused, and whose users it may take over is set beside its token', async (t) => {
  const account = await site.newAccount();
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/scim`);
  await atHeading(page, 'SCIM and API keys');
  await page.getByLabel('SCIM takes them over when it pushes them').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').getByText('Saved.').waitFor();
  assert.equal((await site.api('GET', `accounts/${account}`)).body.adoptJitUsers, true);
  await page.getByLabel('Name').fill('Okta');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.getByLabel('Token of Okta').inputValue();
  const base = await page.getByLabel('SCIM base URL').inputValue();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', 'user-agent': 'Okta SCIM Client 1.0.0' };
  const post = async (body) => (await fetch(`${base}/Users`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  assert.deepEqual([await post({ userName: 'ada@example.com' }), await post({ userName: 'ADA@example.com' })], [201, 409]);

  await page.getByRole('link', { name: 'Provisioning log' }).click();
  await atHeading(page, 'Provisioning log');
  const rows = page.getByRole('list', { name: 'Provisioning log' }).getByRole('listitem');
  assert.match(await rows.nth(1).innerText(), /201 done\s+POST \/Users from okta/);
  await page.getByLabel('How it ended').fill('refused');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('ol.log > li').length === 1);
  await rows.first().locator('summary').press('Enter');
  await rows.first().getByText('uniqueness', { exact: true }).first().waitFor();
  assert.doesNotMatch(await rows.first().innerText(), /ada@/i, 'no address');
  await assertSound(page, 'provisioning log');
});
