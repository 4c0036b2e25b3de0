//! A browser without a window that loads a page from this process and answers it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// Longest that the browser may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// The browser, ended with what it started when it is no longer needed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a page sends to `answer`, given what it finds under `cases`.
pub fn ask(browser: &str, page: &'static str, cases: &str) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let (send, receive) = channel();
    let cases = cases.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that the browser gives up is no matter.
            let _ = serve(stream, page, &cases, &send);
        }
    });
    let profile = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut command = Command::new(browser);
    command
        .args(["--headless=new", "--no-sandbox", "--no-first-run", "--disable-background-networking"])
        .args(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--ignore-gpu-blocklist"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://{address}/"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _running = Running(command.spawn().map_err(|e| format!("start {browser}: {e}"))?);
    receive.recv_timeout(PATIENCE).map_err(|_| "the browser does not answer".to_owned())
}

/// Answers one request.
fn serve(mut stream: TcpStream, page: &str, cases: &str, send: &Sender<String>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or(0);
        }
    }
    let (kind, body) = match request.split_whitespace().nth(1) {
        Some("/") => ("text/html", page),
        Some("/cases") => ("application/json", cases),
        Some("/answer") => {
            let mut answer = vec![0; length];
            reader.read_exact(&mut answer)?;
            // Nobody asks any more once an answer has come.
            let _ = send.send(String::from_utf8_lossy(&answer).into_owned());
            ("text/plain", "")
        }
        _ => ("text/plain", ""),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}
