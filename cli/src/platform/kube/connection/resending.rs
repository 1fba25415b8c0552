//! What is sent again.

use std::time::Duration;

use http::{Method, Request, Response};
use kube::client::Body;
use kube::client::retry::RetryPolicy;
use tokio::time::{Instant, Sleep, sleep};
use tower::BoxError;
use tower::retry::Policy;

use super::outcome::{Outcome, VERSION};
use super::silence::Silence;

/// How long an API server may be gone: longer than it takes to start again.
const GONE: Duration = Duration::from_mins(1);

/// So long after it was away, an API server may refuse what it allows later: it listens before it knows the roles.
const STARTS: Duration = Duration::from_secs(15);

/// The pause before a request is sent again: nobody tells when the API is back.
const PAUSE: Duration = Duration::from_millis(500);

/// Sends a request again while it is not answered.
#[derive(Debug, Clone)]
pub struct Resending {
    silence: Silence,
    /// When this was first to be done.
    since: Option<Instant>,
}

impl Resending {
    /// The silence hears of all that comes.
    pub fn heard_by(silence: &Silence) -> Self {
        Self {
            silence: silence.clone(),
            since: None,
        }
    }

    /// Takes note of it. Whether the request may be sent again.
    fn hear(&self, outcome: &Outcome, request: &Request<Body>) -> bool {
        match outcome {
            Outcome::NotTaken(reason) => self.silence.goes_on(reason),
            Outcome::Lost(reason) => self.silence.may_begin(reason),
            Outcome::Answered | Outcome::Later | Outcome::Refused => self.silence.ends(),
            Outcome::Failed => {}
        }
        let is_left_alone = !self.silence.has_answered() || looks_for_itself(request);
        match outcome {
            Outcome::NotTaken(_) | Outcome::Later => !is_left_alone,
            // It may have been done.
            Outcome::Lost(_) => !is_left_alone && request.method() != Method::POST,
            Outcome::Refused => {
                let last = self.silence.last();
                last.is_some_and(|last| last.elapsed() < STARTS)
            }
            Outcome::Answered | Outcome::Failed => false,
        }
    }
}

impl<B> Policy<Request<Body>, Response<B>, BoxError> for Resending {
    type Future = Sleep;

