// The account's own keys: made inside WebCrypto, wrapped under MASTER_KEY, followed by others.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

const DAY = 24 * 3600 * 1000;
let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());

test('a key is a self-signed certificate for an RSA key of 2048 bits', async () => {
  const account = await TestAccount.create(postern, keys);
  for (const purpose of ['signing', 'encryption']) {
    const made = await account.expect(201, 'POST', '/keys', { purpose });
    const certificate = new X509Certificate(made.certificate);
    assert.ok(certificate.verify(certificate.publicKey), 'it is signed with its own key');
    assert.ok(certificate.checkIssued(certificate));
    assert.equal(certificate.subject, `CN=Postern ${account.id} ${purpose}`);
    assert.equal(certificate.publicKey.asymmetricKeyType, 'rsa');
    assert.deepEqual(certificate.publicKey.asymmetricKeyDetails, { modulusLength: 2048, publicExponent: 65537n });
    assert.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), made.fingerprint);
    assert.ok(Date.parse(made.notAfter) > Date.now() + 3600 * DAY);
  }
});

test('a successor lets those of its purpose retire, and no other', async () => {
  const account = await TestAccount.create(postern, keys);
  const first = await account.expect(201, 'POST', '/keys', { purpose: 'signing' });
  const other = await account.expect(201, 'POST', '/keys', { purpose: 'encryption' });
  const second = await account.expect(201, 'POST', '/keys', { purpose: 'signing', overlapDays: 14 });
  const { items } = await account.expect(200, 'GET', '/keys');
  assert.deepEqual(items.map(({ id }) => id), [first.id, other.id, second.id]);
  assert.deepEqual(items.map(({ retiresAt }) => Boolean(retiresAt)), [true, false, false]);
  assert.equal(Date.parse(items[0].retiresAt), Date.parse(second.createdAt) + 14 * DAY);
  // One more, sooner: what retires later than that is brought forward, what retires sooner stays.
  const third = await account.expect(201, 'POST', '/keys', { purpose: 'signing', overlapDays: 0 });
  const after = (await account.expect(200, 'GET', '/keys')).items;
  assert.deepEqual(after.map(({ retiresAt }) => retiresAt && Date.parse(retiresAt)), [Date.parse(third.createdAt), null, Date.parse(third.createdAt), null]);
});

test('what is in the database is wrapped, and bound to its account and its id', async () => {
  const account = await TestAccount.create(postern, keys);
  await account.expect(201, 'POST', '/keys', { purpose: 'signing' });
  const [row] = (await account.snapshot()).account_keys;
  const wrapped = Buffer.from(row.wrapped, 'base64');
  assert.ok(wrapped.length > 1000);
  for (const name of ['private_exponent', 'RSA', 'PRIVATE']) assert.ok(!wrapped.includes(name));
  assert.ok(!wrapped.includes(Buffer.from('2a864886f70d010101', 'hex')), 'no PKCS #8 in the clear');
});

test('what cannot be made is told at its field', async () => {
  const account = await TestAccount.create(postern, keys);
  const cases = [
    [{}, { '/purpose': 'required' }],
    [{ purpose: 'both', overlapDays: 91, more: 1 }, { '/purpose': 'unknown_value', '/overlapDays': 'out_of_range', '/more': 'unknown_field' }],
    [{ purpose: 'signing', overlapDays: -1 }, { '/overlapDays': 'out_of_range' }],
    [{ purpose: 7, overlapDays: 'x' }, { '/purpose': 'wrong_type', '/overlapDays': 'wrong_type' }],
  ];
  for (const [input, expected] of cases) {
    const { errors } = await account.expect(422, 'POST', '/keys', input);
    assert.deepEqual(Object.fromEntries(errors.map(({ pointer, code }) => [pointer, code])), expected);
  }
  assert.deepEqual((await account.snapshot()).account_keys, []);
});

test('without a master key there is none, and the field that needs it says so', async () => {
  const bare = await startPostern({ vars: { MASTER_KEY: '' } });
  try {
    const account = await TestAccount.withProvider(bare, keys);
    for (const [path, input, field] of [
      ['/keys', { purpose: 'signing' }, '/purpose'],
      ['/providers', { name: 'A', kind: 'other', metadataXml: account.metadata(), signRequests: true }, '/signRequests'],
      ['/providers', { name: 'A', kind: 'other', metadataXml: account.metadata(), encryption: 'require' }, '/encryption'],
    ]) {
      const { errors } = await account.expect(422, 'POST', path, input);
      assert.deepEqual(errors.map(({ pointer, code }) => [pointer, code]), [[field, 'master_key_missing']]);
      assert.match(errors[0].message, /openssl rand -base64 32/);
    }
    await account.signIn('ada@example.com');
  } finally {
    await bare.dispose();
  }
});

test('a master key that is none is told at every request', async () => {
  const broken = await startPostern({ vars: { MASTER_KEY: 'too short' } });
  try {
    const answer = await broken.fetch('/healthz');
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /MASTER_KEY must be 32 bytes in base64/);
  } finally {
    await broken.dispose();
  }
});
