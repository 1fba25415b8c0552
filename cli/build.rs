//! The playbooks are a part of the program, so it is built again when one of them has changed.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../ansible");
}
