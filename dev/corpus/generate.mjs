// Makes the corpus of tests/saml: `node dev/corpus/generate.mjs`. With `--check` it only tells what would change.
import { data, finish } from './case.mjs';
import { makeMissingKeys } from './keys.mjs';

await makeMissingKeys();
const check = process.argv.includes('--check');
const parts = [
  'accept/algorithms',
  'accept/encryption',
  'accept/peers',
  'accept/policy',
  'accept/shapes',
  'accept/signatures',
  'accept/syntax',
  'bounds',
  'c14n',
  'logout/accept',
  'logout/refuse',
  'logout/queries',
  'logout/forms',
  'refuse/algorithms',
  'refuse/encryption',
  'refuse/envelope',
  'refuse/keys',
  'refuse/namespaces',
  'refuse/peers',
  'refuse/places',
  'refuse/policy',
  'refuse/references',
  'refuse/signature',
  'refuse/signers',
  'refuse/subject',
  'refuse/wrapping',
  'refuse/xml',
];
for (const part of parts) await import(`./${part}.mjs`);
data('public-keys.json', (await import('./public-keys.mjs')).publicKeys());
data('signatures.json', (await import('./signatures.mjs')).signatures());
data('metadata.json', (await import('./metadata.mjs')).metadata());
const { files, changed } = finish({ check });
console.log(`${files} files, ${changed.length} ${check ? 'would change' : 'written or removed'}`);
if (check && changed.length) {
  console.log(changed.join('\n'));
  process.exitCode = 1;
}
