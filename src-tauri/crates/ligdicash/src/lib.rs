//! A client for LigdiCash payin: create, confirm, callbacks, with refused and unknown kept apart.
