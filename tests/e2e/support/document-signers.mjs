// Libraries that sign a response which somebody else wrote: `{ sign, algorithms, ignores }` with
//   sign(xml, { id, element, keys, algorithm = 'sha256', keyInfo = true, prefix }) -> xml
// and signs the `element` (`assertion` or `response`) of an ID. `algorithm` is one of `algorithms`, for digest and signature;
// `keyInfo` says whether the certificate comes along; `prefix` is that of the signature's elements. `ignores` names the options
// that a library has not, and the writings (interop.mjs) that it cannot sign.
import samlify from 'samlify';
import { SignedXml } from 'xml-crypto';
import { uri } from '../../../dev/corpus/names.mjs';
import { signWithXmldsigjs } from './xmldsigjs.mjs';

const RSA = { sha256: uri.rsaSha256, sha512: uri.rsaSha512 };
const DIGEST = { sha256: uri.sha256, sha512: uri.sha512 };
const PATH = { response: "/*[local-name(.)='Response']", assertion: "/*[local-name(.)='Response']/*[local-name(.)='Assertion']" };
const afterIssuerOf = (element) => ({ reference: `${PATH[element]}/*[local-name(.)='Issuer']`, action: 'after' });

/**
 * No PrefixList: xml-crypto would write it into the enveloped-signature transform too, which has no parameters and is refused
 * with one (tests/saml/refuse/transforms/library-signs-the-assertion-with-a-prefix-list).
 */
function signWithXmlCrypto(xml, { element, keys, algorithm = 'sha256', keyInfo = true, prefix }) {
  const signer = new SignedXml({
    privateKey: keys.privateKey,
    publicCert: keyInfo ? keys.certificate : undefined,
    signatureAlgorithm: RSA[algorithm],
    canonicalizationAlgorithm: uri.exclusive,
  });
  signer.addReference({ xpath: PATH[element], digestAlgorithm: DIGEST[algorithm], transforms: [uri.enveloped, uri.exclusive] });
  signer.computeSignature(xml, { prefix, location: afterIssuerOf(element) });
  return signer.getSignedXml();
}

/** samlify takes the certificate along in any case, and wants it without the lines around it. */
function signWithSamlify(xml, { element, keys, algorithm = 'sha256', prefix = 'ds' }) {
  return samlify.SamlLib.constructSAMLSignature({
    rawSamlMessage: xml,
    referenceTagXPath: PATH[element],
    privateKey: keys.privateKey,
    signingCert: keys.certificate.replace(/-----[^-]+-----|\s/g, ''),
    signatureAlgorithm: RSA[algorithm],
    signatureConfig: { prefix, location: afterIssuerOf(element) },
    isBase64Output: false,
  });
}

export const documentSigners = {
  'xml-crypto': { sign: signWithXmlCrypto, algorithms: ['sha256', 'sha512'], ignores: [] },
  samlify: { sign: signWithSamlify, algorithms: ['sha256', 'sha512'], ignores: ['keyInfo'] },
  // It canonicalizes SignedInfo as if `ds` were what the root says: xml-crypto does not verify that either.
  xmldsigjs: { sign: signWithXmldsigjs, algorithms: ['sha256', 'sha384', 'sha512'], ignores: ['prefix', 'takesDs'] },
};

/** Signs several elements with one library, the inner one first. `finish` may rewrite each signature when it is there. */
export async function signDocument(sign, xml, { elements, ids, finish = (text) => text, ...options }) {
  let signed = xml;
  for (const element of elements) signed = finish(await sign(signed, { ...options, element, id: ids[element] }));
  return signed;
}
