// npm run check: what npm test checks without running anything.
import { addCargoToPath } from './setup/command.mjs';
import { runMain } from './setup/say.mjs';
import { checks } from './tests/checks.mjs';
import { runSteps } from './tests/steps.mjs';

await runMain(async () => {
  addCargoToPath();
  await runSteps(await checks());
});
