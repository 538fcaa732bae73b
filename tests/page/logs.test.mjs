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
