// Signing by xmldsigjs: another canonicalizer and another implementation of XML Signature than xml-crypto's, which all the
// other libraries are on.
import { createPrivateKey, webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { uri } from '../../../dev/corpus/names.mjs';
import { afterIssuer } from '../../../dev/corpus/sign.mjs';

const xmldsig = createRequire(import.meta.url)('xmldsigjs');
// The parser, XPath and cryptography that it wants to be given.
const its = createRequire(createRequire(import.meta.url).resolve('xmldsigjs'));
const { DOMImplementation, DOMParser, XMLSerializer } = its('@xmldom/xmldom');
its('xml-core').setNodeDependencies({ DOMImplementation, DOMParser, XMLSerializer, xpath: its('xpath') });
xmldsig.Application.setEngine('Node.js', { subtle: webcrypto.subtle });

const HASH = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/** See document-signers.mjs; the prefix is `ds`. */
export async function signWithXmldsigjs(xml, { id, keys, algorithm: name = 'sha256', keyInfo = true }) {
  const hash = HASH[name];
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  const der = createPrivateKey(keys.privateKey).export({ type: 'pkcs8', format: 'der' });
  const key = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const signer = new xmldsig.SignedXml();
  signer.XmlSignature.SignedInfo.CanonicalizationMethod.Algorithm = uri.exclusive;
  const x509 = keyInfo ? [keys.certificate.replace(/-----[^-]+-----|\s/g, '')] : [];
  const references = [{ uri: `#${id}`, hash, transforms: ['enveloped', 'exc-c14n'] }];
  await signer.Sign(algorithm, key, xmldsig.Parse(xml), { x509, references });
  return afterIssuer(xml, new XMLSerializer().serializeToString(signer.GetXml()), id);
}
