//! One service's metrics.

use super::parse::parse;
use super::scraped::Scraped;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;
use crate::platform::checks::visit::Visit;

/// Reads the `/metrics` of every process of a service from inside.
pub async fn scrape(visit: &Visit<'_>, service: Component) -> Result<Scraped, Trouble> {
    let texts = visit.shop.inside.metrics(service).await;
    let texts = texts.map_err(|error| {
        let cause = format!("`/metrics` of {service} cannot be read: {error}");
        Trouble::of(service, cause)
    })?;
    let read = texts.into_iter().map(|(process, text)| {
        let exposition = parse(&text).map_err(|cause| {
            let cause = format!("`/metrics` of {service} is no OpenMetrics: {cause}");
            Trouble::of(service, cause)
        })?;
        Ok((process, exposition))
    });
    Ok(Scraped::new(read.collect::<Result<_, Trouble>>()?))
}
