//! The connector of Flink: where it comes from and what it is held to.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::{fs, thread};

use crate::support::place::{FLINK, Place, code, err, files};

#[test]
fn a_connector_is_locked_at_first_use_and_held_to_it() {
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let without = place.pipec(&["build", "flink.yaml"]);
    assert_eq!(code(&without), 0, "{}", err(&without));
    assert!(err(&without).contains("missing generated/artifacts/flink/orders/"), "{}", err(&without));
    assert!(err(&without).contains("2 artifacts, of which 1 is missing"), "{}", err(&without));
    let checked = place.pipec(&["build", "--check", "flink.yaml"]);
    assert_eq!(code(&checked), 0, "{}", err(&checked));
    assert!(err(&checked).contains("is not built, since the connector"), "{}", err(&checked));
    let read = || fs::read_to_string(place.path("generated/orders/template.yaml")).expect("the template");
    let template = read();

    place.file("connector.jar", "PK one");
    assert_eq!(code(&place.pipec(&["build", "--connector-jar", "connector.jar", "flink.yaml"])), 0);
    let zips = || files(&place.path("generated/artifacts/flink/orders"));
    assert_eq!(zips().len(), 1);
    assert!(place.path("pipec.lock").exists());
    let locked = read();
    assert_ne!(locked, template, "the key holds the jar's digest");
    // From the lock on, it is the same with the jar and without.
    assert_eq!(code(&place.pipec(&["build", "flink.yaml"])), 0);
    assert_eq!(read(), locked);
    assert_eq!(code(&place.pipec(&["build", "--check", "flink.yaml"])), 0);

    place.file("connector.jar", "PK two");
    let other = place.pipec(&["build", "--connector-jar", "connector.jar", "flink.yaml"]);
    assert_eq!(code(&other), 2);
    assert!(err(&other).contains("pipec.lock records"), "{}", err(&other));
    assert_eq!((read(), zips().len()), (locked.clone(), 1), "nothing was written");

    // Another jar that is meant gives another key, so that the one of before is neither kept nor overwritten.
    fs::remove_file(place.path("pipec.lock")).expect("removed");
    assert_eq!(code(&place.pipec(&["build", "--connector-jar", "connector.jar", "flink.yaml"])), 0);
    assert_ne!(read(), locked);
    assert_eq!(zips().len(), 2);
}

#[test]
fn a_connector_of_which_nobody_publishes_a_digest_is_refused() {
    const DIGEST: &str = "ee2bdf38ade56b39aa65ba9168406e61817238703a0e036c72053e77f5ce4722";
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let fetch = |repository: &str, more: &[&str]| {
        let fixed = ["build", "--fetch-connector", "--maven-repository", repository, "flink.yaml"];
        place.pipec(&[&fixed[..], more].concat())
    };
    let refused = fetch(&repository("PK jar", "", 3), &[]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("publishes no digest"), "{}", err(&refused));
    assert!(!place.path("pipec.lock").exists() && files(&place.path(".cache/pipec")).is_empty());
    let wrong = fetch(&repository("PK jar", "", 1), &["--connector-sha256", &DIGEST.replace('e', "0")]);
    assert_eq!(code(&wrong), 2);
    assert!(err(&wrong).contains("is expected"), "{}", err(&wrong));
    assert_eq!(code(&fetch("http://127.0.0.1:1", &["--connector-sha256", "ee"])), 2);
    let named = fetch(&repository("PK jar", "", 1), &["--connector-sha256", DIGEST]);
    assert_eq!(code(&named), 0, "{}", err(&named));

    // What the lock has needs no other word.
    fs::remove_dir_all(place.path(".cache")).expect("removed");
    fs::remove_dir_all(place.path("generated")).expect("removed");
    let locked = fetch(&repository("PK jar", "", 1), &[]);
    assert_eq!(code(&locked), 0, "{}", err(&locked));
}

/// A Maven repository that serves one jar with a digest beside it, or with none where that is empty, for a number of
/// requests.
fn repository(jar: &'static str, digest: &'static str, requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for connection in listener.incoming().take(requests) {
            let mut connection = connection.expect("a connection");
            let mut request = String::new();
            let mut reader = BufReader::new(connection.try_clone().expect("a reader"));
            reader.read_line(&mut request).expect("a request");
            let mut header = String::new();
            while reader.read_line(&mut header).is_ok_and(|length| length > 2) {
                header.clear();
            }
            assert!(
                request.starts_with("GET /org/apache/flink/flink-sql-connector-aws-kinesis-streams/"),
                "{request}"
            );
            // The kind of a digest is what its length says.
            let kind = if digest.len() == 40 { ".jar.sha1 " } else { ".jar.sha256 " };
            let body = if request.contains(".jar ") {
                jar
            } else if request.contains(kind) {
                digest
            } else {
                ""
            };
            let status = if body.is_empty() { "404 Not Found" } else { "200 OK" };
            write!(
                connection,
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .expect("an answer");
        }
    });
    address
}

#[test]
fn a_connector_is_fetched_when_asked_verified_and_kept() {
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let wrong = repository("PK jar", "0000", 2);
    let refused = place.pipec(&["build", "--fetch-connector", "--maven-repository", &wrong, "flink.yaml"]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("SHA-256"), "{}", err(&refused));
    assert!(!place.path("generated/orders").exists() && !place.path("pipec.lock").exists());

    // sha256sum of "PK jar"
    let right =
        repository("PK jar", "ee2bdf38ade56b39aa65ba9168406e61817238703a0e036c72053e77f5ce4722  a.jar\n", 2);
    let fetched = place.pipec(&["build", "--fetch-connector", "--maven-repository", &right, "flink.yaml"]);
    assert_eq!(code(&fetched), 0, "{}", err(&fetched));
    assert_eq!(files(&place.path("generated/artifacts/flink/orders")).len(), 1);
    assert_eq!(files(&place.path(".cache/pipec")).len(), 1);

    // sha1sum of "PK jar", which is all that some repositories publish.
    for (digest, exit) in
        [("53f6ab399f72b041e7193d6f0be63412db44fde3", 2), ("53f6ab399f72b041e7193d6f0be63412db44fde2", 0)]
    {
        fs::remove_dir_all(place.path(".cache")).ok();
        fs::remove_file(place.path("pipec.lock")).ok();
        let sha1 = repository("PK jar", digest, 3);
        let fetched = place.pipec(&["build", "--fetch-connector", "--maven-repository", &sha1, "flink.yaml"]);
        assert_eq!(code(&fetched), exit, "{}", err(&fetched));
        assert!(exit == 0 || err(&fetched).contains("its SHA-1 is"), "{}", err(&fetched));
    }

    // The second build finds it in the cache and sends no request.
    fs::remove_dir_all(place.path("generated")).expect("removed");
    let again = place.pipec(&["build", "flink.yaml"]);
    assert_eq!(code(&again), 0, "{}", err(&again));
    assert_eq!(files(&place.path("generated/artifacts/flink/orders")).len(), 1);
}
