//! `kill -9` of `shopctl deploy` at random moments of a release.
//!
//! The moments follow from a seed, which is printed; `SHOPMICRO_FAULT_SEED` repeats it.

use std::env;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::figures::Figures;
use crate::operator::Operator;
use crate::{kubectl, waiting};

const ROUNDS: usize = 5;

/// Each round gets up to this far beyond the moment when its run has taken the lock.
const REACH: Duration = Duration::from_secs(10);

/// Kills runs one after the other, each of another release; then one converges without anybody's help.
pub fn at_random_moments(operator: &Operator, figures: &mut Figures) {
    let seed = env::var("SHOPMICRO_FAULT_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    fastrand::seed(seed);
    println!("shop: {ROUNDS} random moments, SHOPMICRO_FAULT_SEED={seed}");
    figures.time("five releases, each killed", || {
        let killed = (0..ROUNDS).filter(|round| kill_one(operator, *round));
        assert!(killed.count() > 0, "every run was over before its moment");
    });
    operator.set("");
    let made = figures.time("the release after them", || operator.deploy());
    Operator::assert_all_checks_pass(&made);
}

/// Whether the run was still under way at its moment.
fn kill_one(operator: &Operator, round: usize) -> bool {
    operator.set(&format!("backend: {{cart_ttl: {}d}}", round + 4));
    let mut run = operator
        .command(&["deploy"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Until then it only waits for the lock of the one before.
    waiting::until("the run takes the lock", || holds_the_lock(operator, &run));
    let reach = u64::try_from(REACH.as_millis()).unwrap();
    sleep(Duration::from_millis(fastrand::u64(..reach)));
    run.kill().unwrap();
    let ended = run.wait().unwrap();
    assert!(ended.success() || ended.signal() == Some(9), "{ended}");
    !ended.success()
}

fn holds_the_lock(operator: &Operator, run: &Child) -> bool {
    let words = "get lease shopctl -n shopmicro -o jsonpath={.spec.holderIdentity}";
    kubectl::run(operator, words).contains(&format!("(process {},", run.id()))
}
