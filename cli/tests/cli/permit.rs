//! Few shops at a time, however many tests run: each is five servers.

use std::sync::{Condvar, Mutex};

/// So many shops may run at once.
const SHOPS: usize = 2;

static FREE: Mutex<usize> = Mutex::new(SHOPS);
static RETURNED: Condvar = Condvar::new();

/// The right to run one shop, until it is dropped.
#[derive(Debug)]
pub struct Permit(());

impl Permit {
    /// Waits for the right to run `N` shops at once.
    pub fn take<const N: usize>() -> [Self; N] {
        let mut free = RETURNED
            .wait_while(FREE.lock().unwrap(), |free| *free < N)
            .unwrap();
        *free -= N;
        [(); N].map(Self)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *FREE.lock().unwrap() += 1;
        RETURNED.notify_all();
    }
}
