//! The secure connection. Owns who is trusted: what the operating system's verifier accepts, and nothing else. Adds to its
//! refusals the name of whoever issued the refused certificate, because an antivirus or a company's proxy that opens
//! connections stands between the till and LigdiCash under its own name. Refuses to accept anything by itself.

use crate::certificate::{harmless, issuer};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, OtherError,
    SignatureScheme,
};
use std::sync::Arc;
use std::{error, fmt, io};

/// What a refusal says may quote names from the certificate, which can be of any length.
const DETAIL_MAX_CHARS: usize = 400;

/// Whom the system trusts, as read once.
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    system: Arc<NamingTheIssuer<rustls_platform_verifier::Verifier>>,
}

impl Trust {
    pub(crate) fn of_the_system() -> Result<Self, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let system = rustls_platform_verifier::Verifier::new(Arc::clone(&provider))?;
        Ok(Self { provider, system: Arc::new(NamingTheIssuer(system)) })
    }

    /// TLS 1.2 and 1.3 as rustls means them, certificates as the system means them, and these protocols above.
    pub(crate) fn config(&self, protocols: &[&str]) -> Result<ClientConfig, Error> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            // rustls calls every verifier but its own so. This one is the system's.
            .dangerous()
            .with_custom_certificate_verifier(self.system.clone())
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(config)
    }
}

/// Another verifier, whose refusals name the issuer.
#[derive(Debug)]
struct NamingTheIssuer<V>(V);

impl<V: ServerCertVerifier> ServerCertVerifier for NamingTheIssuer<V> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(
            |reason| {
                let refused = RefusedCertificate { issuer: issuer(end_entity), reason };
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
            },
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.0.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.0.root_hint_subjects()
    }
}

/// A certificate that the system does not trust.
#[derive(Debug)]
struct RefusedCertificate {
    issuer: Option<String>,
    reason: Error,
}

impl fmt::Display for RefusedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.issuer {
            Some(issuer) => write!(f, "certificate issued by \"{issuer}\": ")?,
            None => f.write_str("certificate that names no issuer: ")?,
        }
        f.write_str(&words(&self.reason))
    }
}

impl error::Error for RefusedCertificate {}

/// Why the secure connection could not be made, if that is what this error is about.
pub(crate) fn refusal(error: &(dyn error::Error + 'static)) -> Option<String> {
    find(error).map(|refusal| harmless(&words(refusal), DETAIL_MAX_CHARS))
}

fn words(error: &Error) -> String {
    if let Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error {
        inner.to_string()
    } else if let Error::InvalidCertificate(reason) = error {
        reason.to_string()
    } else {
        error.to_string()
    }
}

fn find<'a>(error: &'a (dyn error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        // What an I/O error wraps is not its source but itself.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn error::Error + 'static)),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    /// Trusts nobody, each for a reason of its own.
    #[derive(Debug)]
    struct Refusing;

    impl ServerCertVerifier for Refusing {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Err(Error::InvalidCertificate(CertificateError::Revoked))
        }
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(Error::DecryptError)
        }
        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(Error::DecryptError)
        }
        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ED25519]
        }
    }

    fn refused(certificate: &CertificateDer<'_>) -> Error {
        let name = ServerName::try_from("app.ligdicash.com").unwrap();
        let verifier = NamingTheIssuer(Refusing);
        verifier.verify_server_cert(certificate, &[], &name, &[], UnixTime::now()).unwrap_err()
    }

    #[test]
    fn what_the_system_refuses_stays_refused_for_its_reason_and_is_named() {
        let mut params = CertificateParams::new(vec!["app.ligdicash.com".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Avast Web Shield Root");
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let error = io::Error::other(refused(certificate.der()));
        assert_eq!(
            refusal(&error).as_deref(),
            Some("certificate issued by \"Avast Web Shield Root\": Revoked")
        );
        let noise = refused(&CertificateDer::from(vec![0; 9]));
        assert_eq!(refusal(&noise).as_deref(), Some("certificate that names no issuer: Revoked"));
        assert_eq!(NamingTheIssuer(Refusing).supported_verify_schemes(), [SignatureScheme::ED25519]);
    }

    #[test]
    fn an_error_of_another_kind_is_not_about_trust() {
        assert_eq!(refusal(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
        assert_eq!(refusal(&io::Error::other("certificate")), None);
    }
}
