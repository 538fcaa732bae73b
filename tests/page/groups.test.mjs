import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSound, atHeading, browser, tabTo } from './support/page.mjs';
import { installation } from './support/installation.mjs';

const site = installation();
const open = browser();

async function at(t, view, heading) {
  const page = await open(t);
  await page.goto(site.setUpLink);
  await page.goto(`${site.admin}#/accounts/${view}`);
  await atHeading(page, heading);
  return page;
}

const inStatus = (page, text) => page.getByRole('status').getByText(text).first().waitFor();

test('a group is made, given a role, filled and emptied by keyboard alone, renamed and deleted', async (t) => {
  const account = await site.newAccount();
  await site.api('POST', `accounts/${account}/users`, { email: 'ada@example.com', displayName: 'Ada Lovelace' });
  const page = await at(t, `${account}/groups`, 'Groups');
  await page.getByText('No group yet.').waitFor();
  await tabTo(page, 'Name');
  await page.keyboard.type('example-group');
  await page.keyboard.press('Enter');
  await atHeading(page, 'example-group');
  await page.getByText('example_group', { exact: true }).waitFor();

  await tabTo(page, 'Give the role');
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'App User', exact: true }).waitFor();

  await page.getByLabel('Put somebody into it').focus();
  await page.keyboard.type('Ada@Example.com');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'ada@example.com' }).waitFor();
  await assertSound(page, 'a group with a member');
  const [group] = await site.items(`accounts/${account}/groups`);
  const members = `accounts/${account}/groups/${group.id}/members`;
  assert.deepEqual((await site.items(members)).map(({ email }) => email), ['ada@example.com']);
  const [binding] = await site.items(`accounts/${account}/role-bindings`);
  assert.deepEqual([binding.principal.id, binding.role, binding.resourceGroup], [group.id, '_app_user', '_all_resources']);

  await tabTo(page, 'Take away App User');
  await page.keyboard.press('Enter');
  await page.getByText('This group has no role').waitFor();
  await tabTo(page, 'Take out ada@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is in this group.').waitFor();
  assert.deepEqual(await site.items(members), []);

  await page.getByLabel('Name', { exact: true }).fill('Engineers');
  await page.getByRole('button', { name: 'Rename' }).click();
  await atHeading(page, 'Engineers');
  await page.getByText('example_group', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete “Engineers”' }).click();
  await atHeading(page, 'Groups');
  assert.deepEqual(await site.items(`accounts/${account}/groups`), []);
});

