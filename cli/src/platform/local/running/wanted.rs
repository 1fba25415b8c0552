//! What the supervisor is to run for a release.

use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::machine::binaries;
use crate::platform::local::running::services::Surroundings;
use crate::platform::local::running::spec::{Desired, Spec};
use crate::platform::local::stores::postgres;
use crate::platform::local::stores::redis;

impl Surroundings<'_> {
    /// The stores alone.
    pub fn stores(&self) -> Result<Desired, Error> {
        Ok(Desired {
            program: self.program.clone(),
            release: None,
            components: self.store_specs()?,
            front_door: None,
        })
    }

    /// Everything of the release.
    pub fn everything(&self) -> Result<Desired, Error> {
        let mut components = self.store_specs()?;
        components.extend(Component::SERVICES.map(|service| self.spec(service)));
        Ok(Desired {
            program: self.program.clone(),
            release: Some(self.release.to_owned()),
            components,
            front_door: Some(self.ports.door()),
        })
    }

    fn store_specs(&self) -> Result<Vec<Spec>, Error> {
        let port = self.ports.port(Component::Postgres);
        let (database, cache) = (
            binaries::require_postgres(self.layout)?,
            binaries::require_redis()?,
        );
        Ok(vec![
            postgres::spec(self.layout, &database, port, self.account),
            redis::spec(self.layout, &cache, self.account),
        ])
    }
}
