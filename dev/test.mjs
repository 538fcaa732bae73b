// npm test: checks, native tests, the build, then the built worker and its page. The last line adds them up.
import { addCargoToPath } from './setup/command.mjs';
import { runMain } from './setup/say.mjs';
import { checks } from './tests/checks.mjs';
import { fuzzSuites } from './tests/fuzz.mjs';
import { nativeSuites } from './tests/native.mjs';
import { nodeSuite } from './tests/node.mjs';
import { seedsStep } from './tests/seeds.mjs';
import { runSteps } from './tests/steps.mjs';
import { buildWorker } from './worker/build.mjs';

const build = (name, options) => ({
  name,
  work: async () => {
    await buildWorker(options);
    return { passed: 1, failed: 0, skipped: 0 };
  },
});

await runMain(async () => {
  addCargoToPath();
  const passed = [];
  await runSteps([
    ...(await checks()),
    ...nativeSuites(),
    ...fuzzSuites(),
    build('build of the worker'),
    build('build of the worker with entries for tests', { out: 'build-bench', features: ['bench'] }),
    nodeSuite('built worker (tests/e2e)', 'tests/e2e', { concurrency: 2, passed }),
    nodeSuite('page in Chromium (tests/page)', 'tests/page', { concurrency: 1, passed }),
    seedsStep(passed),
  ]);
});
