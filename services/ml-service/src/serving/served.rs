//! The model that answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;

use crate::published::ProductModel;

/// A loaded model.
#[derive(Debug)]
pub struct ServedModel {
    /// Its name.
    pub version: String,
    /// The model itself.
    pub model: ProductModel,
}

/// The model that answers now. Clones share it. Reading never waits, also while a new one takes its place.
#[derive(Debug, Clone, Default)]
pub struct Served {
    model: Arc<ArcSwapOption<ServedModel>>,
    up_to_date: Arc<AtomicBool>,
}

impl Served {
    /// The model that answers now.
    pub fn model(&self) -> Option<Arc<ServedModel>> {
        self.model.load_full()
    }

    /// Lets another model answer from now on. Requests that have begun finish with the one they began with.
    pub(super) fn swap(&self, model: ServedModel) {
        self.model.store(Some(Arc::new(model)));
    }

    /// Notes whether the database says what is current, and that it is being served.
    pub(super) fn set_up_to_date(&self, up_to_date: bool) {
        self.up_to_date.store(up_to_date, Ordering::Relaxed);
    }

    /// Whether a request should be sent here.
    ///
    /// Yes with a model, however old: an answer from yesterday's model beats none. Yes also when the database is there and
    /// has no model yet: that is a new shop, not a broken service.
    pub fn readiness(&self) -> Result<(), &'static str> {
        if self.model.load().is_some() || self.up_to_date.load(Ordering::Relaxed) {
            Ok(())
        } else {
            Err("no model is loaded and the table of models cannot be read")
        }
    }
}
