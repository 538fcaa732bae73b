// `ds:SignatureMethod` of RSASSA-PSS with its parameters (RFC 9231, section 2.3.9).
import { uri } from './names.mjs';

const MORE = 'http://www.w3.org/2007/05/xmldsig-more#';

/** With the parameters that are given; `more` is put behind them. */
export function pssMethod({ digest, mask, maskFunction = `${MORE}MGF1`, salt, trailer, more = '', name = 'RSAPSSParams' }) {
  const method = (algorithm) => `<ds:DigestMethod Algorithm="${algorithm}"/>`;
  const parts = [
    digest && method(digest),
    mask && `<pss:MaskGenerationFunction Algorithm="${maskFunction}">${method(mask)}</pss:MaskGenerationFunction>`,
    salt && `<pss:SaltLength>${salt}</pss:SaltLength>`,
    trailer && `<pss:TrailerField>${trailer}</pss:TrailerField>`,
    more,
  ];
  const parameters = `<pss:${name} xmlns:pss="${MORE}">${parts.filter(Boolean).join('')}</pss:${name}>`;
  return `<ds:SignatureMethod Algorithm="${uri.pss}">${parameters}</ds:SignatureMethod>`;
}
