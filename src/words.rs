//! Enumerations whose values have one word each, by which files, tables and messages name them.

/// Something with one word for each of its values, by which files name it.
pub(crate) trait Word: Copy + 'static {
    /// The words, in the order of the documentation.
    const WORDS: &'static [&'static str];
    /// The word of a value.
    fn word(self) -> &'static str;
    /// The value of a word.
    fn of(word: &str) -> Option<Self>;
}

/// Gives an enumeration its words: all values with their words, the word of a value, the value of a word.
macro_rules! words {
    ($kind:ident: $($variant:ident = $word:literal),+ $(,)?) => {
        impl $kind {
            /// All values, in the order of the documentation.
            pub const ALL: &'static [$kind] = &[$($kind::$variant),+];

            /// As written in files.
            pub fn word(self) -> &'static str {
                match self {
                    $($kind::$variant => $word),+
                }
            }

            /// The value that a word names.
            pub fn of(word: &str) -> Option<$kind> {
                Self::ALL.iter().copied().find(|v| v.word() == word)
            }
        }

        impl $crate::words::Word for $kind {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn word(self) -> &'static str {
                self.word()
            }

            fn of(word: &str) -> Option<Self> {
                $kind::of(word)
            }
        }
    };
}
pub(crate) use words;

/// Declares an enumeration together with its words, by which JSON and tables name its values too.
macro_rules! named {
    ($(#[$about:meta])* $see:vis enum $kind:ident {
        $($(#[$meaning:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        $see enum $kind {
            $($(#[$meaning])* #[serde(rename = $word)] $variant),+
        }

        $crate::words::words!($kind: $($variant = $word),+);
    };
}
pub(crate) use named;
