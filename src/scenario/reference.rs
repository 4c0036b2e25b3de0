//! The file format as a reference page.

/// The reference page of the file format, in Markdown.
pub fn reference_markdown() -> String {
    String::new()
}
