//! The stages of a step, in order: one list from which pipelines, CPU calls and the bisecting tool are made.

/// A stage of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Which bricks are visited.
    List,
    /// Oxygen relaxes.
    Environment,
    /// Every cell decides; claims are posted.
    Decide,
    /// Mixed placement: births and empty sites are counted.
    Rank,
    /// Mixed placement: those counts become sums.
    ScanBirths,
    /// Winners and founders are found.
    Resolve,
    /// Founder counts become sums; a full clone table halts its lesion.
    ScanFounders,
    /// Intents are carried out.
    Write,
    /// The step is closed: census, log and rules at checks.
    Control,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 9] = [
        Self::List,
        Self::Environment,
        Self::Decide,
        Self::Rank,
        Self::ScanBirths,
        Self::Resolve,
        Self::ScanFounders,
        Self::Write,
        Self::Control,
    ];

    /// Name, as in `--gpu-from` and in the files of `shaders/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Environment => "environment",
            Self::Decide => "decide",
            Self::Rank => "rank",
            Self::ScanBirths => "scan-births",
            Self::Resolve => "resolve",
            Self::ScanFounders => "scan-founders",
            Self::Write => "write",
            Self::Control => "control",
        }
    }

    /// The stage with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Whether a scenario has this stage.
    pub const fn applies(self, mixed: bool, oxygen: bool) -> bool {
        match self {
            Self::Environment => oxygen,
            Self::Rank | Self::ScanBirths => mixed,
            _ => true,
        }
    }
}
