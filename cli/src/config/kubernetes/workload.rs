//! How many replicas run, and what each of them may use.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;
use crate::config::file::section;

/// `replicas` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReplicasFile {
    /// Never fewer than these.
    #[schemars(range(min = 1, max = 1000))]
    pub min: Option<u16>,
    /// Never more than these; as many as `min`: no autoscaling.
    #[schemars(range(min = 1, max = 1000))]
    pub max: Option<u16>,
    /// The share of the requested processor time, in percent, that autoscaling aims at.
    #[schemars(range(min = 1, max = 100))]
    pub target_cpu: Option<u8>,
}

/// `resources` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ResourcesFile {
    /// What is set aside for each replica.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<AmountsFile>")]
    pub requests: AmountsFile,
    /// What no replica gets more than.
    #[serde(deserialize_with = "section")]
    #[schemars(with = "Option<AmountsFile>")]
    pub limits: AmountsFile,
}

/// Processor time and memory as they are written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AmountsFile {
    /// Processors.
    pub cpu: Option<Quantity>,
    /// Bytes.
    pub memory: Option<Quantity>,
}

/// One of the project's own services on Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Never fewer replicas than these.
    pub min: u16,
    /// Never more replicas than these.
    pub max: u16,
    /// The share of the requested processor time, in percent, that autoscaling aims at.
    pub target_cpu: u8,
    /// What each replica may use.
    pub resources: Resources,
}

impl Workload {
    /// Whether the number of replicas follows the load.
    pub const fn scales(&self) -> bool {
        self.min < self.max
    }
}

/// What a container is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// What is set aside.
    pub requests: Amounts,
    /// What it gets at most.
    pub limits: Amounts,
}

/// Processor time and memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    /// Processors.
    pub cpu: Quantity,
    /// Bytes.
    pub memory: Quantity,
}

/// Why settings cannot be used: the key below the section, its value, the cause.
pub type Refusal = (&'static str, String, &'static str);

/// A default in the order processor request, memory request, processor limit, memory limit.
pub type Defaults = [&'static str; 4];

impl Workload {
    pub(super) fn resolve(
        replicas: &ReplicasFile,
        resources: ResourcesFile,
        most: u16,
        defaults: Defaults,
    ) -> Result<Self, Refusal> {
        let min = replicas.min.unwrap_or(2);
        let max = replicas.max.unwrap_or_else(|| most.max(min));
        let target_cpu = replicas.target_cpu.unwrap_or(70);
        if min == 0 || min > 1000 {
            return Err(("replicas.min", min.to_string(), "it must be 1 to 1000"));
        }
        if max < min || max > 1000 {
            let cause = "it must be at least `replicas.min` and at most 1000";
            return Err(("replicas.max", max.to_string(), cause));
        }
        if !(1..=100).contains(&target_cpu) {
            let cause = "it must be 1 to 100 percent";
            return Err(("replicas.target_cpu", target_cpu.to_string(), cause));
        }
        Ok(Self {
            min,
            max,
            target_cpu,
            resources: Resources::resolve(resources, defaults)?,
        })
    }
}

impl Resources {
    pub(super) fn resolve(file: ResourcesFile, defaults: Defaults) -> Result<Self, Refusal> {
        let ResourcesFile { requests, limits } = file;
        let resources = Self {
            requests: Amounts::resolve(requests, defaults[0], defaults[1])?,
            limits: Amounts::resolve(limits, defaults[2], defaults[3])?,
        };
        let pairs = [
            (
                "resources.requests.cpu",
                &resources.requests.cpu,
                &resources.limits.cpu,
            ),
            (
                "resources.requests.memory",
                &resources.requests.memory,
                &resources.limits.memory,
            ),
        ];
        for (key, request, limit) in pairs {
            if request.thousandths() > limit.thousandths() {
                let cause = "it is more than the limit";
                return Err((key, request.as_str().to_owned(), cause));
            }
        }
        Ok(resources)
    }
}

impl Amounts {
    fn resolve(file: AmountsFile, cpu: &str, memory: &str) -> Result<Self, Refusal> {
        let or = |written: Option<Quantity>, default: &str| {
            let invalid = |cause| ("resources", cause, "the default is no amount");
            written.map_or_else(|| Quantity::try_from(default).map_err(invalid), Ok)
        };
        Ok(Self {
            cpu: or(file.cpu, cpu)?,
            memory: or(file.memory, memory)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: Defaults = ["50m", "64Mi", "1", "256Mi"];

    fn replicas(min: u16, max: u16) -> ReplicasFile {
        ReplicasFile {
            min: Some(min),
            max: Some(max),
            target_cpu: None,
        }
    }

    #[test]
    fn as_many_at_least_as_at_most_do_not_scale() {
        let workload =
            |replicas| Workload::resolve(&replicas, ResourcesFile::default(), 10, DEFAULTS);
        assert!(!workload(replicas(3, 3)).unwrap().scales());
        assert!(workload(ReplicasFile::default()).unwrap().scales());
        assert_eq!(workload(replicas(3, 2)).unwrap_err().0, "replicas.max");
        assert_eq!(workload(replicas(0, 2)).unwrap_err().0, "replicas.min");
    }

    #[test]
    fn a_request_above_the_limit_is_refused() {
        let file = ResourcesFile {
            requests: AmountsFile {
                memory: Some(Quantity::try_from("1Gi").unwrap()),
                cpu: None,
            },
            limits: AmountsFile::default(),
        };
        let refusal = Resources::resolve(file, DEFAULTS).unwrap_err();
        assert_eq!(refusal.0, "resources.requests.memory");
    }
}
