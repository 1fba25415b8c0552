//! The W3C trace context that the journey is sent with.

use uuid::Uuid;

/// One trace, started by a request of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traceparent {
    trace_id: String,
    span_id: String,
}

impl Traceparent {
    /// A new trace.
    pub fn random() -> Self {
        // Random UUIDs are never all zero, which the specification forbids.
        let span_id = Uuid::new_v4().simple().to_string()[..16].to_owned();
        Self {
            trace_id: Uuid::new_v4().simple().to_string(),
            span_id,
        }
    }

    /// The trace's identity as it stands in logs: 32 hexadecimal digits.
    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }

    /// The value of the header `traceparent`, marked as sampled.
    pub fn header(&self) -> String {
        format!("00-{}-{}-01", self.trace_id, self.span_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_the_form_of_the_specification() {
        let trace = Traceparent::random();
        let header = trace.header();
        let parts: Vec<_> = header.split('-').collect();
        assert_eq!(
            parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [2, 32, 16, 2]
        );
        assert_eq!(parts[1], trace.trace_id());
        assert!(header.chars().all(|c| c == '-' || c.is_ascii_hexdigit()));
    }
}
