import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

/** An account with one person who came in and one who was refused. */
async function withSignIns(t) {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, {
    name: 'Acme IdP',
    kind: 'okta',
    jit: { enabled: true, validationKey: 'department', validationValue: 'engineering' },
  });
  await site.signIn(provider, { email: 'Ada@Example.com', attributes: { department: 'engineering' } });
  await site.signIn(provider, { email: 'bob@example.com', attributes: { department: 'sales' } });
  const page = await open(t);
  await page.goto(site.setUpLink);
  return { account, provider, page };
}

test('[000] a person who signed in is among the users', async (t) => {
  const { account, page } = await withSignIns(t);
  await page.goto(`${site.admin}#/accounts/${account}/users`);
  await atHeading(page, 'Users');
  const row = page.getByRole('row', { name: /Ada@Example\.com/ });
  await row.getByText('Active').waitFor();
  await row.getByText('JIT').waitFor();
  assert.equal(await page.getByRole('row').count(), 2, 'the heading and one user');
  await row.getByRole('link').click();
  await atHeading(page, 'Ada@Example.com');
  await assertSound(page, 'user');
  await page.goBack();
  await atHeading(page, 'Users');

  await page.getByLabel('E-mail').fill('ada@example.COM');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Show all' }).waitFor();
  await row.waitFor();
  await page.getByLabel('E-mail').fill('bob@example.com');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No user has the e-mail address “bob@example.com”').waitFor();
  await assertSound(page, 'user not found');
  await page.getByLabel('E-mail').fill('bob');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('E-mail').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'bob');
  await assertSound(page, 'not an e-mail address');
});

test('the sign-in log tells of a refusal why, and what to do', async (t) => {
  const { account, page } = await withSignIns(t);
  const [entry] = await site.items(`accounts/${account}/sign-ins?outcome=refused`);
  await page.goto(`${site.admin}#/accounts/${account}/sign-ins`);
  await atHeading(page, 'Sign-in log');
  const rows = page.getByRole('list', { name: 'Sign-ins' }).getByRole('listitem');
  assert.equal(await rows.count(), 2);
  assert.match(await rows.first().innerText(), /Refused\s+bob@example\.com/, 'newest first');
  await assertSound(page, 'log');

  await page.getByRole('link', { name: 'Refused' }).click();
  await page.locator('[aria-current]').getByText('Refused').waitFor();
  assert.equal(await rows.count(), 1);
  const summary = rows.first().locator('summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  for (const text of [
    entry.error.message,
    entry.error.expected,
    entry.error.got,
    entry.error.remedy,
    entry.error.code,
    entry.id,
  ]) {
    await rows.first().locator('.entry').getByText(text, { exact: true }).first().waitFor();
  }
  const trace = rows.first().getByRole('table', { name: 'How it was decided' });
  for (const step of entry.trace) await trace.getByRole('cell', { name: step.wanted, exact: true }).first().waitFor();
  await trace.getByRole('row', { name: /JIT Validation Key and Value.*Not met/ }).waitFor();
  await assertSound(page, 'open refusal');
  await rows.first().getByRole('link', { name: 'Link to this entry' }).click();
  await atHeading(page, 'Sign-in of bob@example.com');
  await page.getByText(entry.error.remedy).waitFor();
  await assertSound(page, 'one sign-in');
});

test('a reference id is looked up', async (t) => {
  const { account, page } = await withSignIns(t);
  const [entry] = await site.items(`accounts/${account}/sign-ins?outcome=refused`);
  await page.goto(`${site.admin}#/accounts/${account}/sign-ins`);
  await page.getByLabel('Reference id').fill(` Reference: ${entry.id} `);
  await page.getByRole('button', { name: 'Look up' }).click();
  await atHeading(page, 'Sign-in of bob@example.com');
  await page.getByText(entry.error.message).first().waitFor();

  await page.goto(`${site.admin}#/accounts/${account}/sign-ins/there-is-none`);
  await atHeading(page, 'No such sign-in');
  assert.equal(await page.getByLabel('Reference id').inputValue(), 'there-is-none');
  await assertSound(page, 'unknown reference id');
});

test('a response is checked without effect', async (t) => {
  const { account, provider, page } = await withSignIns(t);
  const users = (await site.items(`accounts/${account}/users`)).length;
  const response = await site.response(provider, { email: 'carol@example.com', attributes: { department: 'engineering' } });
  await page.goto(`${site.admin}#/accounts/${account}/explain`);
  await atHeading(page, 'Check a response');
  await page.getByLabel('SAML response (base64)').fill(`SAMLResponse=${encodeURIComponent(response)}&RelayState=`);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('heading', { name: 'This response would be accepted' }).waitFor();
  await page.getByRole('table', { name: 'Checks, in their order' }).getByText('Passed').first().waitFor();
  await page.getByText('carol@example.com').first().waitFor();
  await assertSound(page, 'accepted response');

  await page.getByLabel('As if it came at (optional)').fill('2001-01-01T00:00:00Z');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('heading', { name: 'This response would be refused' }).waitFor();
  await page.getByRole('table', { name: 'Checks, in their order' }).getByText('Failed').first().waitFor();
  await page.getByText('What to do').waitFor();
  await page.getByText('If the checks above passed, a user would be created just in time.').waitFor();
  await page.getByRole('table', { name: 'Checks of the signature of the Assertion' }).getByText('Passed').first().waitFor();
  await assertSound(page, 'refused response');

  const unsigned = Buffer.from(Buffer.from(response, 'base64').toString().replace(/<ds:Signature.*<\/ds:Signature>/s, '')).toString('base64');
  assert.notEqual(unsigned, response);
  await page.getByLabel('As if it came at (optional)').fill('');
  await page.getByLabel('SAML response (base64)').fill(unsigned);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('heading', { name: 'What the response claims' }).waitFor();
  await page.getByText('Nobody trusted has signed this.').waitFor();
  await page.getByRole('table', { name: 'Checks, in their order' }).getByText('Would pass').first().waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Subject' }).count(), 0);
  await assertSound(page, 'unsigned response');
  assert.equal((await site.items(`accounts/${account}/users`)).length, users);
});
