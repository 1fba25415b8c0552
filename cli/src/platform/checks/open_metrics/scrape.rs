//! One service's metrics.

use super::exposition::Exposition;
use super::parse::parse;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;
use crate::platform::checks::visit::Visit;

/// Reads a service's `/metrics` from inside; what several processes of it say is one exposition.
pub async fn scrape(visit: &Visit<'_>, service: Component) -> Result<Exposition, Trouble> {
    let texts = visit.shop.inside.metrics(service).await;
    let texts = texts.map_err(|error| {
        let cause = format!("`/metrics` of {service} cannot be read: {error}");
        Trouble::of(service, cause)
    })?;
    let mut samples = Vec::new();
    for text in texts {
        let exposition = parse(&text).map_err(|cause| {
            let cause = format!("`/metrics` of {service} is no OpenMetrics: {cause}");
            Trouble::of(service, cause)
        })?;
        samples.extend(exposition.samples);
    }
    Ok(Exposition { samples })
}
