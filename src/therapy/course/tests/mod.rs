//! What courses must do. "2b" and the like are sections of the project's table of sources, `biology.md`.

mod adaptive;
mod doses;
mod events;
mod lines;
mod local;
mod replay;
mod triggers;
mod troughs;
