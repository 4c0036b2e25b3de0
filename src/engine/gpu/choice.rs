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
        Some(asked) => named(adapters, asked, granted),
        None => unnamed(adapters, options.allow_software, granted),
    }
}

/// As [`choose`], for work that is cut into parts: every device that the job may take, where none is named.
///
/// # Errors
///
/// As [`choose`].
pub fn choose_all(
    adapters: &[AdapterReport],
    options: &GpuOptions,
    granted: &GrantedGpus,
) -> Result<Vec<usize>, EngineError> {
    let one = || choose(adapters, options, granted).map(|index| vec![index]);
    if options.adapter.is_some() {
        return one();
    }
    let candidates = candidates(adapters, options.allow_software)?;
    if candidates[0].kind == "cpu" {
        return one();
    }
    let devices = devices(candidates);
    match granted {
        GrantedGpus::Unsaid => Ok(devices.iter().map(|device| device.index).collect()),
        GrantedGpus::Said { text, .. } => match numbered(&devices, text) {
            Some(several) => Ok(several),
            None => one(),
        },
    }
}

/// The devices that a list of numbers means, where all are equal.
fn numbered(devices: &[&AdapterReport], text: &str) -> Option<Vec<usize>> {
    let of = |number: &str| devices.get(number.trim().parse::<usize>().ok()?).map(|device| device.index);
    are_alike(devices).then(|| text.split(',').map(of).collect()).flatten()
}

/// Numbers of devices follow the bus where all are equal; otherwise every library has an order of its own.
fn are_alike(devices: &[&AdapterReport]) -> bool {
    devices.iter().all(|a| a.name == devices[0].name && a.address().is_some())
}

fn named(adapters: &[AdapterReport], asked: &str, granted: &GrantedGpus) -> Result<usize, EngineError> {
    if asked.strip_prefix(PCI).is_some_and(|address| PciAddress::read(address).is_none()) {
        let text = format!("`{asked}` is not an address on the PCI bus; write it as in pci:0000:41:00.0");
        return Err(EngineError::NoAdapter(text));
    }
    let by_index = adapters.iter().find(|a| asked.parse() == Ok(a.index));
    if let Some(found) = by_index {
        return Ok(found.index);
    }
    let Some(first) = adapters.iter().find(|a| a.answers_to(asked)) else {
        return Err(EngineError::NoAdapter(format!("no adapter is called `{asked}`; {}", listed(adapters))));
    };
    let alike = devices(adapters.iter().filter(|a| a.name == first.name && a.answers_to(asked)).collect());
    match granted {
        _ if alike.len() < 2 => Ok(first.index),
        GrantedGpus::Said { by, text, at } => of_job(&alike, by, text, *at),
        GrantedGpus::Unsaid => {
            let told =
                format!("`{asked}` is the name of {} adapters; name one: {}", alike.len(), ways(&alike));
            Err(EngineError::Ambiguous(told))
        }
    }
}

fn unnamed(
    adapters: &[AdapterReport],
    allow_software: bool,
    granted: &GrantedGpus,
) -> Result<usize, EngineError> {
    let candidates = candidates(adapters, allow_software)?;
    match granted {
        GrantedGpus::Said { by, text, at } if candidates[0].kind != "cpu" => {
            of_job(&devices(candidates), by, text, *at)
        }
        _ => Ok(candidates[0].index),
    }
}

/// The adapters of the first kind of which there is one that can be taken.
fn candidates(adapters: &[AdapterReport], allow_software: bool) -> Result<Vec<&AdapterReport>, EngineError> {
    let usable = |a: &&AdapterReport| a.refused.is_none() || (allow_software && a.kind == "cpu");
    let of_kind = |kind: &str| adapters.iter().filter(usable).filter(|a| a.kind == kind).collect::<Vec<_>>();
    let found = KINDS.into_iter().map(of_kind).find(|found| !found.is_empty());
    found.ok_or_else(|| EngineError::NoAdapter(listed(adapters)))
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
    let number: Option<usize> = text.parse().ok().filter(|_| are_alike(devices));
    let there = || devices.iter().find(|a| at.is_some() && a.address() == at);
    match number.and_then(|number| devices.get(number)).or_else(there) {
        Some(found) => Ok(found.index),
        None => Err(EngineError::Ambiguous(unclear(devices, by, text))),
    }
}

