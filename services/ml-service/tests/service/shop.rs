//! A shop's database, and the service in front of it.

use std::net::SocketAddr;
use std::time::Duration;

use database::Address;
use kit::config::ServeConfig;
use kit::testing::Postgres;
use kit::{Metrics, Readiness};
use ml_service::commands::train::{TrainReport, train};
use ml_service::serving::{Follower, Gauges, Served, router};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_postgres::Client;

/// Longest wait for anything. Far more than it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A database with orders.
pub(crate) struct Shop {
    pub(crate) url: String,
    pub(crate) client: Client,
}

impl Shop {
    /// On the server that all tests share.
    pub(crate) async fn open() -> Self {
        let url = tokio::task::spawn_blocking(|| Postgres::shared().database())
            .await
            .unwrap();
        Self::at(url).await
    }

    /// In an empty database.
    pub(crate) async fn at(url: String) -> Self {
        let shop = Self {
            client: connect(&url).await,
            url,
        };
        shop.client
            .batch_execute(include_str!("schema.sql"))
            .await
            .unwrap();
        shop
    }

    pub(crate) fn config(&self) -> Address {
        config(&self.url)
    }

    /// Sells `count` orders of two products that always go together: an even one and the odd one after it. `salt` makes
    /// them different from other orders.
    pub(crate) async fn sell(&self, count: i32, salt: i32) {
        let lines = "
            with sold as (
                insert into orders (created_at, status)
                select timestamptz '2026-01-01' + number * interval '1 minute' + $2::int * interval '1 day', 'paid'
                from generate_series(1, $1::int) as number
                returning id, (extract(epoch from created_at)::bigint / 60 * 7919 + $2::int) % 40 * 2 as product
            )
            insert into order_lines (order_id, product_id)
            select id, product from sold union all select id, product + 1 from sold";
        self.client.execute(lines, &[&count, &salt]).await.unwrap();
    }

    pub(crate) async fn train(&self) -> TrainReport {
        train(&self.config()).await.unwrap()
    }

    /// Trains, and gives the version that was published.
    pub(crate) async fn publish(&self) -> String {
        let report = self.train().await;
        assert_eq!(report.outcome, "published", "{report:?}");
        report.version.unwrap()
    }
}

pub(crate) fn config(url: &str) -> Address {
    Address::parse(url, None).unwrap()
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

/// The service on a port of its own. Looks at the database only when it is notified, unless the test says otherwise.
pub(crate) struct Service {
    address: SocketAddr,
    client: reqwest::Client,
    pub(crate) served: Served,
    _stops: watch::Sender<u32>,
}

impl Service {
    pub(crate) async fn start(database: Address) -> Self {
        Self::polling(database, Duration::from_hours(1)).await
    }

    pub(crate) async fn polling(database: Address, poll: Duration) -> Self {
        let metrics = Metrics::new("ml-service", "test");
        let served = Served::default();
        let gauges = Gauges::register(&metrics);
        tokio::spawn(
            Follower {
                database,
                served: served.clone(),
                gauges,
                poll,
            }
            .run(),
        );
        let probed = served.clone();
        let readiness = Readiness::new().probe("postgres", move || {
            let probed = probed.clone();
            async move { probed.readiness() }
        });
        let app = kit::app(router(served.clone()), &readiness, &metrics);
        let listener = kit::serve::bind("127.0.0.1:0".parse().unwrap())
            .await
            .unwrap();
        let address = listener.local_addr().unwrap();
        let config = ServeConfig {
            listen: address,
            internal_listen: None,
            drain_timeout: PATIENCE,
            drain_delay: Duration::ZERO,
        };
        let (stops, receiver) = watch::channel(0);
        tokio::spawn(async move {
            kit::serve::serve_until(&config, listener, app, &readiness, receiver).await;
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            address,
            client,
            served,
            _stops: stops,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let response = self
            .client
            .get(format!("http://{}{path}", self.address))
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Asks for recommendations.
    pub(crate) async fn ask(&self, question: &Value) -> (u16, Value) {
        let url = format!("http://{}/recommendations", self.address);
        let response = self.client.post(url).json(question).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// What goes best with a product.
    pub(crate) async fn best(&self, product: i32) -> Value {
        let (status, answer) = self.ask(&json!({"items": [product], "limit": 1})).await;
        assert_eq!(status, 200, "{answer}");
        answer["items"][0]["id"].clone()
    }

    /// Waits until a model answers.
    pub(crate) async fn until_served(&self, version: &str) {
        until(async || {
            self.served
                .model()
                .is_some_and(|model| model.version == version)
        })
        .await;
    }

    /// Waits until the service is ready, or is not.
    pub(crate) async fn until_ready(&self, ready: bool) {
        until(async || (self.get("/readyz").await.0 == 200) == ready).await;
    }
}

/// Waits for a condition that nobody announces.
async fn until(condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("it never happened");
}
