//! Which adapter is taken: the one that is asked for, or the one that a batch system gave the job.

use super::adapter::{AdapterReport, GpuOptions, adapters, enumerate, lacking, report};
use super::granted::GrantedGpus;
use super::pci::PciAddress;
use crate::engine::backend::EngineError;

/// How a request begins that names an address on the PCI bus.
const PCI: &str = "pci:";

/// Kinds of adapters, the one that is taken first at the front.
const KINDS: [&str; 5] = ["discrete", "virtual", "integrated", "other", "cpu"];

impl AdapterReport {
    /// Whether it is what a user asks for: by its index, its address, or a part of its name in any case.
    pub fn answers_to(&self, asked: &str) -> bool {
        match asked.strip_prefix(PCI) {
            Some(address) => PciAddress::read(address).is_some_and(|wanted| self.address() == Some(wanted)),
            None => {
                asked.parse() == Ok(self.index) || self.name.to_lowercase().contains(&asked.to_lowercase())
            }
        }
    }

    fn address(&self) -> Option<PciAddress> {
        PciAddress::read(&self.pci)
    }
}

/// Chooses an adapter: the one that is asked for, or else the first kind that is not refused, discrete ones first; among several of that
/// kind the one that the job was given.
///
/// # Errors
///
/// [`EngineError::NoAdapter`] where none fits, [`EngineError::Ambiguous`] where the job was given one of several and does not say which.
pub fn choose(
    adapters: &[AdapterReport],
    options: &GpuOptions,
    granted: &GrantedGpus,
) -> Result<usize, EngineError> {
    match &options.adapter {
        Some(asked) => named(adapters, asked),
        None => unnamed(adapters, options.allow_software, granted),
    }
}

fn named(adapters: &[AdapterReport], asked: &str) -> Result<usize, EngineError> {
    if asked.strip_prefix(PCI).is_some_and(|address| PciAddress::read(address).is_none()) {
        let text = format!("`{asked}` is not an address on the PCI bus; write it as in pci:0000:41:00.0");
        return Err(EngineError::NoAdapter(text));
    }
    let by_index = adapters.iter().find(|a| asked.parse() == Ok(a.index));
    let found = by_index.or_else(|| adapters.iter().find(|a| a.answers_to(asked)));
    let none = || EngineError::NoAdapter(format!("no adapter is called `{asked}`; {}", listed(adapters)));
    found.map(|a| a.index).ok_or_else(none)
}

fn unnamed(
    adapters: &[AdapterReport],
    allow_software: bool,
    granted: &GrantedGpus,
) -> Result<usize, EngineError> {
    let usable = |a: &&AdapterReport| a.refused.is_none() || (allow_software && a.kind == "cpu");
    let of_kind = |kind: &str| adapters.iter().filter(usable).filter(|a| a.kind == kind).collect::<Vec<_>>();
    let candidates = KINDS.into_iter().map(of_kind).find(|found| !found.is_empty());
    let candidates = candidates.ok_or_else(|| EngineError::NoAdapter(listed(adapters)))?;
    match granted {
        GrantedGpus::Said { by, text, at } if candidates[0].kind != "cpu" => {
            of_job(&devices(candidates), by, text, *at)
        }
        _ => Ok(candidates[0].index),
    }
}

/// Each device once, in the order of the bus: several drivers may offer the same one.
fn devices(mut adapters: Vec<&AdapterReport>) -> Vec<&AdapterReport> {
    adapters.sort_by_key(|a| a.address());
    adapters.dedup_by(|a, b| a.address().is_some() && a.address() == b.address());
    adapters
}

/// The one of some devices that a job was given.
fn of_job(
    devices: &[&AdapterReport],
    by: &str,
    text: &str,
    at: Option<PciAddress>,
) -> Result<usize, EngineError> {
    if matches!(text, "" | "-1" | "NoDevFiles" | "none" | "void") {
        let text = format!("{by} gives this job none; to take one all the same, name it with --adapter");
        return Err(EngineError::NoAdapter(text));
    }
    if let [only] = devices {
        return Ok(only.index);
    }
    // Numbers follow the bus where all are equal; otherwise every library has an order of its own.
    let alike = devices.iter().all(|a| a.name == devices[0].name && a.address().is_some());
    let number: Option<usize> = text.parse().ok().filter(|_| alike);
    let there = || devices.iter().find(|a| at.is_some() && a.address() == at);
    match number.and_then(|number| devices.get(number)).or_else(there) {
        Some(found) => Ok(found.index),
        None => Err(EngineError::Ambiguous(unclear(devices, by, text))),
    }
}

