// Encrypted assertions, decrypted by WebCrypto: of libraries that are not ours, through a change of keys, and one and the
// same refusal of whatever does not open.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import samlify from 'samlify';
import xmlenc from 'xml-encryption';
import { keys as corpusKeys } from '../../dev/corpus/keys.mjs';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { cases } from './support/corpus.mjs';
import { insertKey } from './support/encryption.mjs';
import { startPostern } from './support/postern.mjs';
import { signers } from './support/signers.mjs';

const DAY = 24 * 3600 * 1000;
const OAEP = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';
const CIPHERS = [
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
];

let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern?.dispose());

/** An account whose provider encrypts, with a key of the account's own. */
async function encrypting(settings) {
  const account = await TestAccount.create(postern, keys);
  account.key = await account.expect(201, 'POST', '/keys', { purpose: 'encryption' });
  account.provider = await account.addProvider({ encryption: 'accept', ...settings });
  return account;
}

const encryptXml = promisify(xmlenc.encrypt);

/** A signer that encrypts the assertion with xml-encryption, in the Response that another library signed. */
function encryptedFor(certificate, { sign = signers.samlify.write, encryptionAlgorithm = CIPHERS[1], ...more } = {}) {
  return async (...response) => {
    const xml = Buffer.from(await sign(...response), 'base64').toString();
    const assertion = xml.match(/<(\w+:)?Assertion[ >][\s\S]*<\/(\w+:)?Assertion>/)[0];
    const encrypted = await encryptXml(assertion, {
      rsa_pub: new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }),
      pem: certificate,
      encryptionAlgorithm,
      keyEncryptionAlgorithm: OAEP,
      disallowEncryptionWithInsecureAlgorithm: false,
      warnInsecureAlgorithm: false,
      ...more,
    });
    const element = `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${encrypted}</saml:EncryptedAssertion>`;
    return Buffer.from(xml.replace(assertion, () => element)).toString('base64');
  };
}

