// URLs that are nearly ours, and are not.
import { scene } from '../documents.mjs';

export const otherUrls = {
  other: 'https://other.example/acs',
  empty: '',
  'without-query': scene.acsUrl.split('?')[0],
  'other-query': scene.acsUrl.replace('acme', 'acme2'),
  'longer-query': `${scene.acsUrl}&x=1`,
  'other-case': scene.acsUrl.replace('sp.example', 'SP.example'),
  'with-port': scene.acsUrl.replace('sp.example', 'sp.example:443'),
  'with-fragment': `${scene.acsUrl}#`,
  'with-space': ` ${scene.acsUrl}`,
};
