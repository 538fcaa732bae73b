import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

async function scene(t) {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, { name: 'Okta', kind: 'okta', jit: { enabled: true } });
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${account}/providers/${provider.id}`);
  await atHeading(page, 'Okta');
  await page.getByRole('link', { name: 'Change the rules' }).click();
  await atHeading(page, 'JIT rules of Okta');
  const saved = async () => (await site.api('GET', `accounts/${account}/providers/${provider.id}`)).body.jit.rules;
  return { account, provider, page, saved };
}

test('rules are made by keyboard, tried on recorded sign-ins, put in order and saved', async (t) => {
  const { account, provider, page, saved } = await scene(t);
  const { body: group } = await site.api('POST', `accounts/${account}/groups`, { name: 'Engineers' });
  await page.reload();
  await atHeading(page, 'JIT rules of Okta');
  const department = (value) => ({ department: value });
  await site.signIn(provider, { email: 'ada@example.com', attributes: department('engineering') });
  await site.signIn(provider, { email: 'ben@example.com', attributes: department('sales') });

  await page.getByRole('button', { name: 'Add a rule' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('Engineers');
  await page.getByRole('button', { name: 'Add a condition to rule 1' }).press('Enter');
  await page.getByLabel('Attribute', { exact: true }).fill('department');
  await page.getByLabel('How').selectOption('in');
  await page.getByLabel('Values, one a line').fill('Engineering\nResearch');
  await page.getByLabel('Ignore upper and lower case').check();
  await page.getByText('Groups to join').click();
  await page.getByLabel('Engineers').check();
  await assertSound(page, 'a rule');

  await page.getByRole('button', { name: 'Try them on the recorded sign-ins' }).click();
  await page.getByText('1 of the last 2 would have been denied, 0 more would have been let in.').waitFor();
  await page.getByRole('cell', { name: 'ben@example.com' }).waitFor();
  assert.deepEqual(await saved(), [], 'nothing is saved by trying');

  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.locator('#rule-1').getByLabel('Then').selectOption('deny');
  await page.getByRole('button', { name: 'Earlier rule 2' }).click();
  await page.getByRole('button', { name: 'Later rule 1' }).click();
  await page.getByRole('button', { name: 'Save the rules' }).click();
  await atHeading(page, 'Okta');
  const [first, second] = await saved();
  assert.deepEqual(first, {
    name: 'Engineers',
    conditions: [{ on: { attribute: 'department' }, operator: 'in', values: ['Engineering', 'Research'], ignoreCase: true }],
    effect: 'admit',
    groups: [group.id],
  });
  assert.deepEqual([second.conditions, second.effect], [[], 'deny']);
  await page.getByText('2 rules are asked').waitFor();
});

test('recorded sign-ins that take long to decide upon are tried page by page', async (t) => {
  const { account, provider, page } = await scene(t);
  await site.signIn(provider, { email: 'ada@example.com' });
  const groups = Array.from({ length: 1400 }, (_, at) => `Group${at}`);
  await site.postern.sql(
    ['UPDATE recordings SET attributes = ? WHERE account_id = ?', JSON.stringify([{ name: 'groups', values: groups }]), account],
    [
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
       INSERT INTO recordings (account_id, provider_id, id, at, name_id, email, email_folded, attributes, whole, outcome, expires_at)
       SELECT account_id, provider_id, id || i, at, name_id, email, email_folded, attributes, whole, outcome, expires_at
       FROM recordings, n WHERE account_id = ?`,
      account,
    ],
  );
  const path = `accounts/${account}/providers/${provider.id}`;
  const condition = { on: { attribute: 'groups' }, operator: 'contains', value: 'no such group', not: true };
  const never = { on: { attribute: 'department' }, operator: 'present' };
  const rules = Array.from({ length: 5 }, () => ({ conditions: [...Array(10).fill(condition), never], effect: 'admit' }));
  const { version } = (await site.api('GET', path)).body;
  assert.equal((await site.api('PATCH', path, { jit: { rules } }, { version })).status, 200);
  const asked = [];
  page.on('request', (request) => request.url().includes('dry-run') && asked.push(request.url()));
  await page.reload();
  await page.getByRole('button', { name: 'Try them on the recorded sign-ins' }).click();
  await page.getByText('0 of the last 20 would have been denied, 0 more would have been let in.').waitFor();
  assert.ok(asked.length > 2, String(asked.length));
});

test('what is wrong with a rule is told beside its field, and nothing typed is lost', async (t) => {
  const { page, saved } = await scene(t);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'Add a condition to rule 1' }).click();
  await page.getByLabel('Value', { exact: true }).fill('engineering');
  await page.getByRole('button', { name: 'Save the rules' }).click();
  const attribute = page.getByLabel('Attribute', { exact: true });
  await page.getByRole('alert').getByText('Attribute').waitFor();
  assert.equal(await attribute.getAttribute('aria-invalid'), 'true');
  await page.getByRole('button', { name: 'Try them on the recorded sign-ins' }).click();
  await page.getByRole('alert').getByText('Attribute').waitFor();
  assert.equal(await page.getByLabel('Value', { exact: true }).inputValue(), 'engineering');
  await page.getByRole('button', { name: 'Remove Condition 1 of rule 1' }).click();
  await page.getByText('It has no condition').waitFor();
  await page.getByRole('button', { name: 'Remove rule 1' }).click();
  await page.getByText('No rule: everyone comes in').waitFor();
  await page.getByRole('button', { name: 'Save the rules' }).click();
  await atHeading(page, 'Okta');
  assert.deepEqual(await saved(), []);
});
