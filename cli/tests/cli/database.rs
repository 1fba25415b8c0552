//! The stores of a shop, from inside.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row};
use uuid::Uuid;

/// For each product the pieces in stock and in paid orders of this shop, together: buying and cancelling do not change
/// the sum. One statement sees one moment of the database.
const PIECES: &str = "
    SELECT p.id, p.stock::bigint + coalesce((
           SELECT sum(l.quantity) FROM order_lines l JOIN orders o ON o.id = l.order_id
            WHERE l.product_id = p.id AND o.status = 'paid' AND o.source <> 'seed'), 0)::bigint
      FROM products p";

/// A connection as the superuser.
pub struct Database {
    runtime: Runtime,
    client: Client,
}

impl Database {
    /// Connects to the shop in that data directory.
    pub fn of(data_dir: &Path) -> Self {
        Self::connect(
            data_dir,
            "postgres",
            &secret(data_dir, "postgres-superuser"),
        )
        .unwrap()
    }

    /// Connects under a role.
    pub fn connect(
        data_dir: &Path,
        role: &str,
        password: &str,
    ) -> Result<Self, tokio_postgres::Error> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut config = Config::new();
        config
            .host("127.0.0.1")
            .port(port(data_dir, "postgres"))
            .user(role)
            .password(password)
            .dbname("shopmicro");
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            Ok(client)
        });
        client.map(|client| Self { runtime, client })
    }

    /// Runs statements without parameters.
    pub fn run(&self, statements: &str) -> Result<(), tokio_postgres::Error> {
        self.runtime.block_on(self.client.batch_execute(statements))
    }

    /// Asks a question.
    pub fn ask(&self, question: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        let asked = self.client.query(question, parameters);
        self.runtime.block_on(asked).unwrap()
    }

    /// Asks for one number.
    pub fn count(&self, question: &str) -> i64 {
        self.ask(question, &[])[0].get(0)
    }

    /// Which of these orders are not there as paid ones.
    pub fn missing(&self, orders: &[Uuid]) -> Vec<Uuid> {
        let question = "SELECT a.id FROM unnest($1::uuid[]) AS a (id)
            WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = a.id AND o.status = 'paid')";
        let rows = self.ask(question, &[&orders]);
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// For each product the pieces in stock and those that were sold, together.
    pub fn pieces(&self) -> BTreeMap<i32, i64> {
        let rows = self.ask(PIECES, &[]);
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }
}

/// A secret of the shop.
pub fn secret(data_dir: &Path, name: &str) -> String {
    fs::read_to_string(data_dir.join("secrets").join(name)).unwrap()
}

/// The port of a component.
pub fn port(data_dir: &Path, component: &str) -> u16 {
    let text = fs::read(data_dir.join("ports.json")).unwrap();
    let ports: Value = serde_json::from_slice(&text).unwrap();
    u16::try_from(ports["components"][component].as_u64().unwrap()).unwrap()
}

/// How many keys of that pattern are in Redis.
pub fn redis_keys(data_dir: &Path, pattern: &str) -> usize {
    let client = redis::Client::open(secret(data_dir, "redis-url")).unwrap();
    let mut connection = client.get_connection().unwrap();
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg(pattern)
        .query(&mut connection)
        .unwrap();
    keys.len()
}
