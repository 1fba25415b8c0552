//! Requests through the front door, as the public sends them.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method};

use super::request::Request;
use crate::plan::Component;

/// No request may take longer than this.
pub const LIMIT: Duration = Duration::from_secs(4);

/// The host name of a shop that has been given no other.
const HOST_NAME: &str = "shopmicro.local";

/// The front door.
#[derive(Debug, Clone)]
pub struct Door {
    client: Client,
    address: String,
    resolve: Option<(String, SocketAddr)>,
}

impl Door {
    /// The front door at that address, whose host may be known here and not to any DNS.
    pub fn new(address: &str, resolve: Option<(String, SocketAddr)>) -> Self {
        Self::with(Client::builder(), address, resolve)
    }

    /// The same, with a connection of its own for every request: whoever serves behind one address is met by turns.
    pub fn by_turns(address: &str, resolve: Option<(String, SocketAddr)>) -> Self {
        let client = Client::builder().pool_max_idle_per_host(0);
        Self::with(client, address, resolve)
    }

    fn with(
        mut client: ClientBuilder,
        address: &str,
        resolve: Option<(String, SocketAddr)>,
    ) -> Self {
        if let Some((host, place)) = &resolve {
            client = client.resolve(host, *place);
        }
        let client = client
            .no_proxy()
            .redirect(Policy::none())
            .timeout(LIMIT)
            .user_agent(concat!("shopctl/", env!("CARGO_PKG_VERSION"), " verify"))
            .build()
            // Nothing of this can fail but reading the certificates, which a request tells again.
            .unwrap_or_default();
        Self {
            client,
            address: address.to_owned(),
            resolve,
        }
    }

    /// The host name that the shop is known by.
    pub fn host(&self) -> &str {
        self.resolve.as_ref().map_or(HOST_NAME, |(host, _)| host)
    }

    /// Where to connect to.
    pub fn place(&self) -> String {
        let known = self.resolve.as_ref();
        known.map_or_else(
            || self.authority().to_owned(),
            |(_, place)| place.to_string(),
        )
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        let address = self.address.trim_start_matches("https://");
        address.trim_start_matches("http://")
    }

    /// Whether it is to be spoken to over TLS.
    pub fn has_tls(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// `GET`
    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// `POST`
    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// `PUT`
    pub fn put(&self, path: &str) -> Request {
        self.request(Method::PUT, path)
    }

    fn request(&self, method: Method, path: &str) -> Request {
        let label = format!("{method} {path}");
        let address = format!("{}{path}", self.address);
        Request::new(label, answering(path), self.client.request(method, address))
    }
}

/// Who answers requests for that path.
pub fn answering(path: &str) -> Component {
    if path.starts_with("/api") {
        Component::Backend
    } else {
        Component::Frontend
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HOST;

    use super::*;

    #[tokio::test]
    async fn a_closed_door_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let trouble = Door::new(&address, None)
            .get("/api/health")
            .send()
            .await
            .unwrap_err();
        assert!(
            trouble
                .cause
                .starts_with("the front door does not let `GET /api/health` in: "),
            "{}",
            trouble.cause
        );
        assert_eq!(trouble.hint, "shopctl status");
    }

    #[tokio::test]
    async fn a_host_that_no_dns_knows_is_found_and_asked_for() {
        let app = axum::Router::new().fallback(async |headers: reqwest::header::HeaderMap| {
            headers[HOST].to_str().unwrap_or_default().to_owned()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        let name = format!("shop.invalid:{}", place.port());
        let door = Door::new(
            &format!("http://{name}"),
            Some(("shop.invalid".to_owned(), place)),
        );
        let answer = door.get("/").send().await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.body), name);
        assert_eq!(door.place(), place.to_string());
        assert_eq!(door.host(), "shop.invalid");
    }

    #[test]
    fn paths_have_their_component() {
        assert_eq!(answering("/api/health"), Component::Backend);
        assert_eq!(answering("/assets/x.js"), Component::Frontend);
    }
}
