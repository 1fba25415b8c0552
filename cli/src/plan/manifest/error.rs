//! What can keep manifests from being rendered.

use crate::exit::Exit;
use crate::failure::Failure;

/// A failure to render.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Images without a digest.
    #[error("no digest is known for the image of {}", missing.join(", "))]
    Unpinned {
        /// The parts, with what is known of their images.
        missing: Vec<String>,
        /// What to write in `images` of `shop.yaml` for each of them.
        lines: Vec<String>,
    },
    /// A name on the command line is not that of a part.
    #[error("there is no part `{name}` that has an image")]
    UnknownPart {
        /// What was written.
        name: String,
    },
    /// A template is wrong, which is a defect of `shopctl`.
    #[error("template `{path}`: {cause}")]
    Template {
        /// The template.
        path: String,
        /// What the engine said.
        cause: String,
    },
}

/// Where these lines belong, as a part of a hint.
pub fn under_images(lines: &[String]) -> String {
    format!(
        "write under `images` in shop.yaml, or give as `--image PART=IMAGE`:\n  {}",
        lines.join("\n  ")
    )
}

impl Failure for Error {
    fn exit(&self) -> Exit {
        match self {
            Self::Unpinned { .. } => Exit::Prerequisite,
            Self::UnknownPart { .. } => Exit::Usage,
            Self::Template { .. } => Exit::Bug,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unpinned { lines, .. } => Some(format!(
                "manifests name digests and never tags: {}",
                under_images(lines)
            )),
            Self::UnknownPart { .. } => Some(format!("the names are {}", super::PARTS.join(", "))),
            Self::Template { .. } => {
                Some("this is a defect of shopctl; please report it with your shop.yaml".to_owned())
            }
        }
    }
}
