// What is uploaded when the worker is deployed, beside an empty Rust worker.
import { gzipSync } from 'node:zlib';
import { buildWorker } from '../dev/worker/build.mjs';
import { builtModules } from '../dev/worker/options.mjs';
import { EMPTY, buildEmptyWorker } from './support/empty-worker.mjs';

const KB = 1000;

export const title = 'Module size';

export async function prepare() {
  await buildWorker();
  await buildEmptyWorker();
}

export async function run() {
  const [postern, empty] = [sizes(builtModules()), sizes(builtModules(EMPTY))];
  const row = (what, value, more) => ({ what, unit: 'KB', value: value / KB, ...more });
  return {
    about: ['Every module that is uploaded, each compressed with gzip -9; 1 KB is 1,000 bytes.'],
    rows: [
      row('empty Rust worker', empty.raw),
      row('empty Rust worker, gzipped', empty.gzipped),
      row('Postern', postern.raw),
      row('Postern, gzipped', postern.gzipped, { atMost: 350 }),
      { what: '  ÷ empty Rust worker, gzipped', unit: '×', value: postern.gzipped / empty.gzipped },
    ],
  };
}

function sizes(modules) {
  const sum = (sizeOf) => modules.reduce((total, { contents }) => total + sizeOf(contents), 0);
  return { raw: sum((contents) => contents.length), gzipped: sum((contents) => gzipSync(contents, { level: 9 }).length) };
}
