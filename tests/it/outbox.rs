//! Mail leaves through the outbox: once delivered it is gone from there, and what fails is tried again later.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use vestibule::actions::AddPerson;
use vestibule::config::Mail;
use vestibule::mail::Smtp;
use vestibule::store::outbox;
use vestibule::types::{EmailAddress, Seconds, Secret};
use vestibule::worker::deliver_mails;

use crate::support::World;

/// A mail server that keeps what it gets, for one mail; the port it listens on.
pub async fn sink(got: Arc<Mutex<String>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a client");
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.expect("written");
        let mut data = false;
        while let Ok(Some(line)) = lines.next_line().await {
            let answer: &[u8] = match line.as_str() {
                "." => {
                    data = false;
                    b"250 kept\r\n"
                }
                _ if data => {
                    got.lock().expect("unpoisoned").push_str(&format!("{line}\n"));
                    continue;
                }
                "DATA" => {
                    data = true;
                    b"354 go on\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 fine\r\n",
            };
            write.write_all(answer).await.expect("written");
        }
    });
    port
}

fn smtp(port: u16) -> Smtp {
    rustls::crypto::ring::default_provider().install_default().ok();
    Smtp::new(&Mail { smtp_url: Secret::new(format!("smtp://127.0.0.1:{port}")), from: "Vestibule <noreply@example.test>".into() }).expect("a transport")
}

#[tokio::test]
async fn a_mail_that_cannot_leave_is_tried_again_with_growing_pauses_and_then_leaves_once() {
    let world = World::new().await;
    let wish = AddPerson {
        email: EmailAddress::parse("amelie@example.test").ok(),
        given_name: "Amélie".parse().ok(),
        locale: Some(vestibule::types::Locale::Fr),
        ..AddPerson::default()
    };
    world.actor(wish, "amelie").await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    assert_eq!(deliver_mails(&world.app, &smtp(closed), world.now()).await.expect("no fault"), 0);
    let waiting = outbox::waiting_mails(&world.app.store.db, 9).await.expect("a read");
    assert_eq!((waiting.len(), waiting[0].attempts), (1, 1));
    let got = Arc::new(Mutex::new(String::new()));
    let port = sink(got.clone()).await;
    assert_eq!(deliver_mails(&world.app, &smtp(port), world.now()).await.expect("no fault"), 0, "not due yet");
    world.advance(Seconds(61));
    assert_eq!(deliver_mails(&world.app, &smtp(port), world.now()).await.expect("no fault"), 1);
    let text = got.lock().expect("unpoisoned").clone();
    assert!(text.contains("Subject:") && text.contains("amelie@example.test"), "{text}");
    assert!(outbox::waiting_mails(&world.app.store.db, 9).await.expect("a read").is_empty(), "delivered, and its link erased");
}

#[tokio::test]
async fn everybodys_mail_is_shown_in_development_alone() {
    let plain = World::new().await;
    plain.person("alice@example.test").await;
    assert_eq!(plain.browser().get("/dev/mailbox").await.status, 404);
    let development = World::with(|c| c.development = true).await;
    assert_eq!(development.browser().get("/dev/mailbox").await.status, 200);
}
