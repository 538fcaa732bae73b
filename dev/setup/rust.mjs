// The Rust toolchain that rust-toolchain.toml names, with its components and targets, and a linker.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { addCargoToPath, onPath, outputOf, root, run } from './command.mjs';
import { Problem, say } from './say.mjs';

/** What rust-toolchain.toml asks for. RUSTUP_TOOLCHAIN overrides the channel for cargo, so it does here. */
function wanted() {
  const text = readFileSync(join(root, 'rust-toolchain.toml'), 'utf8');
  const list = (key) => [...(text.match(new RegExp(`^${key}\\s*=\\s*\\[([^\\]]*)\\]`, 'm'))?.[1] ?? '').matchAll(/"([^"]+)"/g)].map((m) => m[1]);
  const channel = process.env.RUSTUP_TOOLCHAIN ?? text.match(/^channel\s*=\s*"([^"]+)"/m)?.[1];
  return { channel, components: list('components'), targets: list('targets') };
}

export async function ensureRust() {
  addCargoToPath();
  if (!onPath('rustup') || !onPath('cargo')) {
    throw new Problem(
      'Rust is missing. Install it with rustup (https://rustup.rs): ' +
        "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal  Then run this again.",
    );
  }
  if (!onPath('cc')) {
    await aptInstall(['build-essential'], {
      missing: 'A C compiler (cc) is missing, Rust needs it to link',
      otherwise: 'Install it (Debian, Ubuntu: sudo apt-get install build-essential; macOS: xcode-select --install) and run this again.',
    });
  }
  const { channel, components, targets } = wanted();
  // Asked about a toolchain that is not there, rustup would install it without a word.
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: '0' };
  const installed = outputOf('rustup', ['component', 'list', '--installed', '--toolchain', channel], { env }) ?? '';
  const complete =
    targets.every((target) => installed.includes(`rust-std-${target}`)) &&
    components.every((name) => installed.split('\n').some((line) => line.startsWith(name)));
  if (complete) return;
  say(`Installing Rust ${channel} with ${[...components, ...targets].join(', ')}`);
  const flags = [...components.flatMap((name) => ['--component', name]), ...targets.flatMap((name) => ['--target', name])];
  const code = await run('rustup', ['toolchain', 'install', channel, '--profile', 'minimal', '--no-self-update', ...flags]);
  if (code !== 0) throw new Problem(`rustup could not install Rust ${channel} (see above). Is the network reachable?`);
}

/** libFuzzer is C++, and is compiled with what is there. */
export async function ensureCxx() {
  if (onPath('c++')) return;
  await aptInstall(['build-essential'], {
    missing: 'A C++ compiler (c++) is missing, the fuzz targets need it',
    otherwise: 'Install it (Debian, Ubuntu: sudo apt-get install build-essential; macOS: xcode-select --install) and run this again.',
  });
}
