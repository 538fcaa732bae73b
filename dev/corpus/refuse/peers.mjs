// Responses of other libraries (dev/corpus/peers) that are not good enough.
import { refuse } from '../case.mjs';
import { uri } from '../names.mjs';
import { peerResponse } from '../peers/person.mjs';

refuse(
  'peers/pysaml2-both-by-default',
  `algorithm_not_allowed: ${uri.rsaSha1}`,
  'pysaml2 signs with SHA-1 unless it is told otherwise.',
  peerResponse('pysaml2-both-by-default'),
  { pending: '_request' },
);
