//! Every command that a page of the documentation shows does what the page says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shop::Shop;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The pages of the repository's root and of `docs`, the README first.
fn pages() -> Vec<PathBuf> {
    let places = [repository().to_owned(), repository().join("docs")];
    let entries = places
        .iter()
        .filter_map(|place| fs::read_dir(place).ok())
        .flatten();
    let mut pages: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort_by_key(|path| (!path.ends_with("README.md"), path.clone()));
    pages
}

/// The lines after `$ ` in console blocks.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    blocks
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_of_every_page_works() {
    for page in pages() {
        let commands = commands(&fs::read_to_string(&page).unwrap());
        if commands.is_empty() {
            assert!(!page.ends_with("README.md"), "the README shows no command");
            continue;
        }
        let shop = Shop::new();
        // The pages do not say which port; the machine's 8080 may be somebody else's.
        shop.shopctl
            .write("shop.yaml", &format!("local:\n  port: {}\n", shop.port));
        for command in commands {
            run(&shop, &command, &page);
        }
    }
}

fn run(shop: &Shop, command: &str, page: &Path) {
    let words = shlex::split(command).unwrap();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cargo", "shopctl", arguments @ ..] | ["shopctl", arguments @ ..] => {
            let ended = shop.shopctl.run(arguments);
            let text = ended.snapshot();
            assert_eq!(
                ended.code,
                Some(0),
                "`{command}` in {}: {text}",
                page.display()
            );
        }
        ["cargo", "xtask", task, arguments @ ..] => is_a_task(task, arguments),
        _ => panic!("`{command}` in {} cannot be tested", page.display()),
    }
}

/// The task exists and knows those arguments; running it would be a test within the test.
fn is_a_task(task: &str, arguments: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "xtask",
        "--",
    ]);
    let output = cargo
        .args([task, "--help"])
        .current_dir(repository())
        .output()
        .unwrap();
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "there is no task `{task}`");
    for flag in arguments.iter().filter(|word| word.starts_with("--")) {
        let flag = flag.split('=').next().unwrap();
        assert!(help.contains(flag), "task `{task}` has no `{flag}`");
    }
}
