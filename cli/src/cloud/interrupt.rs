//! Ctrl-C. The first one ends the step that is waiting, which says what goes on in AWS; the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use tokio::sync::Notify;

/// What a shell makes of a process that SIGINT ended.
pub const EXIT_CODE: u8 = 130;
/// Between two looks of something that cannot be woken.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Debug, Default)]
struct State {
    pressed: AtomicBool,
    times: AtomicUsize,
    wake: Notify,
}

/// Whether the user wants to stop.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    state: Arc<State>,
}

impl Interrupt {
    /// Takes the process's Ctrl-C, SIGTERM and SIGHUP.
    pub fn install() -> Self {
        let interrupt = Self::default();
        let state = Arc::clone(&interrupt.state);
        // Fails only where a handler is there already, and then Ctrl-C ends the process.
        let _ = ctrlc::set_handler(move || {
            if state.times.fetch_add(1, Ordering::SeqCst) > 0 {
                std::process::exit(EXIT_CODE.into());
            }
            state.pressed.store(true, Ordering::SeqCst);
            state.wake.notify_one();
        });
        interrupt
    }

    /// Whether it was pressed since the last question; what cleans up afterwards goes through.
    pub fn take(&self) -> bool {
        self.state.pressed.swap(false, Ordering::SeqCst)
    }

    /// Ends when it is pressed.
    pub async fn pressed(&self) {
        while !self.take() {
            self.state.wake.notified().await;
        }
    }

    /// Does work that knows nothing of this; `None` where the user does not wait for its end.
    pub fn during<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(work()));
        loop {
            match receiver.recv_timeout(LOOK) {
                Ok(done) => return Some(done),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.take() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
