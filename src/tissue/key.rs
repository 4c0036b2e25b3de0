//! Claim keys: who gets a site that several cells want.
//!
//! In every step the claimants' sites are mixed by a bijection of 31 bits under words drawn from
//! (seed, lesion, step). The smallest key wins, there are no ties, and since the bijection is
//! fresh in every step, each claimant is equally likely to win. Twin: `shaders/shared/key.wgsl`.

use super::random::{Draws, Purpose};

/// Bits of a key.
pub const MASK: u32 = 0x7fff_ffff;
const ODD: [u32; 3] = [0x7feb_352d, 0x046c_a68b, 0x5f35_6495];

/// The words under which a lesion's claims are keyed in a step.
pub fn salt(draws: &Draws) -> [u32; 4] {
    draws.block(0, Purpose::Key, 0)
}

/// A bijection of the numbers below 2^31.
#[inline]
pub const fn mix(site: u32, salt: [u32; 4]) -> u32 {
    let mut x = (site ^ salt[0]) & MASK;
    x = (x ^ (x >> 16)).wrapping_mul(ODD[0]) & MASK;
    x = (x ^ (x >> 14) ^ salt[1]) & MASK;
    x = x.wrapping_mul(ODD[1]) & MASK;
    x = (x ^ (x >> 15) ^ salt[2]) & MASK;
    x = x.wrapping_mul(ODD[2]) & MASK;
    (x ^ (x >> 16) ^ salt[3]) & MASK
}

/// The claim that a cell at `site` posts into an empty site: the complement of its key, so that
/// the largest claim is the smallest key and an unclaimed site (0) loses to every claim.
#[inline]
pub const fn claim(site: u32, salt: [u32; 4]) -> u32 {
    !mix(site, salt) & MASK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::shape::Shape;

    #[test]
    fn keys_are_a_bijection() {
        // The whole domain is 2^31; a bijection of it is built from bijections, so the test
        // looks for collisions within windows that share high bits and with scattered sites.
        let salt = salt(&Draws::new(3, 4, 5));
        let mut keys: Vec<u32> =
            (0..1 << 20).chain((1 << 30)..(1 << 30) + (1 << 20)).map(|s| mix(s, salt)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 2 << 20);
        assert!(keys.iter().all(|k| *k <= MASK));
    }

    // Ruling: the winner is uniform for 2 to 26 claimants. The claimants are the true neighbours of
    // a site on a 3D lattice, whose numbers differ in few bits: the hard case for a cheap mixer.
    #[test]
    fn every_neighbour_wins_equally_often() {
        let shape = Shape::new(3, [32, 32, 32], false);
        let mut around = Vec::new();
        for z in 15..=17u32 {
            for y in 15..=17u32 {
                for x in 15..=17u32 {
                    if (x, y, z) != (16, 16, 16) {
                        around.push(shape.site([x, y, z]));
                    }
                }
            }
        }
        for n in 2..=26usize {
            let mut wins = vec![0f64; n];
            let steps = 4000 * n as u32;
            for step in 0..steps {
                let salt = salt(&Draws::new(11, 2, step));
                let winner = (0..n).min_by_key(|i| mix(around[*i], salt)).unwrap();
                wins[winner] += 1.0;
            }
            let chi2: f64 = wins.iter().map(|w| (w - 4000.0).powi(2) / 4000.0).sum();
            // 1e-6 quantile of chi-square with n - 1 degrees of freedom is below 24 + 2.1 n.
            assert!(chi2 < 24.0 + 2.1 * n as f64, "{n} claimants: chi2 {chi2}");
        }
    }
}