    fn retry(
        &mut self,
        request: &mut Request<Body>,
        came: &mut Result<Response<B>, BoxError>,
    ) -> Option<Sleep> {
        if !self.hear(&Outcome::of(came, request), request) {
            return None;
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        // An outage has one minute in all, however many requests meet it one after the other.
        let since = self.silence.since().unwrap_or(since).min(since);
        (since.elapsed() < GONE).then(|| sleep(PAUSE))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        let mut library = RetryPolicy::default();
        Policy::<_, Response<B>, BoxError>::clone_request(&mut library, request)
    }
}

/// Whether whoever sent it wants to know at once that the API is away: the question for its version is that very question, and
/// who watches begins anew.
fn looks_for_itself(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let mut words = query.split('&');
    request.uri().path() == VERSION || words.any(|word| word == "watch=true")
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use tower::{Service as _, ServiceBuilder, ServiceExt as _};
    use tower_test::mock::{self, SendResponse};

    use super::*;

    type Reply = SendResponse<Response<()>>;

    fn refuse(reply: Reply) {
        reply.send_error(io::Error::from(ErrorKind::ConnectionRefused));
    }

    fn lose(reply: Reply) {
        reply.send_error(io::Error::from(ErrorKind::ConnectionReset));
    }

    fn answer(status: u16) -> impl Fn(Reply) {
        move |reply| {
            reply.send_response(Response::builder().status(status).body(()).unwrap());
        }
    }

    /// Sends a request after the silence, and says how it ends and how often it was sent.
    async fn send(
        silence: &Silence,
        asked: &str,
        replies: &[&dyn Fn(Reply)],
    ) -> (Option<u16>, usize) {
        let (method, path) = asked.split_once(' ').unwrap();
        let (service, mut handle) = mock::pair::<Request<Body>, Response<()>>();
        let mut service = ServiceBuilder::new()
            .retry(Resending::heard_by(silence))
            .service(service);
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        let came = service.ready().await.unwrap().call(request);
        let mut came = std::pin::pin!(came);
        let mut sent = 0;
        loop {
            tokio::select! {
                came = &mut came => {
                    return (came.ok().map(|answer| answer.status().as_u16()), sent);
                }
                Some((_, reply)) = handle.next_request() => {
                    replies[sent.min(replies.len() - 1)](reply);
                    sent += 1;
                }
            }
        }
    }

    /// An API that has answered.
    fn alive() -> Silence {
        let silence = Silence::default();
        silence.ends();
        silence
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_sent_until_it_is_answered() {
        let replies: [&dyn Fn(Reply); 4] = [&refuse, &answer(503), &answer(429), &answer(200)];
        let ended = send(&alive(), "GET /api/v1/pods", &replies).await;
        assert_eq!(ended, (Some(200), 4));
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_that_does_not_come_back_is_given_up() {
        let start = Instant::now();
        let (ended, _) = send(&alive(), "GET /api/v1/pods", &[&refuse]).await;
        assert_eq!(ended, None);
        assert_eq!(start.elapsed(), GONE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_must_not_be_sent_again_is_not() {
        let lost: [&dyn Fn(Reply); 2] = [&lose, &answer(200)];
        for asked in [
            "GET /version",
            "GET /api/v1/pods?watch=true",
            "POST /api/v1/pods",
        ] {
            assert_eq!(send(&alive(), asked, &lost).await, (None, 1), "{asked}");
        }
        let refused: [&dyn Fn(Reply); 2] = [&refuse, &answer(200)];
        for asked in [
            "POST /api/v1/pods",
            "DELETE /api/v1/namespaces/shop/pods/one",
        ] {
            let ended = send(&alive(), asked, &refused).await;
            assert_eq!(ended, (Some(200), 2), "{asked}");
        }
        let never = Silence::default();
        assert_eq!(send(&never, "GET /api/v1/pods", &lost).await, (None, 1));
        // Credentials that cannot be had are no silence.
        let silence = alive();
        let failed = |reply: Reply| reply.send_error("the program `aws` is not there");
        assert_eq!(
            send(&silence, "GET /api/v1/pods", &[&failed]).await,
            (None, 1)
        );
        assert_eq!(silence.last(), None);
        // Neither the server of a group nor a node is that of the API.
        for asked in [
            "GET /apis/metrics.k8s.io/v1beta1",
            "GET /api/v1/namespaces/shop/pods/one/log",
        ] {
            assert_eq!(
                send(&silence, asked, &[&answer(503)]).await,
                (Some(503), 1),
                "{asked}"
            );
            assert_eq!(silence.last(), None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_has_one_minute_in_all() {
        let (silence, start) = (alive(), Instant::now());
        for _ in 0..3 {
            let (ended, _) = send(&silence, "GET /api/v1/pods", &[&refuse]).await;
            assert_eq!(ended, None);
        }
        assert_eq!(start.elapsed(), GONE);
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_server_that_has_just_started_is_asked_again_for_rights() {
        let replies: [&dyn Fn(Reply); 2] = [&answer(403), &answer(200)];
        let asked = "GET /api/v1/pods";
        assert_eq!(send(&alive(), asked, &replies).await, (Some(403), 1));
        let silence = alive();
        silence.goes_on("connection refused");
        assert_eq!(send(&silence, asked, &replies).await, (Some(200), 2));
        silence.goes_on("connection refused");
        let start = Instant::now();
        assert_eq!(send(&silence, asked, &[&answer(403)]).await.0, Some(403));
        assert_eq!(start.elapsed(), STARTS);
    }
}
