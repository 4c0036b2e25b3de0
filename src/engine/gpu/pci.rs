//! Addresses on the PCI bus.

/// An address on the PCI bus; addresses are in the order of the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PciAddress {
    domain: u32,
    bus: u8,
    device: u8,
    function: u8,
}

impl PciAddress {
    /// Reads `DDDD:BB:DD.F`, with any number of digits, in hexadecimal.
    pub fn read(text: &str) -> Option<Self> {
        let (domain, rest) = text.split_once(':')?;
        let (bus, rest) = rest.split_once(':')?;
        let (device, function) = rest.split_once('.')?;
        let byte = |digits| u8::from_str_radix(digits, 16).ok();
        let domain = u32::from_str_radix(domain, 16).ok()?;
        Some(Self { domain, bus: byte(bus)?, device: byte(device)?, function: byte(function)? })
    }
}
