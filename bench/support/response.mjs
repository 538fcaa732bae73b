// Responses as an identity provider posts them: about 5 KB, the assertion signed with RSA-2048 and SHA-256, the certificate
// beside the signature, attributes and groups.
import { X509Certificate } from 'node:crypto';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { metadataXml, signWithSamlify } from '../../dev/idp/samlify.mjs';

const HOUR = 3_600_000;
const entityId = 'https://idp.example.com/metadata';
const groups = ['Everyone', 'Engineering', 'Developers', 'On-call'];

export class IdentityProvider {
  static async make() {
    return new IdentityProvider(await makeKeys({ commonName: 'Identity provider of the bench' }));
  }

  constructor(keys) {
    this.keys = keys;
    this.entityId = entityId;
    this.certificate = keys.certificate;
    this.metadataXml = metadataXml({ entityId, ssoUrl: 'https://idp.example.com/sso', certificates: [keys.certificate] });
    /** SubjectPublicKeyInfo, base64. */
    this.publicKey = new X509Certificate(keys.certificate).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  }

  /**
   * A response for the person of this number, base64. It holds for an hour: long enough to be made well before it is used.
   * `sign` is `assertion` if it is not said, or `both`.
   */
  sign({ audience, acsUrl, person = 0, now = Date.now(), sign }) {
    const email = `ada.lovelace.${person}@example.com`;
    const attributes = { email, givenName: 'Ada', familyName: 'Lovelace', displayName: 'Ada Lovelace', department: 'engineering', groups };
    return signWithSamlify(this.keys, { issuer: entityId, audience, recipient: acsUrl, nameId: email, attributes, now, notOnOrAfter: now + HOUR, sign });
  }
}

/**
 * What the response's key signed, `{ signature, signedInfo }`, both base64. samlify writes SignedInfo in its canonical form
 * but for two things; whoever verifies the outcome sees whether that is still so.
 */
export function signatureOf(samlResponse) {
  const xml = Buffer.from(samlResponse, 'base64').toString();
  const [signedInfo] = xml.match(/<ds:SignedInfo>.*<\/ds:SignedInfo>/s);
  const [, signature] = xml.match(/<ds:SignatureValue>([^<]+)</);
  const canonical = signedInfo
    .replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
    .replace(/<([\w:]+)([^<>]*)\/>/g, '<$1$2></$1>');
  return { signature, signedInfo: Buffer.from(canonical).toString('base64') };
}
