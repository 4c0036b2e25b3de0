//! What a batch system says of the GPUs of a job.

use std::fs;
use std::path::{Path, PathBuf};

use super::pci::PciAddress;

/// Variables by which batch systems say which GPUs a job has. Vulkan does not read them. The first that is set counts: users narrow
/// the first ones for a part of their job.
const OF_JOB: [&str; 3] = ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "SLURM_JOB_GPUS"];

/// Where the driver of NVIDIA tells of its GPUs.
const NVIDIA: &str = "/proc/driver/nvidia/gpus";

/// What a batch system says of a job's GPUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantedGpus {
    /// Nothing: it may be no job at all.
    Unsaid,
    /// Something, by a variable.
    Said {
        /// The variable.
        by: &'static str,
        /// What it holds.
        text: String,
        /// Where the GPU is that this is the UUID of, if that is known.
        at: Option<PciAddress>,
    },
}

impl GrantedGpus {
    /// What the variables of this process say.
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok(), Path::new(NVIDIA))
    }

    fn of(variable: impl Fn(&str) -> Option<String>, driver: &Path) -> Self {
        let said = OF_JOB.into_iter().find_map(|by| Some((by, variable(by)?)));
        said.map_or(Self::Unsaid, |(by, text)| {
            let text = text.trim().to_owned();
            Self::Said { by, at: by_uuid(&text, driver), text }
        })
    }
}

/// Address of the GPU whose UUID begins like this, as what sets the variables may shorten it; `None` unless exactly one does. Vulkan does not
/// tell UUIDs as the driver does, which has a folder a GPU: `0000:41:00.0/information`.
fn by_uuid(text: &str, driver: &Path) -> Option<PciAddress> {
    let wanted = Some(text).filter(|text| text.starts_with("GPU-"))?.to_lowercase();
    let is_wanted = |line: &str| {
        let uuid = line.strip_prefix("GPU UUID:").map(|uuid| uuid.trim().to_lowercase());
        uuid.is_some_and(|uuid| uuid.starts_with(&wanted))
    };
    let folders = fs::read_dir(driver).into_iter().flatten().flatten().map(|entry| entry.path());
    let tells = |dir: &PathBuf| {
        fs::read_to_string(dir.join("information")).is_ok_and(|text| text.lines().any(is_wanted))
    };
    let mut found = folders.filter(tells);
    match (found.next(), found.next()) {
        (Some(only), None) => PciAddress::read(only.file_name()?.to_str()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let said = |by, text: &str| GrantedGpus::Said { by, text: text.to_owned(), at: None };
        let of = |set: &[(&str, &str)]| {
            let value =
                |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, text)| (*text).to_owned());
            GrantedGpus::of(value, Path::new("no/driver"))
        };
        assert_eq!(of(&[]), GrantedGpus::Unsaid);
        let both = [("SLURM_JOB_GPUS", "3"), ("CUDA_VISIBLE_DEVICES", " 1 ")];
        assert_eq!(of(&both), said("CUDA_VISIBLE_DEVICES", "1"));
        assert_eq!(of(&both[..1]), said("SLURM_JOB_GPUS", "3"));
        assert_eq!(of(&[("CUDA_VISIBLE_DEVICES", "GPU-1b")]), said("CUDA_VISIBLE_DEVICES", "GPU-1b"));
    }

    #[test]
    fn a_uuid_is_looked_up_where_the_driver_tells_of_its_gpus() {
        let driver = tempfile::tempdir().unwrap();
        let gpus = [("0000:41:00.0", "GPU-1b2c3d4e-0000"), ("0000:81:00.0", "GPU-1b9f0000-0000")];
        for (address, uuid) in gpus {
            fs::create_dir(driver.path().join(address)).unwrap();
            let text = format!("Model: \t\t NVIDIA H100\nGPU UUID: \t {uuid}\nBus Location: \t {address}\n");
            fs::write(driver.path().join(address).join("information"), text).unwrap();
        }
        let at = |text: &str| by_uuid(text, driver.path());
        for (address, uuid) in gpus {
            assert_eq!(at(uuid), PciAddress::read(address), "{uuid}");
        }
        assert_eq!(at("GPU-1B9F"), PciAddress::read("0000:81:00.0"));
        for unclear in ["GPU-1b", "GPU-1b2c3d4e-0000,GPU-1b9f0000-0000", "GPU-77", "MIG-1b2c3d4e-0000", "0"] {
            assert_eq!(at(unclear), None, "{unclear}");
        }
    }
}
