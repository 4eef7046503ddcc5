//! Certificates that must not be trusted, over real TLS: refused by the system's own verifier, before a byte of ours has
//! left, naming whoever issued them.

use crate::wire::{KEYS, client, payin, response};
use ligdicash::{ConfirmError, ConnectionTest, CreateError, InvoiceToken, NotSent};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{HandshakeKind, ServerConfig, SupportedProtocolVersion, version};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Where the trusted authority lies for the process that trusts it.
const AUTHORITY: &str = "LIGDICASH_TEST_AUTHORITY";
const TRUSTED: &str = "Racine de confiance";
const HERE: [&str; 2] = ["localhost", "127.0.0.1"];

/// What kind of handshake each server made, by its address.
static HANDSHAKES: Mutex<BTreeMap<String, Vec<HandshakeKind>>> = Mutex::new(BTreeMap::new());

/// A certificate with its chain, and the key that the server has.
struct Shown {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn for_names(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Guichet");
    params
}

fn issued(params: &CertificateParams, issuer: &Issuer<'_, KeyPair>) -> Shown {
    let key = KeyPair::generate().unwrap();
    Shown { chain: vec![params.signed_by(&key, issuer).unwrap().der().clone()], key }
}

/// A server that answers every request as LigdiCash would, and remembers every byte that came through the handshake.
async fn serve(shown: &Shown, version: &'static SupportedProtocolVersion) -> (String, Arc<Mutex<Vec<u8>>>) {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let der = PrivateKeyDer::try_from(shown.key.serialize_der()).unwrap();
    let key = provider.key_provider.load_private_key(der).unwrap();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(shown.chain.clone(), key))));
    // A create that let itself be talked into HTTP/2 would not be understood here.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (hears, here) = (Arc::clone(&heard), address.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let kind = stream.get_ref().1.handshake_kind().unwrap();
            HANDSHAKES.lock().unwrap().entry(here.clone()).or_default().push(kind);
            let mut part = [0; 8_192];
            while !String::from_utf8_lossy(&hears.lock().unwrap()).contains("}}") {
                match stream.read(&mut part).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => hears.lock().unwrap().extend_from_slice(&part[..read]),
                }
            }
            let body = r#"{"response_code":"00","token":"t-1"}"#;
            let _ = stream.write_all(&response(200, "application/json", body)).await;
            let _ = stream.shutdown().await;
        }
    });
    (address, heard)
}

/// A server that speaks no TLS that is still safe: these bytes are all it says.
async fn serve_old(says: &'static [u8]) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            hear_and_say(stream, says, &hears).await;
        }
    });
    (address, heard)
}

async fn hear_and_say(mut stream: TcpStream, says: &[u8], hears: &Mutex<Vec<u8>>) {
    let mut part = [0; 8_192];
    let mut said = false;
    while let Ok(read @ 1..) = stream.read(&mut part).await {
        hears.lock().unwrap().extend_from_slice(&part[..read]);
        if !said {
            said = stream.write_all(says).await.is_ok();
        }
    }
}

/// What a client is told, whatever it wanted: three times no, and why.
async fn refusals(address: &str) -> [String; 3] {
    let client = client(address);
    let token = InvoiceToken::new("invoice-canary".into()).unwrap();
    let created = client.create_direct(&payin()).await;
    let Err(CreateError::NotSent { cause: NotSent::Tls, detail: created }) = created else {
        panic!("{created:?}")
    };
    let confirmed = client.confirm(&token).await;
    let Err(ConfirmError::NotSent { cause: NotSent::Tls, detail: confirmed }) = confirmed else {
        panic!("{confirmed:?}")
    };
    let tested = client.test_connection().await;
    let ConnectionTest::NotSent(NotSent::Tls, tested) = tested else { panic!("{tested:?}") };
    [created, confirmed, tested]
}

fn assert_nothing_ours(heard: &Mutex<Vec<u8>>, what: &str) {
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
    for ours in [KEYS.0, KEYS.1, "canary", "POST", "GET", "commande"] {
        assert!(!heard.contains(ours), "{what}: {ours} was sent");
    }
}

/// A ServerHello that answers any ClientHello with this version.
const fn server_hello(minor: u8) -> [u8; 49] {
    let mut bytes = [0x2a; 49];
    // Record: handshake, version, 44 bytes. Handshake: ServerHello, 40 bytes, version, 32 of chance, no session...
    let head = [0x16, 3, minor, 0, 44, 2, 0, 0, 40, 3, minor];
    let mut at = 0;
    while at < head.len() {
        bytes[at] = head[at];
        at += 1;
    }
    // ... TLS_RSA_WITH_AES_128_CBC_SHA, no compression, no extensions.
    let tail = [0, 0, 0x2f, 0, 0, 0];
    let mut at = 0;
    while at < tail.len() {
        bytes[43 + at] = tail[at];
        at += 1;
    }
    bytes
}

