//! The throw-away servers of the feature `testing`.

use std::io::{Read, Write};
use std::net::TcpStream;

use kit::testing::{Postgres, Redis};

fn redis_says(redis: &Redis, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
    stream
        .write_all(format!("{command}\r\nQUIT\r\n").as_bytes())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The first byte of PostgreSQL's answer to a request for encryption: `N`, it has none here.
fn postgres_answers(postgres: &Postgres) -> std::io::Result<u8> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let mut stream = TcpStream::connect(("127.0.0.1", postgres.port()))?;
    stream.write_all(&SSL_REQUEST)?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    Ok(answer[0])
}

#[test]
fn redis_answers_stops_and_comes_back() {
    let redis = Redis::start();
    assert!(redis_says(&redis, "PING").starts_with("+PONG"));
    redis.stop();
    assert!(TcpStream::connect(("127.0.0.1", redis.port())).is_err());
    redis.restart();
    assert!(redis_says(&redis, "PING").starts_with("+PONG"));
}

#[test]
fn postgres_answers_stops_and_comes_back() {
    let postgres = Postgres::start();
    assert_eq!(postgres_answers(&postgres).unwrap(), b'N');
    postgres.stop();
    assert!(postgres_answers(&postgres).is_err());
    postgres.restart();
    assert_eq!(postgres_answers(&postgres).unwrap(), b'N');
}

#[test]
fn databases_have_names_of_their_own() {
    let postgres = Postgres::shared();
    assert_ne!(postgres.database(), postgres.database());
}

#[test]
fn servers_end_on_drop() {
    let (redis, postgres) = (Redis::start(), Postgres::shared());
    let port = redis.port();
    drop(redis);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(postgres_answers(postgres).unwrap(), b'N');
}
