// Two libraries that are not ours, on two versions of xml-crypto, behind one signature:
// `signers.samlify(keys, response)` and `signers.samlp(keys, response)` resolve to a base64 SAMLResponse.
import { signWithSamlify } from '../../../dev/idp/samlify.mjs';
import { signWithSamlp } from './samlp.mjs';

export const signers = { samlify: signWithSamlify, samlp: signWithSamlp };