describe('assertions that xml-encryption encrypts', () => {
  // One that signs the Response would have to encrypt before that.
  const signing = Object.entries(signers).filter(([, { signs }]) => signs.includes('assertion'));
  for (const [library, { write: sign }] of signing) {
    for (const encryptionAlgorithm of CIPHERS) {
      test(`of ${library}, with ${encryptionAlgorithm.split('#')[1]}`, async () => {
        const account = await encrypting({ encryption: 'require' });
        await account.signIn('ada@example.com', { sign: encryptedFor(account.key.certificate, { sign, encryptionAlgorithm }) });
        assert.deepEqual((await account.users()).map(({ email }) => email), ['ada@example.com']);
      });
    }
  }

  test('for the certificate of the metadata', async () => {
    const account = await encrypting();
    const metadata = await (await postern.fetch(`/saml/${account.id}/metadata`)).text();
    const [, base64] = metadata.match(/use="encryption"[\s\S]*?<ds:X509Certificate>([^<]+)</);
    const certificate = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
    await account.signIn('ada@example.com', { sign: encryptedFor(certificate) });
  });

  test('with what is not allowed are refused for that', async () => {
    const account = await encrypting();
    for (const [options, got] of [
      [{ keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }, /rsa-1_5$/],
      [{ encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' }, /tripledes-cbc$/],
      [{ keyEncryptionDigest: 'sha256' }, /rsa-oaep-mgf1p with .*sha256 and .*mgf1sha1$/],
    ]) {
      const sign = encryptedFor(account.key.certificate, options);
      const { error } = await account.refusedSignIn('encryption_algorithm_not_allowed', 'ada@example.com', { sign });
      assert.match(error.got, got);
    }
  });
});

test('a samlp that encrypts by itself', async () => {
  const { default: samlp } = await import('samlp');
  const account = await encrypting({ encryption: 'require' });
  const { certificate } = account.key;
  const sign = (signing, { issuer, audience, recipient, nameId }) =>
    new Promise((resolve, reject) => {
      const options = {
        issuer,
        audience,
        recipient,
        destination: recipient,
        key: signing.privateKey,
        cert: signing.certificate,
        signatureAlgorithm: 'rsa-sha256',
        digestAlgorithm: 'sha256',
        encryptionCert: certificate,
        encryptionPublicKey: new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }),
        profileMapper: () => ({
          getClaims: () => ({}),
          getNameIdentifier: () => ({ nameIdentifier: nameId, nameIdentifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' }),
        }),
      };
      samlp.getSamlResponse(options, {}, (error, xml) => (error ? reject(error) : resolve(Buffer.from(xml).toString('base64'))));
    });
  const { samlResponse } = await account.signIn('ada@example.com', { sign });
  assert.match(Buffer.from(samlResponse, 'base64').toString(), /EncryptedAssertion/);
});

test('a samlify that encrypts by itself', async () => {
  const account = await encrypting({ encryption: 'require' });
  const certificate = account.key.certificate.replace(/-----[^-]+-----|\s/g, '');
  const sp = { entityMeta: { getX509Certificate: () => certificate } };
  for (const dataEncryptionAlgorithm of CIPHERS) {
    const idp = { entitySetting: { isAssertionEncrypted: true, dataEncryptionAlgorithm, keyEncryptionAlgorithm: OAEP, tagPrefix: { encryptedAssertion: 'saml2' } } };
    const sign = async (...response) => {
      const xml = Buffer.from(await signers.samlify.write(...response), 'base64').toString();
      return samlify.SamlLib.encryptAssertion(idp, sp, xml);
    };
    const { samlResponse } = await account.signIn('ada@example.com', { sign });
    assert.match(Buffer.from(samlResponse, 'base64').toString(), /<saml2:EncryptedAssertion/);
  }
});

describe('a change of keys', () => {
  test('lets the old certificate be encrypted to until it retires', async () => {
    const account = await encrypting();
    const old = encryptedFor(account.key.certificate);
    const next = await account.expect(201, 'POST', '/keys', { purpose: 'encryption', overlapDays: 7 });
    await account.signIn('ada@example.com', { sign: old });
    await account.signIn('ada@example.com', { sign: encryptedFor(next.certificate) });
    const began = Date.parse(next.createdAt);
    try {
      postern.now = began + 7 * DAY - 1000;
      await account.signIn('ada@example.com', { sign: old });
      postern.now = began + 7 * DAY + 1000;
      const { error } = await account.refusedSignIn('decryption_failed', 'ada@example.com', { sign: old });
      assert.ok(error.expected.includes(next.fingerprint) && !error.expected.includes(account.key.fingerprint), error.expected);
      await account.signIn('ada@example.com', { sign: encryptedFor(next.certificate) });
    } finally {
      postern.now = null;
    }
  });

  test('is noticed although the configuration is remembered', async () => {
    const account = await encrypting();
    await account.signIn('ada@example.com', { sign: encryptedFor(account.key.certificate) });
    await insertKey(account, 'sp', { createdAt: Date.now() });
    const certificate = `-----BEGIN CERTIFICATE-----\n${corpusKeys('sp').certificate}\n-----END CERTIFICATE-----\n`;
    await account.signIn('ada@example.com', { sign: encryptedFor(certificate) });
  });

  test('without any key nothing is decrypted', async () => {
    const account = await encrypting();
    await account.sql('DELETE FROM account_keys WHERE account_id = ?', account.id);
    const { error } = await account.refusedSignIn('decryption_failed', 'ada@example.com', { sign: encryptedFor(account.key.certificate) });
    assert.equal(error.expected, 'an encryption key of the account');
  });

  test('past a key that cannot be unwrapped goes on, and the key is told of', async () => {
    const account = await encrypting();
    const newest = { id: 'z'.repeat(26), createdAt: Date.now() + 1000 };
    await insertKey(account, 'sp', { ...newest, wrappedFor: 'somebody-else' });
    await account.signIn('ada@example.com', { sign: encryptedFor(account.key.certificate) });
    const { items } = await account.expect(200, 'GET', '/keys');
    assert.deepEqual(items.map(({ id, usable }) => [id, usable]), [[account.key.id, true], [newest.id, false]]);
    const { error } = await account.refusedSignIn('decryption_failed', 'ada@example.com', { sign: encryptedFor(items[1].certificate) });
    assert.ok(error.expected.endsWith(`; the private keys of ${items[1].fingerprint} cannot be unwrapped`), error.expected);
  });

  test('a key of another account does not open', async () => {
    const [account, other] = [await encrypting(), await encrypting()];
    await account.refusedSignIn('decryption_failed', 'ada@example.com', { sign: encryptedFor(other.key.certificate) });
  });

  test('a row of another account does not become a key', async () => {
    const account = await encrypting();
    await account.sql('DELETE FROM account_keys WHERE account_id = ?', account.id);
    await insertKey(account, 'sp', { wrappedFor: 'somebody-else' });
    await account.refusedSignIn('crypto_unavailable', 'ada@example.com', { sign: encryptedFor(account.key.certificate), status: 503 });
  });
});

test('a sign-in with an encrypted assertion makes as many calls of D1 as one without', async () => {
  const account = await encrypting();
  const plain = await account.signIn('ada@example.com');
  const encrypted = await account.signIn('ada@example.com', { sign: encryptedFor(account.key.certificate) });
  assert.deepEqual([plain.answer.d1Calls, encrypted.answer.d1Calls], [3, 2], 'the first one reads the configuration');
});

test('whatever does not open is refused with the same words', async () => {
  const one = await startPostern({ vars: { PUBLIC_URL: 'https://sp.example' } });
  try {
    const account = new TestAccount(one, null, 'acme');
    await account.expect(201, 'POST', '', { id: 'acme', name: 'Acme' });
    await insertKey(account, 'sp');
    await account.addProvider({ entityId: 'https://idp.example/entity', keys: [corpusKeys('idp')], encryption: 'accept' });
    const failing = cases('refuse/encryption').filter(({ refused }) => refused.code === 'decryption_failed');
    assert.ok(failing.length >= 58, String(failing.length));
    one.now = Date.parse(failing[0].now);
    const outcomes = new Map();
    for (const { name, acsUrl, samlResponse } of failing) {
      const { pathname, search } = new URL(acsUrl);
      const answer = await one.postResponse(pathname + search, { samlResponse });
      const page = await answer.text();
      const reference = page.match(/<code>([0-9a-z]{26})<\/code>/)[1];
      const [[row]] = await one.sql(['SELECT * FROM sign_ins WHERE id = ?', reference]);
      const headers = [...answer.headers].filter(([header]) => header !== 'date' && !header.startsWith('x-test-'));
      const told = JSON.stringify([answer.status, headers, page.replace(reference, ''), { ...row, id: null }]);
      outcomes.set(told, [...(outcomes.get(told) ?? []), name]);
    }
    assert.equal(outcomes.size, 1, JSON.stringify([...outcomes], null, 1));
  } finally {
    await one.dispose();
  }
});
