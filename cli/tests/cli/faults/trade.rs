//! Customers who go on buying whatever happens, and the books that must be right afterwards.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use uuid::Uuid;

use crate::patience::until;
use crate::shop::Shop;

/// Products are numbered from 1; every shop has more than these.
const PRODUCTS: std::ops::RangeInclusive<i32> = 1..=500;

/// A shop that is being bought from, until it is dropped.
pub struct Trade {
    answered: Arc<Mutex<Vec<Uuid>>>,
    over: Arc<AtomicBool>,
    customer: Option<JoinHandle<()>>,
    /// Pieces in stock and sold, for each product, before anything was bought.
    pieces: BTreeMap<i32, i64>,
}

impl Trade {
    /// Opens the trade in a shop that is up.
    pub fn open(shop: &Shop) -> Self {
        let (answered, over) = (Arc::default(), Arc::default());
        let mut trade = Self {
            answered: Arc::clone(&answered),
            over: Arc::clone(&over),
            customer: None,
            pieces: shop.database().pieces(),
        };
        let customer = shop.customer();
        trade.customer = Some(thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                if let Some(receipt) = customer.try_buy(fastrand::i32(PRODUCTS)) {
                    answered.lock().unwrap().push(receipt.id);
                } else {
                    // The shop is down: asking it without a pause would only slow its start.
                    thread::sleep(std::time::Duration::from_millis(5));
                }
            }
        }));
        trade
    }

    /// How many orders were answered with 201.
    pub fn sold(&self) -> usize {
        self.answered.lock().unwrap().len()
    }

    /// Waits until another order is answered.
    pub fn await_sale(&self) {
        let sold = self.sold();
        until("another sale", || self.sold() > sold);
    }

    /// Every order that was answered with 201 is in the database, and stock went down by exactly what was sold.
    pub fn assert_books(&self, shop: &Shop, when: &str) {
        let answered = self.answered.lock().unwrap().clone();
        let database = shop.database();
        let missing = database.missing(&answered);
        assert!(
            missing.is_empty(),
            "{} of {} orders are lost {when}: {missing:?}",
            missing.len(),
            answered.len()
        );
        let now = database.pieces();
        let wrong: Vec<_> = now
            .iter()
            .filter(|(product, pieces)| self.pieces.get(product) != Some(pieces))
            .collect();
        assert!(
            wrong.is_empty(),
            "pieces appeared or vanished {when}: {wrong:?}"
        );
        assert_eq!(now.len(), self.pieces.len());
    }

    /// No more customers; how many orders were answered with 201.
    pub fn close(&mut self) -> usize {
        self.over.store(true, Ordering::Relaxed);
        if let Some(customer) = self.customer.take() {
            customer.join().unwrap();
        }
        self.sold()
    }
}

impl Drop for Trade {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
