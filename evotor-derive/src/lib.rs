//! `#[derive(Section)]`: a section of a file is a struct, a key is a field. `#[derive(DeviceWords)]`: a struct that shaders have too.
//!
//! From the struct follow the table of keys (and so JSON Schema, reference page, unknown-key advice), the reader that
//! reports everything that is wrong at once, the writer of effective files, and the visit of all numbers that carry a
//! source. Doc comments are the documentation that users read. What the words in `#[section(…)]` and `#[key(…)]` mean is
//! explained where the trait is, in `scenario::declare` of the program; `DeviceWords` is in `tissue::layout`.

mod field;
mod section;
mod toml;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Declares a section of a file.
#[proc_macro_derive(Section, attributes(section, key))]
pub fn derive_section(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    section::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a struct of 32-bit words in Rust and in WGSL.
#[proc_macro_derive(DeviceWords)]
pub fn derive_device_words(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    words::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
