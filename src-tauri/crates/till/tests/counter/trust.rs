//! Somebody between the till and LigdiCash, under a certificate of its own.

use crate::shop::{KEYS, Shop, sale};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use std::sync::{Arc, Mutex};
use till::domain::{Mode, NotSentCause, State};
use till::{ConnectionVerdict, Settings, Till, TillOptions};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An antivirus that opens connections. Gives its address, and everything it could read.
async fn stand_in_between() -> (String, Arc<Mutex<Vec<u8>>>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Avast Web Shield Root");
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let read = Arc::new(Mutex::new(Vec::new()));
    let reads = Arc::clone(&read);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut all = Vec::new();
            let _ = stream.read_to_end(&mut all).await;
            reads.lock().unwrap().extend(all);
        }
    });
    (address, read)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_in_between_reads_nothing_and_is_named() {
    let shop = Shop::new().await;
    let (address, read) = stand_in_between().await;
    let options = TillOptions { base_url: Some(address), ..shop.options() };
    let till = Till::open(options, shop.ports()).await.unwrap();
    till.save_settings(Settings { shop_name: "Chez Afi".into(), ..Settings::default() }).await.unwrap();
    till.save_keys(KEYS.0, KEYS.1, false, false).await.unwrap();
    till.set_mode(Mode::Live).await.unwrap();

    let named = "certificate issued by \"Avast Web Shield Root\"";
    let report = till.test_connection().await.unwrap();
    assert_eq!(report.verdict, ConnectionVerdict::Tls);
    assert!(report.detail.starts_with(named), "{}", report.detail);

    let till::Charged::Payment(_, payment) = till.charge(sale("a", "5000", "90123456")).await.unwrap() else {
        panic!("nothing was unresolved");
    };
    let (not_sent, timeline) = loop {
        let (_, now, timeline) = till.detail(&payment.id).await.unwrap();
        if !matches!(now.state, State::Recorded | State::Submitting) {
            break (now, timeline);
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!((not_sent.state, not_sent.not_sent_cause), (State::NotSent, Some(NotSentCause::Tls)));
    let told = timeline.iter().find(|line| line.kind == "create_not_sent").unwrap();
    assert!(told.detail.starts_with(named), "{}", told.detail);
    till.close().await;
    assert!(read.lock().unwrap().is_empty());
}
