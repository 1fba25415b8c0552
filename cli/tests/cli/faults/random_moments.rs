//! `kill -9` of anything at random moments.
//!
//! The moments follow from a seed, which is printed; `SHOPMICRO_FAULT_SEED` repeats it and `SHOPMICRO_FAULT_ROUNDS`
//! sets how many there are of each kind.

use std::env;
use std::io::Write as _;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use super::trade::Trade;
use super::victim::Victim;
use crate::shop::Shop;
use crate::shopctl::Ended;

/// Kills while an empty directory becomes a shop, and kills while customers buy: together more than 50.
const FIRST_ROUNDS: usize = 18;
const TRADING_ROUNDS: usize = 45;

/// A first `up` takes about this long.
const FIRST_UP: Duration = Duration::from_millis(2_500);

/// An `up` that starts a shop again takes about this long.
const NEXT_UP: Duration = Duration::from_millis(1_500);

#[test]
fn a_first_up_that_was_hit_at_any_moment_is_completed_by_the_next() {
    let rounds = prepare("first", FIRST_ROUNDS);
    let shop = Shop::new();
    for round in 0..rounds {
        let victim = Victim::ALL[round % Victim::ALL.len()];
        let moment = random(FIRST_UP);
        let when = format!("in round {round} after {victim:?} was killed at {moment:?}");
        let mut up = shop.begin_up();
        sleep(moment);
        victim.kill(&shop, Some(&mut up));
        up.wait().unwrap();
        converge(&shop, &when);
        shop.customer().buy();
        shop.run(&["down", "--delete-data", "--yes"]);
        shop.assert_no_process();
    }
}

#[test]
fn no_order_is_lost_whoever_is_killed_while_customers_buy() {
    let rounds = prepare("trading", TRADING_ROUNDS);
    let shop = Shop::open();
    let mut trade = Trade::open(&shop);
    for round in 0..rounds {
        let victim = Victim::ALL[round % Victim::ALL.len()];
        trade.await_sale();
        let when = hit(&shop, round, victim);
        converge(&shop, &when);
        trade.assert_books(&shop, &when);
    }
    trade.await_sale();
    let sold = trade.close();
    assert!(sold > rounds, "only {sold} orders in {rounds} rounds");
    trade.assert_books(&shop, "at the end");
}

/// Kills the victim at a random moment of the trade. In every other round the `up` that mends it is killed too.
fn hit(shop: &Shop, round: usize, victim: Victim) -> String {
    let moment = random(Duration::from_millis(200));
    let mut when = format!("in round {round} after {victim:?} was killed");
    sleep(moment);
    if victim == Victim::Up {
        // It has work to do only when something is broken.
        Victim::Supervisor.kill(shop, None);
    }
    let other = victim != Victim::Up;
    if other {
        victim.kill(shop, None);
    }
    if victim == Victim::Up || fastrand::bool() {
        let mut up = shop.begin_up();
        let moment = random(NEXT_UP);
        sleep(moment);
        end(&mut up);
        when = format!("{when}, then `up` {moment:?} after its start");
    }
    when
}

fn end(up: &mut Child) {
    up.kill().unwrap();
    up.wait().unwrap();
}

/// One `up` must be enough, and its own verification is the judge.
fn converge(shop: &Shop, when: &str) {
    let ended: Ended = shop.try_up();
    let text = ended.snapshot();
    assert_eq!(ended.code, Some(0), "{when}: {text}");
    let document = ended.document();
    assert_eq!(
        document["verification"]["verdict"], "passed",
        "{when}: {text}"
    );
}

fn random(limit: Duration) -> Duration {
    limit.mul_f64(fastrand::f64())
}

/// Seeds the random numbers; how many rounds there are.
fn prepare(kind: &str, rounds: usize) -> usize {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("SHOPMICRO_FAULT_SEED").unwrap_or_else(|| fastrand::u64(..));
    fastrand::seed(seed);
    let rounds = number("SHOPMICRO_FAULT_ROUNDS")
        .and_then(|rounds| usize::try_from(rounds).ok())
        .unwrap_or(rounds);
    let _ = writeln!(
        std::io::stderr(),
        "{kind}: {rounds} random moments, SHOPMICRO_FAULT_SEED={seed}"
    );
    rounds
}
