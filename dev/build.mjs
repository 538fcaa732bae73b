// npm run build [-- --features bench --out build-bench]
import { parseArgs } from 'node:util';
import { runMain, say } from './setup/say.mjs';
import { buildWorker } from './worker/build.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { features: { type: 'string' }, out: { type: 'string', default: 'build' } } });
  const built = await buildWorker({ out: values.out, features: values.features?.split(',') ?? [] });
  if (!built) say(`${values.out}/ is up to date`);
});
