//! A chart of the manifests that `shopctl render` writes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::operator::Operator;

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 0.1.0\n";

/// Renders `shop.yaml` with these lines and makes a chart of it. The namespace is made by whoever installs it, so it is
/// put beside.
pub fn make(operator: &Operator, directory: &Path, lines: &str, images: &[(String, String)]) {
    if directory.exists() {
        fs::remove_dir_all(directory).unwrap();
    }
    let rendered = directory.join("rendered");
    fs::create_dir_all(&rendered).unwrap();
    let settings = directory.join("shop.yaml");
    fs::write(&settings, operator.text(lines)).unwrap();
    let (settings, out) = (settings.to_str().unwrap(), rendered.to_str().unwrap());
    let given: Vec<_> = images
        .iter()
        .filter(|(part, _)| !lines.contains(&format!("images: {{{part}:")))
        .map(|(part, image)| format!("--image={part}={image}"))
        .collect();
    let mut arguments = vec!["render", "--config", settings, "--out", out];
    arguments.extend(given.iter().map(String::as_str));
    operator.shopctl(&arguments);
    fs::write(directory.join("Chart.yaml"), CHART).unwrap();
    for file in manifests(&rendered) {
        let text = fs::read_to_string(&file).unwrap();
        let place = if text.contains("\nkind: Namespace\n") {
            directory.join("namespace.yaml")
        } else {
            let name = file.strip_prefix(&rendered).unwrap().to_string_lossy();
            directory.join("templates").join(name.replace('/', "-"))
        };
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text.replace("{{", "{{ \"{{\" }}")).unwrap();
    }
    fs::remove_dir_all(&rendered).unwrap();
}

fn manifests(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(manifests(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            found.push(path);
        }
    }
    found
}
