//! Images: built, pushed, listed.

use std::path::PathBuf;

use serde::Serialize;

use super::Printer;
use super::table::columns;
use crate::platform::image::registry::Pushed;
use crate::platform::image::{Build, Built, Listed};

#[derive(Debug, Serialize)]
struct BuildModel<'a> {
    tag: &'a str,
    images: Vec<ImageModel<'a>>,
}

#[derive(Debug, Serialize)]
struct ImageModel<'a> {
    service: &'static str,
    digest: &'a str,
    size: u64,
    linked_statically: bool,
    bill_of_materials: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
}

#[derive(Debug, Serialize)]
struct ListModel<'a> {
    built: Vec<ListedModel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<Vec<ListedModel<'a>>>,
}

#[derive(Debug, Serialize)]
struct ListedModel<'a> {
    service: &'static str,
    tag: &'a str,
    digest: &'a str,
    size: u64,
}

/// Prints what was built, and into which archives it was written.
pub fn images_built(printer: &Printer, build: &Build, archives: &[PathBuf]) {
    let images = build.images.iter().enumerate().map(|(place, image)| {
        let archive = archives.get(place).map(|path| path.display().to_string());
        ImageModel {
            archive,
            ..model(image)
        }
    });
    let images: Vec<_> = images.collect();
    if !printer.is_human() {
        let tag = &build.tag;
        printer.document(&BuildModel { tag, images });
        return;
    }
    let rows: Vec<_> = images
        .into_iter()
        .map(|image| {
            let size = megabytes(image.size);
            let archive = image.archive.unwrap_or_default();
            [
                image.service.to_owned(),
                size,
                image.digest.to_owned(),
                archive,
            ]
        })
        .collect();
    printer.result(&columns(&rows));
}

/// Prints what the registry has now.
pub fn images_pushed(printer: &Printer, build: &Build, pushed: &[Pushed]) {
    let images = build.images.iter().zip(pushed);
    if !printer.is_human() {
        let images = images.map(|(image, pushed)| ImageModel {
            reference: Some(&pushed.reference),
            sent: Some(pushed.sent),
            ..model(image)
        });
        printer.document(&BuildModel {
            tag: &build.tag,
            images: images.collect(),
        });
        return;
    }
    let rows: Vec<_> = images
        .map(|(image, pushed)| {
            let sent = match pushed.sent {
                0 => "was there".to_owned(),
                sent => format!("{} sent", megabytes(sent)),
            };
            [image.service.to_string(), sent, pushed.reference.clone()]
        })
        .collect();
    printer.result(&columns(&rows));
}

/// Prints which images there are, here and in the registry that was asked for.
pub fn images_listed(printer: &Printer, built: &[Listed], remote: Option<&(String, Vec<Listed>)>) {
    if !printer.is_human() {
        printer.document(&ListModel {
            built: built.iter().map(listed).collect(),
            registry: remote.map(|(registry, _)| registry.as_str()),
            remote: remote.map(|(_, images)| images.iter().map(listed).collect()),
        });
        return;
    }
    table(printer, "built", built);
    if let Some((registry, images)) = remote {
        printer.line("");
        table(printer, registry, images);
    }
}

fn table(printer: &Printer, place: &str, images: &[Listed]) {
    if images.is_empty() {
        printer.line(&format!("{place}: no images"));
        return;
    }
    printer.line(place);
    let row = |image: &Listed| {
        [
            image.service.to_string(),
            image.tag.clone(),
            megabytes(image.size),
            image.digest.clone(),
        ]
    };
    printer.result(&columns(&images.iter().map(row).collect::<Vec<_>>()));
}

fn model(image: &Built) -> ImageModel<'_> {
    ImageModel {
        service: image.service.name(),
        digest: &image.digest,
        size: image.size,
        linked_statically: image.is_static,
        bill_of_materials: image.bill_of_materials(),
        archive: None,
        reference: None,
        sent: None,
    }
}

fn listed(image: &Listed) -> ListedModel<'_> {
    ListedModel {
        service: image.service.name(),
        tag: &image.tag,
        digest: &image.digest,
        size: image.size,
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
