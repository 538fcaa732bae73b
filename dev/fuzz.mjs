// npm run fuzz -- TARGET SECONDS: looks for inputs that break a target of fuzz/. Those that it finds are in fuzz/artifacts/;
// what it has learned is kept in fuzz/corpus/ for the next run. With a file in place of the seconds, that one input is run.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildTargets, corpus, fuzz, targets } from './fuzz/target.mjs';
import { addCargoToPath, run } from './setup/command.mjs';
import { Problem, runMain } from './setup/say.mjs';

await runMain(async () => {
  addCargoToPath();
  const [target, what = '60'] = process.argv.slice(2);
  const isFile = existsSync(what);
  if (!Object.hasOwn(targets, target ?? '') || !(isFile || Number(what) > 0)) {
    throw new Problem(`Say npm run fuzz -- TARGET SECONDS, or a file to run once; the targets are ${Object.keys(targets).join(', ')}`);
  }
  const [build, ...args] = buildTargets();
  if ((await run(build, ...args)) !== 0) throw new Problem('The fuzz targets cannot be built (see above)');
  const found = isFile
    ? { file: resolve(what) }
    : { corpus: corpus(target), options: [`-max_total_time=${what}`, '-print_final_stats=1'] };
  process.exitCode = await run(...fuzz(target, found));
});
