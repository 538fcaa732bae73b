//! Runs the future of a request, and waits for promises. The executor of `wasm_bindgen_futures` has the platform call it
//! back for each step, and makes two closures for each promise; here a step is taken as soon as what it waits for is there, in the
//! one callback that says so.

use super::platform;
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use worker::wasm_bindgen::JsValue;
use worker::wasm_bindgen::closure::Closure;

type Task = Pin<Box<dyn Future<Output = ()>>>;

enum State {
    Waiting(Task),
    /// It is being polled.
    Running,
    /// The same, and what it waits for is there already.
    Woken,
}

#[derive(Default)]
struct Tasks {
    last: u64,
    states: BTreeMap<u64, State>,
}

thread_local! {
    /// Those of all requests of the isolate.
    static TASKS: RefCell<Tasks> = RefCell::default();
}

/// The number of a task: a waker must be one that other threads could have.
struct Number(u64);

impl Wake for Number {
    fn wake(self: Arc<Self>) {
        let task = TASKS.with_borrow_mut(|tasks| {
            let state = tasks.states.get_mut(&self.0)?;
            let next = if matches!(state, State::Waiting(_)) { State::Running } else { State::Woken };
            match std::mem::replace(state, next) {
                State::Waiting(task) => Some(task),
                State::Running | State::Woken => None,
            }
        });
        if let Some(task) = task {
            run(self.0, task, &self.into());
        }
    }
}

/// Polls a task until it waits or is done.
fn run(number: u64, mut task: Task, waker: &Waker) {
    loop {
        let is_done = task.as_mut().poll(&mut Context::from_waker(waker)) == Poll::Ready(());
        let again = TASKS.with_borrow_mut(|tasks| {
            match tasks.states.get_mut(&number) {
                Some(state) if !is_done => {
                    if matches!(state, State::Woken) {
                        *state = State::Running;
                        return Some(task);
                    }
                    *state = State::Waiting(task);
                }
                _ => drop(tasks.states.remove(&number)),
            }
            None
        });
        match again {
            Some(again) => task = again,
            None => return,
        }
    }
}

/// Begins at once. What the future comes to is told to the one function or the other.
pub(super) fn begin(
    future: impl Future<Output = Result<JsValue, JsValue>> + 'static,
    resolve: Function,
    reject: Function,
) {
    let task = Box::pin(async move {
        // Neither throws.
        let _ = match future.await {
            Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
            Err(error) => reject.call1(&JsValue::UNDEFINED, &error),
        };
    });
    let number = TASKS.with_borrow_mut(|tasks| {
        tasks.last += 1;
        tasks.states.insert(tasks.last, State::Running);
        tasks.last
    });
    run(number, task, &Arc::new(Number(number)).into());
}

enum Outcome {
    /// Not known yet, and who is to be woken.
    Awaited(Option<Waker>),
    Settled(Result<JsValue, JsValue>),
}

#[derive(Default)]
struct Promises {
    last: u32,
    outcomes: BTreeMap<u32, Outcome>,
}

thread_local! {
    /// Those that are waited for.
    static PROMISES: RefCell<Promises> = RefCell::default();
    static SETTLED: Closure<dyn Fn(u32, bool, JsValue)> = Closure::new(|number, kept, value| {
        let settled = Outcome::Settled(if kept { Ok(value) } else { Err(value) });
        let before = PROMISES.with_borrow_mut(|promises| Some(std::mem::replace(promises.outcomes.get_mut(&number)?, settled)));
        if let Some(Outcome::Awaited(Some(waker))) = before {
            waker.wake();
        }
    });
}

/// What a promise is kept with, or why it is not.
pub(super) fn settled(promise: &Promise) -> Settled {
    let number = PROMISES.with_borrow_mut(|promises| {
        promises.last = promises.last.wrapping_add(1);
        promises.outcomes.insert(promises.last, Outcome::Awaited(None));
        promises.last
    });
    SETTLED.with(|closure| platform::tell(promise, number, closure));
    Settled(number)
}

/// The number of a promise.
pub(super) struct Settled(u32);

impl Future for Settled {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        PROMISES.with_borrow_mut(|promises| match promises.outcomes.remove(&self.0) {
            Some(Outcome::Settled(outcome)) => Poll::Ready(outcome),
            _ => {
                promises.outcomes.insert(self.0, Outcome::Awaited(Some(context.waker().clone())));
                Poll::Pending
            }
        })
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        PROMISES.with_borrow_mut(|promises| promises.outcomes.remove(&self.0));
    }
}
