//! When the API did not answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::platform::{Events, WeakEvents};

/// So long after the API server was away, whatever watches it may still act on what was before: the controllers, which may
/// have to start again and only then make pods, and then the network, which only hears of those pods when it asks again. The
/// usual client does so after pauses that grow to half a minute and are stretched by up to as much. Two of them wait for each
/// other: what keeps the address of the API server in the cluster, and then whoever asks there.
const RECOVERY: Duration = Duration::from_mins(3);

/// A request that is lost counts as silence when nothing has been answered for so long.
const LOST: Duration = Duration::from_secs(1);

/// The times at which the API left requests without an answer. Everybody who asks it shares them, so that who waits for a
/// release knows of an outage that somebody else has met.
#[derive(Debug, Clone, Default)]
pub struct Silence(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    has_answered: bool,
    /// Since when nothing has been answered.
    since: Option<Instant>,
    last: Option<Instant>,
    /// The last second of it that somebody was told of.
    told: u64,
    listener: Option<WeakEvents>,
}

impl Silence {
    /// The last moment at which a request was left without an answer; none when all have been answered.
    pub fn last(&self) -> Option<Instant> {
        self.state().last
    }

    /// Until when whatever watches the API may act on what was before its last silence; none when there was none.
    pub fn recovers_until(&self) -> Option<Instant> {
        self.last().map(|last| last + RECOVERY)
    }

    /// Whether anything has ever been answered.
    pub fn has_answered(&self) -> bool {
        self.state().has_answered
    }

    /// Since when nothing has been answered; none when the last request was.
    pub fn since(&self) -> Option<Instant> {
        self.state().since
    }

    /// From now on a silence that lasts is told there, until nobody else tells anything there.
    pub fn tell(&self, events: &Events) {
        self.state().listener = Some(events.downgrade());
    }

    /// A request has been answered.
    pub fn ends(&self) {
        let mut state = self.state();
        state.has_answered = true;
        let since = state.since.take();
        let told = std::mem::take(&mut state.told);
        if let (Some(since), 1.., Some(events)) = (since, told, state.events()) {
            let seconds = since.elapsed().as_secs();
            events.note(format!("the Kubernetes API was away for {seconds} s"));
        }
    }

    /// A request was taken and not answered, for this reason. A single one may always be lost.
    pub fn may_begin(&self, reason: &str) {
        let since = *self.state().since.get_or_insert_with(Instant::now);
        if since.elapsed() >= LOST {
            self.goes_on(reason);
        }
    }

    /// Nobody was there to take a request, for this reason.
    pub fn goes_on(&self, reason: &str) {
        let mut state = self.state();
        let now = Instant::now();
        state.last = Some(now);
        let since = *state.since.get_or_insert(now);
        let seconds = (now - since).as_secs();
        let Some(events) = state.events().filter(|_| seconds > state.told) else {
            return;
        };
        let is_first = state.told == 0;
        state.told = seconds;
        let text = format!("the Kubernetes API does not answer ({reason}); waited for {seconds} s");
        if is_first {
            events.turn(text);
        } else {
            events.progress(text);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn events(&self) -> Option<Events> {
        self.listener.as_ref()?.upgrade()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
    use tokio::time::advance;

    use super::*;
    use crate::platform::Event;

    /// A silence, and who hears of it.
    fn heard() -> (Silence, Events, UnboundedReceiver<Event>) {
        let (sender, receiver) = unbounded_channel();
        let (silence, events) = (Silence::default(), Events::new(sender));
        silence.tell(&events);
        (silence, events, receiver)
    }

    #[tokio::test(start_paused = true)]
    async fn a_silence_that_lasts_is_told_once_a_second_and_at_its_end() {
        let (silence, _events, mut receiver) = heard();
        for _ in 0..5 {
            silence.goes_on("connection refused");
            advance(Duration::from_millis(500)).await;
        }
        silence.ends();
        silence.ends();
        let mut told = Vec::new();
        while let Ok(Event::Turn(text) | Event::Progress(text) | Event::Note(text)) =
            receiver.try_recv()
        {
            told.push(text);
        }
        assert_eq!(
            told,
            [
                "the Kubernetes API does not answer (connection refused); waited for 1 s",
                "the Kubernetes API does not answer (connection refused); waited for 2 s",
                "the Kubernetes API was away for 2 s",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_was_lost_is_worth_no_word() {
        let (silence, events, mut receiver) = heard();
        silence.may_begin("connection reset");
        silence.ends();
        advance(Duration::from_mins(1)).await;
        silence.may_begin("connection reset");
        assert_eq!(silence.last(), None);
        assert!(receiver.try_recv().is_err());
        advance(LOST).await;
        silence.may_begin("connection reset");
        assert_eq!(silence.last(), Some(Instant::now()));
        assert!(matches!(receiver.try_recv(), Ok(Event::Turn(_))));
        // Who listens must hear when there is nothing more to come.
        drop(events);
        assert!(receiver.recv().await.is_none());
    }
}
