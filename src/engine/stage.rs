//! The stages of a step, in order: one list from which pipelines, CPU calls and the bisecting tool are made.
//!
//! | stage | what it does | shader | CPU twin (`src/engine/cpu/`) | runs over |
//! |---|---|---|---|---|
//! | `list` | which bricks are visited; only if something changed | `list.wgsl` | `list.rs` | bricks |
//! | `environment` | oxygen and VEGF relax, an even number of sweeps between a plane and its scratch; vessels grow and wither | `environment.wgsl` | `environment.rs` | voxels |
//! | `decide` | every cell draws its fate and its switching; intents and claims are stored | `decide.wgsl` | `decide.rs` | leaves |
//! | `rank` | births and empty sites are numbered, to be matched (placement `mixed` only) | `rank.wgsl` | `rank.rs` | leaves |
//! | `scan-births` | those counts become sums (`mixed` only) | `scan.wgsl` | `scan.rs` | lesions |
//! | `resolve` | who has won; how many clones each leaf founds | `resolve.wgsl` | `resolve.rs` | leaves |
//! | `scan-founders` | those counts become sums; a full clone table stops its lesion | `scan.wgsl` | `scan.rs` | lesions |
//! | `write` | intents are carried out | `write.wgsl` | `write.rs` | leaves |
//! | `control` | closes the step; at checks: census, log, schedules, stop rules, targets of states | `control.wgsl` | `control.rs` | lesions |
//!
//! Other pairs, outside the list of stages: `shaders/shared/` has `placement` and `births` (twins in `src/engine/cpu/`),
//! `pool` and `rates` (twins `src/engine/pool.rs` with `pool/`, `tables.rs`), `fields` (twin `environment.rs`), and `random`, `key`, `matching`, `word`, `shape`, `fixed` (twins in
//! `src/tissue/`).
//!
//! **Twins** have the same stem, and do the same in the same order. Most functions have the same name in both; where the CPU goes brick by
//! brick with vectors (`filter.rs` of *decide*, *environment*) or event by event (*resolve*, *write*) its steps have names of their own. A change to
//! one without the other is a bug, even if tests pass.
//!
//! Only *decide* judges, and only on the state at the step's start; only *write* changes cells. In between nothing that
//! *decide* read has changed, so that a step can be repeated from *decide* on.

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
