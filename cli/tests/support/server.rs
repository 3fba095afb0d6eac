//! HTTP/1.1 on loopback, as much of it as the SDK speaks.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A request.
pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Values by their names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

/// An answer; instead of one, `None` hangs up.
#[derive(Clone, Default)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Response {
    /// None, but the line stays open.
    pub const NEVER: Self = Self { status: 0, headers: Vec::new(), body: String::new() };
}

/// Serves until the test ends; the address.
pub fn serve(answer: Arc<dyn Fn(Request) -> Option<Response> + Send + Sync>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            thread::spawn(move || while one(&stream, &*answer).is_some() {});
        }
    });
    format!("http://{address}")
}

/// A request and its answer; `None` at the end of the connection.
fn one(mut stream: &TcpStream, answer: &dyn Fn(Request) -> Option<Response>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    if headers.contains_key("expect") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let head = method == "HEAD";
    let Some(response) = answer(Request { method, target, headers, body }) else {
        let _ = stream.shutdown(Shutdown::Both);
        return None;
    };
    if response.status == 0 {
        // To the end of the asking process.
        let _ = reader.read_to_end(&mut Vec::new());
        return None;
    }
    let mut text = format!("HTTP/1.1 {} Scripted\r\n", response.status);
    for (name, value) in &response.headers {
        text += &format!("{name}: {value}\r\n");
    }
    let length = if head { 0 } else { response.body.len() };
    text += &format!("content-length: {length}\r\n\r\n");
    text += if head { "" } else { &response.body };
    stream.write_all(text.as_bytes()).ok()
}