test('what cannot be done with a group is told where it was asked for', async (t) => {
  const account = await site.newAccount();
  const { body: group } = await site.api('POST', `accounts/${account}/groups`, { name: 'Engineers' });
  await site.api('POST', `accounts/${account}/groups`, { name: 'Sales' });
  const page = await at(t, `${account}/groups/${group.id}`, 'Engineers');
  await page.getByLabel('Put somebody into it').fill('nobody@example.com');
  await page.getByRole('button', { name: 'Put in' }).click();
  await page.getByRole('alert').getByText('No user has this e-mail address.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('sales');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('alert').filter({ hasText: 'name' }).first().waitFor();
  // Somebody else was faster.
  await site.api('PATCH', `accounts/${account}/groups/${group.id}`, { name: 'Builders' }, { headers: { 'if-match': '"1"' } });
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete “Engineers”' }).click();
  await page.getByRole('alert').getByText('Somebody else changed this group meanwhile').waitFor();
  await page.getByRole('button', { name: 'Load the new state' }).click();
  await atHeading(page, 'Builders');
});

test('a group follows a group of an identity provider, and stops', async (t) => {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, { name: 'Okta', kind: 'okta' });
  const { body: group } = await site.api('POST', `accounts/${account}/groups`, { name: 'Engineers' });
  const page = await at(t, `${account}/groups/${group.id}`, 'Engineers');
  await page.getByLabel('Identity provider').selectOption({ label: 'Okta' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('Group there').waitFor();
  await page.getByLabel('Group there').fill('Engineering');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“Engineering” of Okta').waitFor();
  const read = async () => (await site.api('GET', `accounts/${account}/groups/${group.id}`)).body.link;
  assert.deepEqual(await read(), { providerId: provider.id, samlGroup: 'Engineering' });
  await page.getByLabel('Identity provider').selectOption('');
  await page.getByRole('button', { name: 'Save' }).click();
  await inStatus(page, 'The group follows nothing.');
  assert.equal(await read(), null);
});

test('somebody is invited into a group, and the link is shown once', async (t) => {
  const account = await site.newAccount();
  const { body: group } = await site.api('POST', `accounts/${account}/groups`, { name: 'Engineers' });
  const page = await at(t, `${account}/invitations`, 'Invitations');
  await page.getByLabel('E-mail').fill('not an address');
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Group to join').selectOption({ label: 'Engineers' });
  await page.getByRole('button', { name: 'Invite' }).click();
  const shown = page.getByLabel('Link for ada@example.com');
  assert.match(await shown.inputValue(), new RegExp(`^${site.base}/invitations/${account}/`));
  await assertSound(page, 'an invitation that was made');
  const [invitation] = await site.items(`accounts/${account}/invitations`);
  assert.deepEqual([invitation.email, invitation.groups], ['ada@example.com', [group.id]]);
  await page.getByRole('link', { name: 'Users' }).click();
  await atHeading(page, 'Users');
  await page.getByRole('link', { name: 'Invitations' }).click();
  await page.getByRole('cell', { name: 'Engineers' }).waitFor();
  assert.equal(await shown.count(), 0);
  await page.getByRole('button', { name: 'Withdraw the invitation of ada@example.com' }).click();
  await page.getByText('Nobody is invited.').waitFor();
});

test('a token for an identity provider is made, shown once, and revoked', async (t) => {
  const account = await site.newAccount();
  const page = await at(t, `${account}/scim`, 'SCIM and API keys');
  assert.equal(await page.getByLabel('SCIM base URL').inputValue(), `${site.base}/gateway/ng/api/scim/account/${account}`);
  await page.getByLabel('Name').fill('Okta');
  await page.getByLabel('Good for (days)').fill('-1');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByRole('alert').getByText('Good for (days)').waitFor();
  await page.getByLabel('Good for (days)').fill('30');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const shown = page.getByLabel('Token of Okta');
  const token = await shown.inputValue();
  assert.match(token, /^pst_/);
  await assertSound(page, 'a token that was made');
  const asHolder = async (noun) =>
    (await fetch(`${site.base}/api/v1/accounts/${account}/${noun}`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.deepEqual([await asHolder('users'), await asHolder('providers')], [200, 403]);
  assert.equal((await site.items(`accounts/${account}/service-accounts`)).length, 1, 'the failed try left nothing doubled');
  await page.getByRole('link', { name: 'Users' }).click();
  await atHeading(page, 'Users');
  await page.getByRole('link', { name: 'SCIM' }).click();
  await page.getByRole('link', { name: 'Okta' }).click();
  await atHeading(page, 'Okta');
  await page.getByRole('button', { name: 'Revoke Okta' }).click();
  await page.getByText('It has no token.').waitFor();
  assert.equal(await asHolder('users'), 401);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete “Okta”' }).click();
  await page.getByText('There is none yet.').waitFor();
});

test('a user is deactivated, brought back and handed over to SCIM, and then not removed here', async (t) => {
  const account = await site.newAccount();
  const provider = await site.newProvider(account, { name: 'Okta', kind: 'okta', jit: { enabled: true } });
  await site.signIn(provider, { email: 'ada@example.com', attributes: {} });
  const read = async () => (await site.items(`accounts/${account}/users`))[0];
  const page = await at(t, `${account}/users/${(await read()).id}`, 'ada@example.com');
  await page.getByText('Nothing: no role reaches them.').waitFor();
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await inStatus(page, 'is deactivated');
  assert.equal((await read()).active, false);
  await page.getByRole('button', { name: 'Reactivate' }).click();
  await inStatus(page, 'may sign in again');
  assert.equal((await read()).active, true);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Hand over to SCIM' }).click();
  await inStatus(page, 'over SCIM from now on');
  assert.equal((await read()).managedBy, 'scim');
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove ada@example.com' }).click();
  await page.getByRole('alert').getByText('Unassign them from the application').waitFor();
  assert.equal((await read()).email, 'ada@example.com');
});
