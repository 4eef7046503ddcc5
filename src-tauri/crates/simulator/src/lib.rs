//! A LigdiCash on loopback, written from the facts of its API.