/// How each of some devices can be named.
fn ways(devices: &[&AdapterReport]) -> String {
    let called = |a: &&AdapterReport| match a.pci.as_str() {
        "" => format!("{} (--adapter {})", a.name, a.index),
        pci => format!("{} (--adapter {PCI}{pci})", a.name),
    };
    devices.iter().map(called).collect::<Vec<String>>().join(", ")
}

fn unclear(devices: &[&AdapterReport], by: &str, text: &str) -> String {
    format!("{by} is `{text}`, which does not say which one of these is meant; name it: {}", ways(devices))
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

/// What `choose_all` takes on this machine.
///
/// # Errors
///
/// As there.
pub fn all_chosen(options: &GpuOptions) -> Result<Vec<AdapterReport>, EngineError> {
    let all = adapters();
    let indices = choose_all(&all, options, &GrantedGpus::of_process())?;
    Ok(indices.into_iter().map(|index| all[index].clone()).collect())
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
        choose(adapters, &options, &GrantedGpus::Unsaid)
    }

    #[test]
    fn a_name_that_several_have_is_an_error_that_says_how_to_name_one() {
        let told = asked(&node(), "h100").unwrap_err();
        assert!(matches!(told, EngineError::Ambiguous(_)) && !told.is_of_device(), "{told}");
        let told = told.to_string();
        assert!(
            told.contains("`h100` is the name of 4 adapters") && told.contains("--adapter pci:0000:81:00.0")
        );
        // What was given to the job says which one, if anything does.
        let options = GpuOptions { adapter: Some("H100".to_owned()), ..GpuOptions::default() };
        assert_eq!(choose(&node(), &options, &said("2")), Ok(2));
        assert!(matches!(choose(&node(), &options, &said("0,1")), Err(EngineError::Ambiguous(_))));
        // Two drivers of one device are one; of names that differ the first one is taken, as before.
        let twice = [adapter(0, "RX", "discrete", "0:3:0.0"), adapter(1, "RX", "discrete", "0000:03:00.0")];
        assert_eq!(asked(&twice, "rx"), Ok(0));
        let unlike = [adapter(0, "RX 1", "discrete", "0:3:0.0"), adapter(1, "RX 2", "discrete", "0:4:0.0")];
        assert_eq!((asked(&unlike, "rx"), asked(&unlike, "rx 2")), (Ok(0), Ok(1)));
        let nowhere = [adapter(0, "A", "discrete", ""), adapter(1, "A", "discrete", "")];
        assert!(asked(&nowhere, "a").unwrap_err().to_string().contains("A (--adapter 1)"));
    }

    #[test]
    fn a_trial_takes_every_device_that_the_job_was_given() {
        let all =
            |adapters: &[AdapterReport], granted| choose_all(adapters, &GpuOptions::default(), &granted);
        assert_eq!(all(&node(), GrantedGpus::Unsaid), Ok(vec![1, 3, 2, 0]));
        assert_eq!(all(&node(), said("0,2")), Ok(vec![1, 2]));
        assert_eq!(all(&node(), said("3")), Ok(vec![0]));
        for unclear in ["0,9", "GPU-1b2c,GPU-2", "all"] {
            assert!(matches!(all(&node(), said(unclear)), Err(EngineError::Ambiguous(_))), "{unclear}");
        }
        assert!(matches!(all(&node(), said("")), Err(EngineError::NoAdapter(_))));
        let named = GpuOptions { adapter: Some("1".to_owned()), ..GpuOptions::default() };
        assert_eq!(choose_all(&node(), &named, &GrantedGpus::Unsaid), Ok(vec![1]));
        let software = [adapter(0, "a", "cpu", ""), adapter(1, "b", "cpu", "")];
        let options = GpuOptions { allow_software: true, ..GpuOptions::default() };
        assert_eq!(choose_all(&software, &options, &GrantedGpus::Unsaid), Ok(vec![0]));
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
        assert_eq!((asked(&node, "3"), asked(&node, "LLVMpipe")), (Ok(3), Ok(4)));
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
