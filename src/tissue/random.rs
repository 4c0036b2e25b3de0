//! Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405).
//!
//! A draw is a pure function of (seed, lesion, site, step, purpose, draw). There is no stream and
//! no state, so it does not matter who draws, or in which order. The layout of counter and key is
//! frozen:
//!
//! | word | content |
//! |---|---|
//! | counter 0 | site in lesion, or `site >> 2` for the block purposes |
//! | counter 1 | step |
//! | counter 2 | `purpose << 16 \| draw` |
//! | counter 3 | lesion id |
//! | key | the 64-bit seed, low word first |
//!
//! Twin: `shaders/shared/random.wgsl`.

/// What a draw is for. The values are part of the frozen counter layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Fate of a site (die, divide, migrate; clearing of a dead cell). Block `site >> 2`, word `site & 3`.
    Fate = 1,
    /// Low half of the fate draw, needed only when the high half equals a threshold. Word 0.
    FateLow = 2,
    /// Switching of a live cell. Block `site >> 2`, word `site & 3`.
    Switch = 3,
    /// Low half of the switching draw. Word 0.
    SwitchLow = 4,
    /// Choice of a site for a daughter or a mover: word `n & 3` of draw `n >> 2`.
    Place = 5,
    /// At a division: words 0 and 1 decide replacement in place, words 2 and 3 the kill.
    Division = 6,
    /// Mutation of daughters: words 0 and 1 the mother's site, words 2 and 3 the placed daughter.
    Mutation = 7,
    /// The words under which claims are keyed in a step (site 0).
    Key = 8,
    /// Base density of the vessels of a voxel (site: the voxel's number; step 0). Word 0.
    Vessels = 9,
    /// Whether a cell is kept when a lesion is thinned (step: that of the thinned state). Block `site >> 2`, word `site & 3`. On
    /// the host alone.
    Thin = 10,
    /// The words under which births and empty sites are matched in a step (site 0; `mixed` placement): draws 0 to 3.
    Matching = 11,
}

const MULTIPLIER: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// High and low halves of the 64-bit product.
#[inline(always)]
pub const fn mul_wide(a: u32, b: u32) -> (u32, u32) {
    let product = (a as u64) * (b as u64);
    ((product >> 32) as u32, product as u32)
}

/// One block of Philox4x32-10.
#[inline(always)]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        let (hi0, lo0) = mul_wide(MULTIPLIER[0], c0);
        let (hi1, lo1) = mul_wide(MULTIPLIER[1], c2);
        (c0, c1, c2, c3) = (hi1 ^ c1 ^ k0, lo1, hi0 ^ c3 ^ k1, lo0);
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    [c0, c1, c2, c3]
}

/// Whose random numbers, of those that the host draws for patients: each is a function of (seed, patient, what it is for).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamKey {
    /// Seed of the run or trial.
    pub seed: u64,
    /// Number of the patient.
    pub patient: u32,
}

impl StreamKey {
    /// The block for a purpose, which callers keep apart by the three words; their values are part of the frozen counter.
    pub fn block(self, [a, b, c]: [u32; 3]) -> RandomBlock {
        RandomBlock::of(self.seed, [self.patient, a, b, c])
    }
}

/// Random bits, and the rules by which they become numbers. Both rules are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomBlock([u32; 4]);

impl RandomBlock {
    /// The block of a counter under a seed.
    pub fn of(seed: u64, counter: [u32; 4]) -> Self {
        Self(philox(counter, [seed as u32, (seed >> 32) as u32]))
    }

    /// Two words of 64 bits.
    pub fn pairs(self) -> [u64; 2] {
        let [a, b, c, d] = self.0.map(u64::from);
        [a << 32 | b, c << 32 | d]
    }

