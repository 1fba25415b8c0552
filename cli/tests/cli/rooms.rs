//! The walls of the house: a room imports only from rooms to its left.

use std::path::{Path, PathBuf};

use crate::house::sources;

/// The rooms from left to right. `commands` is the corridor and alone sees all of them.
const ROOMS: [&str; 4] = ["config", "plan", "platform", "report"];

/// What every room may use: how a call can end.
const FOUNDATIONS: [&str; 2] = ["exit", "failure"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules of this crate that a text names by `crate::…`.
fn named_modules(text: &str) -> Vec<String> {
    let named = text.split("crate::").skip(1);
    let name = |rest: &str| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    named.map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn a_room_imports_only_from_rooms_to_its_left() {
    for (place, room) in ROOMS.iter().enumerate() {
        for (file, text) in sources(&source().join(room)) {
            for module in named_modules(&text) {
                let allowed = ROOMS[..=place].contains(&module.as_str())
                    || FOUNDATIONS.contains(&module.as_str());
                assert!(
                    allowed,
                    "{} in room `{room}` reaches into `{module}`",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn the_foundations_stand_on_nothing_else() {
    for noun in FOUNDATIONS {
        let text = std::fs::read_to_string(source().join(noun).with_extension("rs")).unwrap();
        for module in named_modules(&text) {
            assert!(
                FOUNDATIONS.contains(&module.as_str()),
                "`{noun}` reaches into `{module}`"
            );
        }
    }
}

#[test]
fn plans_are_pure() {
    for (file, text) in sources(&source().join("plan")) {
        for effect in [
            "async fn",
            "std::fs",
            "std::process",
            "std::env",
            "tokio",
            "reqwest",
        ] {
            assert!(
                !text.contains(effect),
                "{} is not pure: `{effect}`",
                file.display()
            );
        }
    }
}

#[test]
fn only_the_command_line_knows_clap() {
    for room in ["config", "plan", "platform"] {
        for (file, text) in sources(&source().join(room)) {
            assert!(!text.contains("clap::"), "{} knows clap", file.display());
        }
    }
}
