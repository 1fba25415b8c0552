//! Whether a server that listens where the shop may be is the shop.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;

/// How long the answer may take.
const LIMIT: Duration = Duration::from_secs(4);

/// What of `/api/health` no other server says. A shop that is unwell says it too.
#[derive(Deserialize)]
struct Health {
    #[serde(rename = "status")]
    _status: String,
    #[serde(rename = "release")]
    _release: String,
    #[serde(rename = "dependencies")]
    _dependencies: std::collections::BTreeMap<String, String>,
}

/// Whether the backend answers at that address under the host of `url`. The certificate is not looked at: it is the
/// matter of whoever comes in by that way.
pub async fn is_ours(url: &str, host: &str, address: SocketAddr) -> bool {
    let client = Client::builder()
        .resolve(host, address)
        .no_proxy()
        .redirect(Policy::none())
        .timeout(LIMIT)
        .tls_danger_accept_invalid_certs(true)
        .build();
    let Ok(client) = client else { return false };
    let Ok(answer) = client.get(format!("{url}/api/health")).send().await else {
        return false;
    };
    answer.json::<Health>().await.is_ok()
}