    /// Two uniform numbers in (0, 1), of 52 bits and a half: odd multiples of 2^-53, so that every quantile is finite.
    pub fn open(self) -> [f64; 2] {
        self.pairs().map(|bits| ((bits >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0)
    }

    /// Two uniform numbers in (0, 1], of 53 bits and a half, of which the largest is rounded to 1; with a finite logarithm.
    pub fn half_open(self) -> [f64; 2] {
        self.pairs().map(|bits| ((bits >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0)
    }

    /// The first of the numbers of [`RandomBlock::open`].
    pub fn uniform(self) -> f64 {
        self.open()[0]
    }

    /// Exponential with mean 1.
    pub fn exponential(self) -> f64 {
        -libm::log(self.uniform())
    }
}

/// A standard normal number from two uniform ones (Box and Muller 1958, the cosine branch).
pub fn box_muller([u, v]: [f64; 2]) -> f64 {
    libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * v)
}

/// Standard deviation of the logarithm of a log-normal number with this coefficient of variation.
pub fn log_sd(cv: f64) -> f64 {
    libm::sqrt(libm::log1p(cv * cv))
}

/// A log-normal factor of median 1 with this coefficient of variation, from a standard normal number.
pub fn log_normal(cv: f64, normal: f64) -> f64 {
    libm::exp(log_sd(cv) * normal)
}

/// The generator of one lesion at one step: everything of the counter but site, purpose and draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// The seed, low word first.
    pub key: [u32; 2],
    /// The lesion's id.
    pub lesion: u32,
    /// The step.
    pub step: u32,
}

impl Draws {
    /// The generator for a lesion at a step.
    pub const fn new(seed: u64, lesion: u32, step: u32) -> Self {
        Self { key: [seed as u32, (seed >> 32) as u32], lesion, step }
    }

    /// Four words for a site (or block of sites), purpose and draw number.
    #[inline]
    pub fn block(&self, site: u32, purpose: Purpose, draw: u32) -> [u32; 4] {
        philox([site, self.step, ((purpose as u32) << 16) | draw, self.lesion], self.key)
    }

    /// The word of a site for a purpose that serves four neighbouring sites with one block.
    #[inline]
    pub fn shared_word(&self, site: u32, purpose: Purpose) -> u32 {
        self.block(site >> 2, purpose, 0)[(site & 3) as usize]
    }
}

/// Words of neighbouring sites for a purpose that shares blocks: `words[w][i]` belongs to site
/// `4 * (first_block + i) + w`, for as many blocks as the four slices are long.
///
/// One plain loop over many blocks, which compilers turn into vector instructions.
#[inline(always)]
pub fn shared_words(draws: &Draws, first_block: u32, purpose: Purpose, words: [&mut [u32]; 4]) {
    let [a, b, c, d] = words;
    let blocks = a.len();
    let (b, c, d) = (&mut b[..blocks], &mut c[..blocks], &mut d[..blocks]);
    let salted = (purpose as u32) << 16;
    for i in 0..blocks {
        let counter = [first_block.wrapping_add(i as u32), draws.step, salted, draws.lesion];
        [a[i], b[i], c[i], d[i]] = philox(counter, draws.key);
    }
}

/// A uniform choice among `0..n` from one word (bias at most `n / 2^32`).
#[inline]
pub const fn choose(word: u32, n: u32) -> u32 {
    mul_wide(word, n).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        for line in include_str!("../../tests/data/philox.txt").lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let w: Vec<u32> = line.split_whitespace().map(|h| u32::from_str_radix(h, 16).unwrap()).collect();
            assert_eq!(philox([w[0], w[1], w[2], w[3]], [w[4], w[5]]), [w[6], w[7], w[8], w[9]]);
        }
    }

    #[test]
    fn vector_form_gives_the_same_words() {
        let draws = Draws::new(0x0123_4567_89ab_cdef, 77, 1234);
        for first in [0u32, 128, 4_294_967_280] {
            let mut words = [[0; 50]; 4];
            let [a, b, c, d] = &mut words;
            shared_words(&draws, first, Purpose::Switch, [a, b, c, d]);
            for i in 0..50 {
                let block = draws.block(first.wrapping_add(i), Purpose::Switch, 0);
                assert_eq!(words.map(|w| w[i as usize]), block);
            }
        }
    }

    // A counter word that is ignored makes draws repeat (seen in other projects): each of the six
    // input words must change about half of the output bits.
    #[test]
    fn every_input_word_reaches_every_output_word() {
        let flip = |input: usize, bit: u32| {
            let mut x = [7u32, 11, 13, 17, 19, 23];
            x[input] ^= 1 << bit;
            philox([x[0], x[1], x[2], x[3]], [x[4], x[5]])
        };
        let base = philox([7, 11, 13, 17], [19, 23]);
        for input in 0..6 {
            let mut changed = [0u32; 4];
            for bit in 0..32 {
                let out = flip(input, bit);
                for w in 0..4 {
                    changed[w] += (out[w] ^ base[w]).count_ones();
                }
            }
            // 32 flips x 32 bits, half expected: 512 with standard deviation 16.
            assert!(changed.iter().all(|c| (432..=592).contains(c)), "{input}: {changed:?}");
        }
    }

    #[test]
    fn choice_is_uniform() {
        let draws = Draws::new(5, 1, 9);
        for n in 1..=26u32 {
            let mut counts = vec![0f64; n as usize];
            let total = 4096 * n;
            for site in 0..total {
                counts[choose(draws.block(site, Purpose::Place, 0)[0], n) as usize] += 1.0;
            }
            let chi2: f64 = counts.iter().map(|c| (c - 4096.0).powi(2) / 4096.0).sum();
            // Far beyond the 1e-6 quantile of chi-square with 25 degrees of freedom (73.5).
            assert!(chi2 < 80.0, "n {n}: chi2 {chi2}");
        }
    }

    // By arithmetic in another language: the patients of published runs are drawn by these rules.
    #[test]
    fn rules_of_blocks_are_frozen() {
        let block = StreamKey { seed: 1 | 2 << 32, patient: 3 }.block([4, 5, 6]);
        assert_eq!(block.open(), [0.5324837334349936, 0.458819257675147]);
        assert_eq!(block.half_open(), [0.5324837334349937, 0.45881925767514703]);
        assert_eq!(block.uniform(), block.open()[0]);
        let ends = [RandomBlock([0; 4]), RandomBlock([u32::MAX; 4])];
        assert!(ends.iter().flat_map(|b| b.open()).all(|u| u > 0.0 && u < 1.0));
        assert_eq!(ends.map(|b| b.half_open()[0] > 0.0), [true, true]);
        assert_eq!(ends[1].half_open()[0], 1.0);
    }
}
