// A key pair with a self-signed certificate, which is all that SAML asks of an identity provider.
import selfsigned from 'selfsigned';

const YEAR = 365 * 24 * 3600 * 1000;

/** Resolves to `{ privateKey, certificate }`, both PEM. */
export async function makeKeys({ commonName = 'Demo identity provider', bits = 2048, notBefore, notAfter } = {}) {
  const from = notBefore ?? new Date(Date.now() - 60_000);
  const made = await selfsigned.generate([{ name: 'commonName', value: commonName }], {
    algorithm: 'sha256',
    keySize: bits,
    notBeforeDate: from,
    notAfterDate: notAfter ?? new Date(from.getTime() + 10 * YEAR),
  });
  return { privateKey: made.private, certificate: made.cert };
}
