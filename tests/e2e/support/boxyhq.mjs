// The same responses as samlify's, by another library: @boxyhq/saml20, as its mock identity provider sends them.
import boxyhq from '@boxyhq/saml20';
import { at } from './samlp.mjs';

/**
 * A response with both signatures, base64. Takes the fields of `signWithSamlify` that this library knows: `issuer`, `audience`,
 * `recipient`, `nameId` (an e-mail address), `attributes`, `inResponseTo`, and `now` in a whole number of milliseconds.
 */
export async function signWithBoxyhq(keys, { issuer, audience, recipient, nameId, attributes = {}, inResponseTo, now = Date.now() }) {
  const xml = await at(now, () =>
    boxyhq.default.createSAMLResponse({
      issuer,
      audience,
      acsUrl: recipient,
      claims: { email: nameId, raw: attributes },
      requestId: inResponseTo,
      privateKey: keys.privateKey,
      publicKey: keys.certificate,
    }),
  );
  return Buffer.from(xml).toString('base64');
}