fn unclear(devices: &[&AdapterReport], by: &str, text: &str) -> String {
    let called = |a: &&AdapterReport| match a.pci.as_str() {
        "" => format!("{} (--adapter {})", a.name, a.index),
        pci => format!("{} (--adapter {PCI}{pci})", a.name),
    };
    let all: Vec<String> = devices.iter().map(called).collect();
    format!("{by} is `{text}`, which does not say which one of these is meant; name it: {}", all.join(", "))
}

fn listed(adapters: &[AdapterReport]) -> String {
    if adapters.is_empty() {
        return "this machine offers none".to_owned();
    }
    let lines: Vec<String> = adapters
        .iter()
        .map(|a| {
            let verdict = a.refused.as_ref().map_or_else(|| "usable".to_owned(), |r| format!("refused: {r}"));
            format!("{} ({}, {verdict})", a.name, a.kind)
        })
        .collect();
    format!("this machine offers {}", lines.join("; "))
}

/// What `choose` takes on this machine.
///
/// # Errors
///
/// As there.
pub fn chosen(options: &GpuOptions) -> Result<AdapterReport, EngineError> {
    let mut all = adapters();
    let index = choose(&all, options, &GrantedGpus::of_process())?;
    Ok(all.swap_remove(index))
}

/// The adapter that the options ask for.
pub(super) fn choose_adapter(options: &GpuOptions) -> Result<(wgpu::Adapter, AdapterReport), EngineError> {
    let mut found = enumerate();
    let mut reports: Vec<AdapterReport> = found.iter().enumerate().map(|(i, a)| report(i, a)).collect();
    let index = choose(&reports, options, &GrantedGpus::of_process())?;
    let (adapter, report) = (found.swap_remove(index), reports.swap_remove(index));
    match lacking(&report, &adapter.limits()) {
        Some(reason) => Err(EngineError::NoAdapter(format!("`{}` {reason}", report.name))),
        None => Ok((adapter, report)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(index: usize, name: &str, kind: &'static str, pci: &str) -> AdapterReport {
        AdapterReport {
            index,
            name: name.to_owned(),
            kind,
            backend: "Vulkan".to_owned(),
            pci: pci.to_owned(),
            driver: String::new(),
            binding_bytes: 0,
            buffer_bytes: 0,
            storage_buffers: 0,
            int64: false,
            refused: (kind == "cpu").then(|| "a software adapter".to_owned()),
        }
    }

    /// Four equal GPUs, not in the order of the bus, and a software adapter.
    fn node() -> Vec<AdapterReport> {
        let buses = ["0000:c1:00.0", "0000:01:00.0", "0000:81:00.0", "0000:41:00.0"];
        let gpus = buses.iter().enumerate().map(|(i, pci)| adapter(i, "H100", "discrete", pci));
        gpus.chain([adapter(4, "llvmpipe", "cpu", "")]).collect()
    }

    fn said(text: &str) -> GrantedGpus {
        GrantedGpus::Said { by: "CUDA_VISIBLE_DEVICES", text: text.to_owned(), at: None }
    }

    fn granted(adapters: &[AdapterReport], granted: &GrantedGpus) -> Result<usize, EngineError> {
        choose(adapters, &GpuOptions::default(), granted)
    }

    fn asked(adapters: &[AdapterReport], name: &str) -> Result<usize, EngineError> {
        let options = GpuOptions { adapter: Some(name.to_owned()), ..GpuOptions::default() };
        choose(adapters, &options, &said("0,1"))
    }

    #[test]
    fn a_job_gets_its_own_of_equal_gpus_by_the_order_of_the_bus() {
        let node = node();
        assert_eq!(granted(&node, &GrantedGpus::Unsaid), Ok(0));
        let taken = ["0", "1", "2", "3"].map(|text| granted(&node, &said(text)));
        assert_eq!(taken, [Ok(1), Ok(3), Ok(2), Ok(0)]);
    }

    #[test]
    fn what_does_not_say_which_is_an_error_that_says_how_to_choose() {
        for text in ["0,1", "4", "GPU-1b2c", "all"] {
            let error = granted(&node(), &said(text)).unwrap_err();
            assert!(matches!(&error, EngineError::Ambiguous(_)), "{text}");
            let told = error.to_string();
            assert!(told.contains("CUDA_VISIBLE_DEVICES") && told.contains(text), "{told}");
            assert!(told.contains("--adapter pci:0000:01:00.0"), "{told}");
        }
        let unlike = [adapter(0, "A", "discrete", "0:1:0.0"), adapter(1, "B", "discrete", "0:2:0.0")];
        assert!(matches!(granted(&unlike, &said("1")), Err(EngineError::Ambiguous(_))));
        assert_eq!(granted(&unlike, &GrantedGpus::Unsaid), Ok(0));
        let nowhere = [adapter(0, "A", "discrete", ""), adapter(1, "A", "discrete", "")];
        assert!(granted(&nowhere, &said("1")).unwrap_err().to_string().contains("--adapter 1"));
    }

    // Batch systems name GPUs by UUIDs too, which the driver knows an address for; its order may be another one.
    #[test]
    fn a_gpu_that_is_named_by_its_uuid_is_the_one_at_its_address() {
        let by_uuid = |at: &str| GrantedGpus::Said {
            by: "CUDA_VISIBLE_DEVICES",
            text: "GPU-1b2c".to_owned(),
            at: PciAddress::read(at),
        };
        assert_eq!(granted(&node(), &by_uuid("00000000:81:00.0")), Ok(2));
        let unlike = [adapter(0, "A", "discrete", "0:1:0.0"), adapter(1, "B", "discrete", "0:2:0.0")];
        assert_eq!(granted(&unlike, &by_uuid("0000:02:00.0")), Ok(1));
        assert!(matches!(granted(&unlike, &by_uuid("0000:03:00.0")), Err(EngineError::Ambiguous(_))));
    }

    // A job that is held to its own GPU sees no other, and numbers of the machine mean nothing there.
    #[test]
    fn the_only_gpu_is_taken_unless_the_job_has_none() {
        let one = [adapter(0, "iGPU", "integrated", "0:2:0.0"), adapter(1, "H100", "discrete", "0:41:0.0")];
        for text in ["3", "0,1", "GPU-1b2c"] {
            assert_eq!(granted(&one, &said(text)), Ok(1), "{text}");
        }
        let twice =
            [adapter(0, "RX (radv)", "discrete", "0:3:0.0"), adapter(1, "RX", "discrete", "0000:03:00.0")];
        assert_eq!(granted(&twice, &said("5")), Ok(0));
        for text in ["", "-1", "NoDevFiles"] {
            let error = granted(&one, &said(text)).unwrap_err();
            assert!(matches!(&error, EngineError::NoAdapter(why) if why.contains("--adapter")), "{error}");
        }
        let software = [adapter(0, "llvmpipe", "cpu", "")];
        let options = GpuOptions { allow_software: true, ..GpuOptions::default() };
        assert_eq!(choose(&software, &options, &said("")), Ok(0));
        assert!(granted(&software, &said("0")).is_err());
    }

    #[test]
    fn what_is_asked_for_wins() {
        let node = node();
        assert_eq!(asked(&node, "pci:0000:81:00.0"), Ok(2));
        assert_eq!(asked(&node, "pci:00000000:C1:00.0"), Ok(0));
        assert_eq!((asked(&node, "3"), asked(&node, "LLVMpipe"), asked(&node, "h10")), (Ok(3), Ok(4), Ok(0)));
        for (name, told) in [
            ("pci:41:00.0", "is not an address"),
            ("pci:", "is not an address"),
            ("pci:0000:42:00.0", "no adapter is called"),
            ("A100", "no adapter is called"),
        ] {
            assert!(asked(&node, name).unwrap_err().to_string().contains(told), "{name}");
        }
    }
}
