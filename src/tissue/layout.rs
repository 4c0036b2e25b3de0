//! Structs of 32-bit words that shaders have too: declared in Rust, with `#[derive(DeviceWords)]`, and written in WGSL from there.
//!
//! Every word is a `u32`, so that the two layouts are one by construction: nothing is padded in either language.

/// A type that is in both languages.
pub trait DeviceType {
    /// Its name in WGSL.
    fn wgsl() -> String;
}

impl DeviceType for u32 {
    fn wgsl() -> String {
        "u32".to_owned()
    }
}

impl<T: DeviceType, const N: usize> DeviceType for [T; N] {
    fn wgsl() -> String {
        format!("array<{}, {N}>", T::wgsl())
    }
}

/// A field of a struct of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordField {
    /// Name.
    pub name: &'static str,
    /// Position of its first word.
    pub at: usize,
    /// Its type in WGSL.
    pub kind: String,
}

/// A struct of words.
pub trait DeviceWords: DeviceType + Sized {
    /// Its fields in order.
    fn fields() -> Vec<WordField>;

    /// The struct in WGSL.
    fn declaration() -> String {
        let fields: String =
            Self::fields().iter().map(|field| format!("    {}: {},\n", field.name, field.kind)).collect();
        format!("struct {} {{\n{fields}}}\n", Self::wgsl())
    }

    /// Positions of its fields in a buffer of words, and its length, as constants of WGSL with this prefix.
    fn positions(prefix: &str) -> Vec<(String, u32)> {
        let named = |field: &WordField| (format!("{prefix}_{}", field.name.to_uppercase()), field.at as u32);
        let mut all: Vec<_> = Self::fields().iter().map(named).collect();
        all.push((format!("{prefix}_WORDS"), (size_of::<Self>() / 4) as u32));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::Founding;
    use crate::tissue::lesion::Control;

    #[test]
    fn a_struct_has_its_text_and_its_positions() {
        let text = Control::declaration();
        assert!(text.starts_with("struct Control {\n    status: u32,\n    drugs_on: u32,\n"), "{text}");
        assert!(text.ends_with("    reference: array<u32, 8>,\n}\n"), "{text}");
        let positions = Founding::positions("CLONE");
        let named = |name: &str, at| (name.to_owned(), at);
        assert_eq!(positions[1], named("CLONE_STEP", 1));
        assert_eq!(positions[4], named("CLONE_WORDS", 4));
    }
}
