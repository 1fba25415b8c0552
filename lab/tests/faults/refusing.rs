//! A registry that lets nobody in.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::scene::Scene;

const HEAD: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"registry\"\r\nContent-Type: application/json\r\nConnection: close\r\n";
const BODY: &str = "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\",\"detail\":null}]}";

/// The port, which the lab does not use.
const PORT: u16 = 5401;

/// Its address.
pub fn address(scene: &Scene<'_>) -> String {
    let registry = scene.operator.registry();
    let (host, _) = registry.split_once(':').unwrap();
    format!("{host}:{PORT}")
}

/// Starts it, for as long as this process lives, and has the hosts ask it without TLS.
pub fn start(scene: &Scene<'_>) {
    let address = address(scene);
    let listener = TcpListener::bind(&address).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            refuse(stream);
        }
    });
    scene.on_hosts(&format!(
        "mkdir -p /etc/containerd/certs.d/{address}; echo \"server = \\\"http://{address}\\\"\" > /etc/containerd/certs.d/{address}/hosts.toml"
    ));
}

/// Has the hosts forget it.
pub fn forget(scene: &Scene<'_>) {
    let address = address(scene);
    scene.on_hosts(&format!("rm -r /etc/containerd/certs.d/{address}"));
}

/// Reads a request's head and answers. Who does not wait for the answer has none.
fn refuse(mut stream: TcpStream) {
    let mut lines = BufReader::new(&stream).lines();
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    let length = BODY.len();
    let _ = write!(stream, "{HEAD}Content-Length: {length}\r\n\r\n{BODY}");
}