static TLS_1_0: [u8; 49] = server_hello(1);
static TLS_1_1: [u8; 49] = server_hello(2);
/// "protocol_version", fatal: what an old server says to somebody who speaks only new ones.
static NO_COMMON_VERSION: [u8; 7] = [0x15, 3, 1, 0, 2, 2, 70];

/// Neither a request nor a key, and a ticket for the create that follows.
async fn the_way_gone_once_makes_the_next_handshake_short(
    shown: &Shown,
    version: &'static SupportedProtocolVersion,
) {
    let (address, heard) = serve(shown, version).await;
    let client = client(&address);
    client.warm_up().await;
    assert!(heard.lock().unwrap().is_empty(), "something was said on the way");
    client.create_direct(&payin()).await.unwrap();
    assert_eq!(
        *HANDSHAKES.lock().unwrap().get(&address).unwrap(),
        [HandshakeKind::Full, HandshakeKind::Resumed]
    );
}

#[tokio::test]
async fn only_what_the_system_trusts_is_spoken_to_and_a_refusal_names_the_issuer() {
    match std::env::var(AUTHORITY) {
        Ok(folder) => every_certificate(Path::new(&folder)).await,
        Err(_) => again_where_the_authority_is_trusted(),
    }
}

/// What the system trusts is read from its environment, once, by a process of its own.
fn again_where_the_authority_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let root = authority(TRUSTED).self_signed(&key).unwrap();
    std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("certificates::only_what_the_system_trusts_is_spoken_to_and_a_refusal_names_the_issuer")
        .env_clear()
        .env(AUTHORITY, folder.path())
        .env("SSL_CERT_FILE", folder.path().join("root.pem"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success(), "{said}{}", String::from_utf8_lossy(&again.stderr));
    println!("{}", said.lines().find(|line| line.starts_with("FIGURE ")).expect("the figure"));
}

async fn every_certificate(folder: &Path) {
    let key = std::fs::read_to_string(folder.join("key.pem")).unwrap();
    let trusted = Issuer::new(authority(TRUSTED), KeyPair::from_pem(&key).unwrap());
    let stranger = Issuer::new(authority("Avast Web Shield Root"), KeyPair::generate().unwrap());

    let mut expired = for_names(&HERE);
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut early = for_names(&HERE);
    early.not_before = date_time_ymd(2400, 1, 1);
    early.not_after = date_time_ymd(2401, 1, 1);
    let own_key = KeyPair::generate().unwrap();
    let own = for_names(&HERE).self_signed(&own_key).unwrap();
    let bad = [
        ("expired", issued(&expired, &trusted), TRUSTED),
        ("not yet valid", issued(&early, &trusted), TRUSTED),
        ("wrong host", issued(&for_names(&["ligdicash.example", "10.0.0.1"]), &trusted), TRUSTED),
        ("self-signed", Shown { chain: vec![own.der().clone()], key: own_key }, "Guichet"),
        ("unknown root", issued(&for_names(&HERE), &stranger), "Avast Web Shield Root"),
    ];
    for (what, shown, issuer) in &bad {
        for version in [&version::TLS12, &version::TLS13] {
            let (address, heard) = serve(shown, version).await;
            for detail in refusals(&address).await {
                assert!(
                    detail.starts_with(&format!("certificate issued by \"{issuer}\": ")),
                    "{what}: {detail}"
                );
            }
            assert!(heard.lock().unwrap().is_empty(), "{what}: something was sent");
        }
    }

    // A good certificate, shown by somebody who does not have its key.
    let stolen = Shown { key: KeyPair::generate().unwrap(), ..issued(&for_names(&HERE), &trusted) };
    for version in [&version::TLS12, &version::TLS13] {
        let (address, heard) = serve(&stolen, version).await;
        refusals(&address).await;
        assert!(heard.lock().unwrap().is_empty(), "stolen: something was sent");
    }

    // An old server is refused before it shows a certificate: there is no issuer to name.
    for says in [&TLS_1_0[..], &TLS_1_1, &NO_COMMON_VERSION] {
        let (address, heard) = serve_old(says).await;
        for detail in refusals(&address).await {
            assert!(detail.contains("incompatible") || detail.contains("ProtocolVersion"), "{detail}");
        }
        assert_nothing_ours(&heard, "old TLS");
    }

    let good = issued(&for_names(&HERE), &trusted);
    for version in [&version::TLS12, &version::TLS13] {
        for host in HERE {
            let (address, heard) = serve(&good, version).await;
            let created = client(&address.replace("127.0.0.1", host)).create_direct(&payin()).await;
            assert_eq!(created.unwrap().token.expose(), "t-1");
            assert!(String::from_utf8_lossy(&heard.lock().unwrap()).contains(KEYS.1));
        }
    }
    for version in [&version::TLS12, &version::TLS13] {
        the_way_gone_once_makes_the_next_handshake_short(&good, version).await;
    }
    println!(
        "FIGURE certificates | {} distrusted, 1 stolen, TLS 1.0 and 1.1; 1 good | all bad ones refused, {} of {} issuers named, 0 bytes of ours sent",
        bad.len(),
        bad.len(),
        bad.len()
    );
}
