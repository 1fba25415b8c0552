//! Errors of the API in one sentence.

use std::error::Error as _;

/// The reason, without the layers that it came through.
pub fn cause(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error {
        return status.message.clone();
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    // The last one of a timeout says only `deadline has elapsed`.
    let text = innermost.to_string();
    if error.source().is_none() {
        error.to_string()
    } else {
        text
    }
}

/// The reason below all layers.
pub fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
