// Libraries that are not ours and write and sign a response of their own, behind one signature: `write(keys, response)`
// resolves to a base64 SAMLResponse. `signs` are the values of `sign` that each knows, `options` what else it can be told, by
// name, and `weak` what it can be told that is refused by default.
import { signWithSamlify } from '../../../dev/idp/samlify.mjs';
import { signWithBoxyhq } from './boxyhq.mjs';
import { signWithSamlp } from './samlp.mjs';

const all = ['assertion', 'response', 'both'];

export const signers = {
  samlify: { write: signWithSamlify, signs: all, options: { 'RSA-SHA512': { algorithm: 'sha512' } } },
  samlp: {
    write: signWithSamlp,
    signs: all,
    options: {
      'a prefixed signature': { options: { signatureNamespacePrefix: 'ds' } },
      'values of xs:anyType': { options: { typedAttributes: false } },
      'no NameFormat': { options: { includeAttributeNameFormat: false } },
      'another context class': { options: { authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos' } },
    },
    weak: {
      'RSA-SHA1': { options: { signatureAlgorithm: 'rsa-sha1' } },
      'a digest of SHA-1': { options: { digestAlgorithm: 'sha1' } },
    },
  },
  boxyhq: { write: signWithBoxyhq, signs: ['both'], options: {} },
};
