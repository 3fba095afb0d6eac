//! An answer even when this program has a fault.
//!
//! The program is built without unwinding, so a panic ends the process; what runs before is the panic hook.
//! Without an answer the stack would wait for an hour.

use std::{
    panic,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use pipec_net::dns::Resolver;

use crate::{
    answer::{self, Verdict},
    event::ReplyTo,
};

static PENDING: Mutex<Option<ReplyTo>> = Mutex::new(None);

/// Longest time for the answer of a panic.
const PATIENCE: Duration = Duration::from_secs(8);

/// From now on a panic answers this request.
pub fn watch(reply_to: &ReplyTo) {
    *PENDING.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply_to.clone());
}

/// The request has its answer.
pub fn answered() {
    take();
}

fn take() -> Option<ReplyTo> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Installs the hook, in front of the one that is there.
pub fn install() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        before(info);
        if let Some(reply_to) = take() {
            let location = info.location().map(ToString::to_string).unwrap_or_default();
            let reason = format!("the starter itself failed at {location}; see its log group");
            // A thread of its own: this one may be inside a runtime, which cannot wait.
            let answer = thread::spawn(move || answer_now(&reply_to, reason));
            let _ = answer.join();
        }
    }));
}

fn answer_now(reply_to: &ReplyTo, reason: String) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let body = answer::body(reply_to, &Verdict::Failed(reason));
    runtime.block_on(async {
        if let Ok(resolver) = Resolver::from_system() {
            let _ = tokio::time::timeout(PATIENCE, answer::send(&resolver, &reply_to.url, &body)).await;
        }
    });
}
