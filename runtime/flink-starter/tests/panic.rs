//! A fault of the program itself is answered too. In a process of its own, since the hook is for all of it.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use pipec_flink_starter::{event::ReplyTo, panic};

#[test]
fn a_panic_is_answered_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let answer = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.ends_with(b"}") {
            let read = stream.read(&mut buffer).expect("the request");
            request.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("the response");
        String::from_utf8(request).expect("text")
    });

    panic::install();
    panic::watch(&ReplyTo {
        url: format!("http://127.0.0.1:{port}/answer"),
        request_id: "request-1".to_owned(),
        ..ReplyTo::default()
    });
    let panicked = thread::spawn(|| panic!("a fault")).join();
    assert!(panicked.is_err());

    let request = answer.join().expect("the answer");
    assert!(request.starts_with("PUT /answer "), "{request}");
    assert!(request.contains(r#""Status":"FAILED""#) && request.contains("request-1"), "{request}");
    // A second one has nobody to answer, and ends.
    assert!(thread::spawn(|| panic!("another")).join().is_err());
}
