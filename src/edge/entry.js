// What the platform calls. A trap ends an instance of the module, be it a panic or a stack that is full; the next call begins another.
import * as module from 'module';

// Kept by the `worker` crate, which notes every panic in it.
const state = module.__worker_init_state();

function called(handler, ...values) {
  if (state.criticalError) {
    console.warn('The module begins anew after a trap');
    module.__wbg_reset_state();
    state.criticalError = false;
  }
  try {
    return handler(...values);
  } catch (error) {
    noted(error);
    throw error;
  }
}

function noted(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  console.error(error);
  state.criticalError = true;
}

addEventListener('error', ({ error }) => noted(error));

export default {
  fetch: (request, env) => new Promise((resolve, reject) => called(module.fetch, request, env, resolve, reject)),
  scheduled: (...event) => called(module.scheduled, ...event),
};
