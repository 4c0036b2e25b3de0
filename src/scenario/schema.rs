//! The file format as a JSON Schema.

/// The file format as a JSON Schema (draft 2020-12).
pub fn json_schema() -> serde_json::Value {
    serde_json::json!({})
}
