// npm run audit: known vulnerabilities of dependencies. Not part of npm test: it asks databases that change by the day.
import { addCargoToPath } from './setup/command.mjs';
import { runMain } from './setup/say.mjs';
import { cargoDeny } from './setup/tools.mjs';
import { check, runSteps } from './tests/steps.mjs';

await runMain(async () => {
  addCargoToPath();
  await runSteps([
    check('Rust advisories (cargo deny)', await cargoDeny(), ['check', 'advisories']),
    check('npm advisories (npm audit)', 'npm', ['audit', '--audit-level=high']),
  ]);
});
