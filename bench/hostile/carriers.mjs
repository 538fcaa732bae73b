// Where hostile content can stand, so that as much as possible is done before the document is refused.
import { assertion, edit, extensions, response, scene } from '../../dev/corpus/documents.mjs';
import { signAssertion, signResponse } from '../../dev/corpus/sign.mjs';

/** An hour after everything that is signed here is over. */
export const now = Date.parse(scene.end) + 3_600_000;

const MARK = 'hostile-content';
const withMark = edit(assertion(), 'engineering', MARK);
/** Signed by the identity provider long ago, and captured. */
const captured = signAssertion(response({ assertion: withMark }));
const capturedWhole = signResponse(response({ assertion: withMark }));
const put = (xml) => (content) => edit(xml, MARK, content);

/**
 * `carry(content)` is a document, `code` what it is refused for when nothing is wrong with the content itself.
 */
export const carriers = {
  // The signature holds and the assertion is over: the document is read, nothing of the content is hashed.
  beside: { code: 'expired', carry: (content) => edit(captured, '</saml:Issuer><samlp:Status>', `</saml:Issuer>${extensions(content)}<samlp:Status>`) },
  // The signature over SignedInfo holds, the digest does not: all of the content is canonicalized and hashed.
  inside: { code: 'digest_mismatch', carry: put(captured) },
  insideWhole: { code: 'digest_mismatch', carry: put(capturedWhole) },
  // KeyInfo is not read, and not part of what is signed.
  keyInfo: { code: 'expired', carry: (content) => edit(captured, '</ds:SignatureValue>', `</ds:SignatureValue><ds:KeyInfo>${content}</ds:KeyInfo>`) },
  // SignedInfo is canonicalized before its signature can be verified.
  signedInfo: { code: 'signature_malformed', carry: (content) => edit(captured, '</ds:SignedInfo>', `${content}</ds:SignedInfo>`) },
  reference: { code: 'signature_malformed', carry: (content) => edit(captured, '</ds:Transforms>', `</ds:Transforms>${content}`) },
  // Everything was signed so, and is read again from the signed bytes: it is refused by policy at the very end.
  signed: { code: 'expired', carry: (content) => signResponse(response({ extensions: extensions(content) })) },
};
