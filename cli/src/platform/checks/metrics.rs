//! Every service's metrics are readable and counted the journey.

use std::time::Duration;

use super::check::{Check, When};
use super::open_metrics::{Scraped, scrape};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Journey, Visit, eventually, unreadable};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "metrics",
    title: "every `/metrics` is OpenMetrics and counted the journey, as synthetic and not as a sale",
    needs: &["checkout"],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// A request may be counted this long after its answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A real order that was written before the journey may be counted during it.
const OVERLAP: Duration = Duration::from_secs(10);

/// A counter, and the labels of the series that the journey moved.
type Series = (&'static str, &'static [(&'static str, &'static str)]);

const REQUESTS: &str = "shopmicro_http_requests_total";
const ORDERS: &str = "shopmicro_orders_placed_total";

/// What the journey moved by at least one, by service.
const COUNTED: &[(Component, Series)] = &[
    (Component::MlService, (REQUESTS, &[("method", "POST")])),
    (
        Component::Backend,
        (
            REQUESTS,
            &[
                ("method", "POST"),
                ("route", "/api/orders"),
                ("status", "201"),
            ],
        ),
    ),
    (Component::Backend, (ORDERS, &[("synthetic", "true")])),
    (
        Component::Frontend,
        (REQUESTS, &[("method", "GET"), ("status", "200")]),
    ),
];

async fn judge(visit: &Visit<'_>) -> Judgement {
    let journey = visit.journey().await?;
    let services = Component::SERVICES.map(|service| judge_service(visit, journey, service));
    let figures = futures_util::future::join_all(services).await;
    let series: usize = figures.into_iter().sum::<Result<usize, Trouble>>()?;
    Ok(format!(
        "{series} figures of {} services, the journey among them",
        Component::SERVICES.len()
    ))
}

/// How many figures the service has.
async fn judge_service(
    visit: &Visit<'_>,
    journey: &Journey,
    service: Component,
) -> Result<usize, Trouble> {
    let before = match journey.metrics.get(&service) {
        Some(before) => before.clone()?,
        None => return Err(Trouble::of(service, format!("{service} was not measured"))),
    };
    let after = eventually(PATIENCE, async || {
        let after = scrape(visit, service).await?;
        ensure_counted(service, &before, &after)?;
        Ok(after)
    })
    .await?;
    if service == Component::Backend {
        ensure_no_sale(visit, journey, &before, &after).await?;
    }
    Ok(after.figures())
}

fn ensure_counted(service: Component, before: &Scraped, after: &Scraped) -> Result<(), Trouble> {
    let series = COUNTED
        .iter()
        .filter(|(component, _)| *component == service);
    for (_, (name, labels)) in series {
        ensure(after.growth(name, labels, before) >= 0.5, || {
            let labels: Vec<_> = labels
                .iter()
                .map(|(label, value)| format!("{label}=\"{value}\""))
                .collect();
            let cause = format!(
                "{service} did not count the journey in `{name}{{{}}}`",
                labels.join(",")
            );
            Trouble::of(service, cause)
        })?;
    }
    Ok(())
}

/// Real orders may have been counted meanwhile, but not more than were written.
async fn ensure_no_sale(
    visit: &Visit<'_>,
    journey: &Journey,
    before: &Scraped,
    after: &Scraped,
) -> Result<(), Trouble> {
    let counted = after.growth(ORDERS, &[("synthetic", "false")], before);
    if counted < 0.5 {
        return Ok(());
    }
    let database = visit.database().await?;
    // By the database's clock, which may not be that of this machine.
    let age = (journey.began.elapsed() + OVERLAP).as_secs_f64();
    let written = database
        .query_one(
            "SELECT count(*)::float8 FROM orders WHERE NOT synthetic AND source = 'shop' AND created_at > now() - make_interval(secs => $1)",
            &[&age],
        )
        .await;
    let written: f64 = written
        .map_err(|error| unreadable("orders", &error))?
        .get(0);
    ensure(counted <= written + 0.5, || {
        let cause = format!(
            "backend counted {counted} sales although only {written} real orders were placed"
        );
        Trouble::of(Component::Backend, cause)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::platform::checks::open_metrics::parse;

    fn backend(requests: u32, orders: u32) -> Scraped {
        let said = parse(&format!(
            "# TYPE shopmicro_http_requests counter\n\
             shopmicro_http_requests_total{{method=\"POST\",route=\"/api/orders\",status=\"201\"}} {requests}\n\
             # TYPE shopmicro_orders_placed counter\n\
             shopmicro_orders_placed_total{{synthetic=\"true\"}} {orders}\n\
             # EOF\n"
        ))
        .unwrap();
        Scraped::new(BTreeMap::from([("backend".to_owned(), said)]))
    }

    #[test]
    fn every_figure_of_the_journey_must_have_grown() {
        let counted = |before, after| ensure_counted(Component::Backend, &before, &after);
        assert_eq!(counted(backend(1, 1), backend(2, 2)), Ok(()));
        assert_eq!(counted(backend(7, 7), backend(1, 1)), Ok(()));
        let trouble = counted(backend(1, 1), backend(2, 1)).unwrap_err();
        assert_eq!(
            trouble.cause,
            "backend did not count the journey in `shopmicro_orders_placed_total{synthetic=\"true\"}`"
        );
    }
}
