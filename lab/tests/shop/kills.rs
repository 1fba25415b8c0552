//! `kill -9` of `shopctl deploy` at random moments of a release.
//!
//! The moments follow from a seed, which is printed; `SHOPMICRO_FAULT_SEED` repeats it.

use std::env;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::figures::Figures;
use crate::operator::Operator;

const ROUNDS: usize = 5;

/// Each round gets up to this far beyond the beginning of its own run.
const REACH: Duration = Duration::from_secs(12);

/// Kills runs one after the other, each of another release; then one converges without anybody's help.
pub fn at_random_moments(operator: &Operator, figures: &mut Figures) {
    let seed = env::var("SHOPMICRO_FAULT_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    fastrand::seed(seed);
    println!("shop: {ROUNDS} random moments, SHOPMICRO_FAULT_SEED={seed}");
    figures.time("five releases, each killed", || {
        for round in 0..ROUNDS {
            operator.set(&format!("backend: {{cart_ttl: {}d}}", round + 4));
            let mut run = operator
                .command(&["deploy"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let reach = u64::try_from(REACH.as_millis()).unwrap();
            sleep(Duration::from_millis(fastrand::u64(..reach)));
            run.kill().unwrap();
            run.wait().unwrap();
        }
    });
    operator.set("");
    let made = figures.time("the release after them", || operator.deploy());
    operator.assert_all_checks_pass(&made);
}
