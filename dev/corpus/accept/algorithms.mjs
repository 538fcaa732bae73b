// Every algorithm that is accepted, on either element and on both.
import { accept } from '../case.mjs';
import { response } from '../documents.mjs';
import { uri } from '../names.mjs';
import { pssMethod } from '../pss-method.mjs';
import { signAssertion, signBoth, signResponse } from '../sign.mjs';

const elliptic = (key, algorithm) => [{ algorithm, key }, { trusted: [key] }];
const lenient = (key, options) => [{ key, ...options }, { trusted: [key], allowSha1: true }];
const algorithms = {
  'pss-sha256': [{ algorithm: uri.pssSha256 }],
  'pss-sha384': [{ algorithm: uri.pssSha384, digest: uri.sha384 }],
  'pss-sha512': [{ algorithm: uri.pssSha512, digest: uri.sha512 }],
  'pss-sha512-of-4096-bits': [{ algorithm: uri.pssSha512, key: 'idp-4096' }, { trusted: ['idp-4096'] }],
  'pss-without-parameters': [{ algorithm: uri.pss }],
  'pss-with-no-parameter': [{ algorithm: uri.pss, signatureMethod: pssMethod({}) }],
  'pss-with-all-parameters': [
    {
      algorithm: uri.pss,
      signatureHash: 'sha512',
      signatureMethod: pssMethod({ digest: uri.sha512, mask: uri.sha512, salt: '64', trailer: '1' }),
    },
  ],
  'pss-with-all-parameters-of-the-default': [
    { algorithm: uri.pss, signatureMethod: pssMethod({ digest: uri.sha256, mask: uri.sha256, salt: ' 32 ', trailer: '1' }) },
  ],
  'ecdsa-p256-sha256': elliptic('ec-p256', uri.ecdsaSha256),
  'ecdsa-p256-sha384': elliptic('ec-p256', uri.ecdsaSha384),
  'ecdsa-p256-sha512': elliptic('ec-p256', uri.ecdsaSha512),
  'ecdsa-p384-sha256': elliptic('ec-p384', uri.ecdsaSha256),
  'ecdsa-p384-sha384': elliptic('ec-p384', uri.ecdsaSha384),
  'ecdsa-p384-sha512': elliptic('ec-p384', uri.ecdsaSha512),
  'ecdsa-after-other-keys': [
    { algorithm: uri.ecdsaSha256, key: 'ec-p256' },
    { trusted: ['idp', 'ec-p384', 'idp-4096', 'ec-p256'] },
  ],
  'rsa-after-other-keys': [{ key: 'idp-next' }, { trusted: ['ec-p256', 'idp', 'idp-next'] }],
  'sha1-where-it-is-allowed': lenient('idp', { algorithm: uri.rsaSha1, digest: uri.sha1 }),
  'signature-of-sha1-where-it-is-allowed': lenient('idp', { algorithm: uri.rsaSha1 }),
  'digest-of-sha1-where-it-is-allowed': lenient('idp', { digest: uri.sha1 }),
  'rsa-1024-where-sha1-is-allowed': lenient('rsa-1024', {}),
  'rsa-1024-with-sha1-where-it-is-allowed': lenient('rsa-1024', { algorithm: uri.rsaSha1, digest: uri.sha1 }),
  'sha256-where-sha1-is-allowed': lenient('idp', {}),
};
const ways = { assertion: signAssertion, response: signResponse, both: signBoth };
for (const [name, [options, settings = {}]] of Object.entries(algorithms)) {
  for (const [element, sign] of Object.entries(ways)) {
    accept(
      `algorithms/${name}-on-${element === 'both' ? 'both' : `the-${element}`}`,
      'RSA (PKCS #1 v1.5 and PSS) and ECDSA with SHA-256, SHA-384 or SHA-512; SHA-1 and short keys where they are allowed.',
      sign(response(), options),
      { key: options.key ?? 'idp', signed: element === 'assertion' ? 'Assertion' : 'Response' },
      settings,
    );
  }
}
