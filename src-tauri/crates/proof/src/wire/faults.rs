//! What a line can do to an exchange. Owns the list of faults, and what each may leave behind.

use std::fmt::Write as _;
use std::time::Duration;

/// How a cut connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Reset,
    Close,
}

/// One fault.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The request arrives at the provider.
    pub reaches: bool,
    pub act: Act,
}

/// What happens on the line.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// So many bytes of the request get through.
    CutRequest { after: usize, ending: Ending },
    /// So many bytes of the answer get through.
    CutAnswer { after: usize, ending: Ending },
    /// The connection ends before a byte was read.
    CutUnread(Ending),
    /// The answer, byte by byte.
    Drip(Duration),
    /// Nothing, until the till gives up.
    Silence,
    /// Something made of the true answer, and the connection closes.
    Say(fn(&Honest) -> Vec<u8>),
    /// The same, and the connection stays for the next exchange.
    SayAndStay(fn(&Honest) -> Vec<u8>),
    /// 64 MiB of blanks.
    Flood { announced: bool },
}

/// What a fault can be made of.
pub struct Honest {
    /// The true answer; empty when the provider was not asked.
    pub answer: Vec<u8>,
    /// `127.0.0.1:PORT` of a captive portal.
    pub portal: String,
}

/// What may be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The true answer came through, however oddly: its token, or its news, must be taken.
    Answer,
    /// No answer that could be believed: doubt, and nothing else.
    Doubt,
    /// Either, as long as it is true.
    Either,
    /// Nothing left the machine.
    NothingSent,
}

/// A fault by name.
pub struct Named {
    pub name: &'static str,
    pub fault: Fault,
    pub left: Left,
}

const fn said(name: &'static str, left: Left, made_of: fn(&Honest) -> Vec<u8>) -> Named {
    Named { name, fault: Fault { reaches: true, act: Act::Say(made_of) }, left }
}

/// The provider is not asked: somebody on the way answers.
const fn intercepted(name: &'static str, made_of: fn(&Honest) -> Vec<u8>) -> Named {
    Named { name, fault: Fault { reaches: false, act: Act::Say(made_of) }, left: Left::Doubt }
}

const fn acted(name: &'static str, reaches: bool, act: Act, left: Left) -> Named {
    Named { name, fault: Fault { reaches, act }, left }
}

/// The faults that fill memory, where there is any to fill.
pub fn floods() -> Vec<Named> {
    let flood = |name, announced| acted(name, true, Act::Flood { announced }, Left::Doubt);
    vec![flood("64-mib-announced", true), flood("64-mib-without-a-length", false)]
}

/// Every other fault, for either exchange.
pub fn others() -> Vec<Named> {
    use Left::{Answer, Doubt, Either};
    vec![
        // The answer comes through, in an odd way.
        acted("slow-drip", true, Act::Drip(Duration::from_millis(1)), Answer),
        said("chunked", Answer, |honest| chunked(&honest.body(), 7, "0\r\n\r\n")),
        said("continue-first", Answer, |honest| {
            joined(&["HTTP/1.1 100 Continue\r\n\r\n".as_bytes(), &honest.answer])
        }),
        said("hints-first", Answer, |honest| {
            joined(&["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".as_bytes(), &honest.answer])
        }),
        said("two-answers", Answer, twice),
        said("an-answer-and-garbage", Answer, and_garbage),
        acted("two-answers-on-a-line-that-stays", true, Act::SayAndStay(twice), Answer),
        acted("garbage-on-a-line-that-stays", true, Act::SayAndStay(and_garbage), Answer),
        said("labelled-gzip", Answer, |honest| ok(&[("Content-Encoding", "gzip")], &honest.body())),
        said("byte-order-mark", Answer, |honest| ok(&[], &joined(&[b"\xef\xbb\xbf", &honest.body()]))),
        said("http-1.0", Answer, |honest| honest.with_first_line("HTTP/1.0 200 OK")),
        said("no-reason", Answer, |honest| honest.with_first_line("HTTP/1.1 200")),
        said("until-close", Answer, |honest| {
            joined(&[b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &honest.body()])
        }),
        said("empty-lines-first", Either, |honest| joined(&[b"\r\n\r\n", &honest.answer])),
        said("length-twice", Either, |honest| {
            let length = honest.body().len().to_string();
            ok(&[("Content-Length", &length)], &honest.body())
        }),
        said("length-and-chunked", Either, |honest| {
            let chunked = String::from_utf8_lossy(&chunked(&honest.body(), 50, "0\r\n\r\n")).replacen(
                "\r\n",
                "\r\nContent-Length: 9\r\n",
                1,
            );
            chunked.into_bytes()
        }),
        // Nothing comes, or too late.
        acted("silence-after", true, Act::Silence, Doubt),
        acted("silence-before", false, Act::Silence, Doubt),
        acted("drip-too-slow", true, Act::Drip(Duration::from_millis(20)), Doubt),
        acted("reset-unread", false, Act::CutUnread(Ending::Reset), Doubt),
        acted("closed-unread", false, Act::CutUnread(Ending::Close), Doubt),
        // Somebody else answers.
        said("html-502", Doubt, |_| html("502 Bad Gateway")),
        said("html-503", Doubt, |_| html("503 Service Unavailable\r\nRetry-After: 1")),
        said("html-504", Doubt, |_| html("504 Gateway Timeout")),
        said("html-429", Doubt, |_| html("429 Too Many Requests\r\nRetry-After: 1")),
        said("html-408", Doubt, |_| html("408 Request Timeout")),
        intercepted("html-401", |_| html("401 Unauthorized\r\nWWW-Authenticate: Basic")),
        intercepted("html-407", |_| html("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic")),
        intercepted("html-413", |_| html("413 Content Too Large")),
        intercepted("html-511", |_| html("511 Network Authentication Required")),
        intercepted("portal-301", |honest| moved(301, honest)),
        intercepted("portal-302", |honest| moved(302, honest)),
        intercepted("portal-303", |honest| moved(303, honest)),
        intercepted("portal-307", |honest| moved(307, honest)),
        intercepted("portal-308", |honest| moved(308, honest)),
        intercepted("portal-page", |_| html("200 OK")),
        said("moved-after", Doubt, |honest| moved(302, honest)),
        said("refusal-in-a-500", Doubt, |_| {
            let refusal = br#"{"response_code":"01","token":"","response_text":"Echec (Code07)"}"#;
            with_length("500 Internal Server Error", &[], refusal)
        }),
        said("answer-in-a-500", Doubt, |honest| honest.with_first_line("HTTP/1.1 500 Internal Server Error")),
        said("answer-in-a-202", Doubt, |honest| honest.with_first_line("HTTP/1.1 202 Accepted")),
        said("answer-in-a-206", Doubt, |honest| honest.with_first_line("HTTP/1.1 206 Partial Content")),
        said("no-content", Doubt, |_| b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        said("not-modified", Doubt, |_| b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec()),
        said("switching-protocols", Doubt, |honest| {
            joined(&[
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                &honest.answer,
            ])
        }),
        // Not the HTTP that was agreed on.
        said("garbage-first", Doubt, |honest| joined(&[b"\0\x01garbage\r\n", &honest.answer])),
        said("garbage", Doubt, |_| vec![0xff; 3_000]),
        said("zeros", Doubt, |_| vec![0; 3_000]),
        said("tls-alert", Doubt, |_| vec![0x15, 3, 3, 0, 2, 2, 40]),
        said("http-2", Doubt, |_| vec![0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]),
        said("a-greeting", Doubt, |_| b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        said("body-alone", Doubt, Honest::body),
        said("status-alone", Doubt, |_| b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        said("ten-thousand-headers", Doubt, |honest| {
            let mut head = "HTTP/1.1 200 OK\r\n".to_owned();
            (0..10_000).for_each(|n| write!(head, "X-{n}: y\r\n").unwrap());
            joined(&[head.as_bytes(), b"\r\n", &honest.body()])
        }),
        said("a-header-of-2-mib", Doubt, |honest| {
            joined(&[b"HTTP/1.1 200 OK\r\nX: ", &vec![b'y'; 2 * 1024 * 1024], b"\r\n\r\n", &honest.body()])
        }),
        // A length that is not the body's.
        said("length-short", Doubt, |honest| of_length(honest.body().len() - 5, honest)),
        said("length-long", Doubt, |honest| of_length(honest.body().len() + 5, honest)),
        said("length-zero", Doubt, |honest| of_length("0", honest)),
        said("length-negative", Doubt, |honest| of_length("-5", honest)),
        said("length-in-letters", Doubt, |honest| of_length("many", honest)),
        said("length-beyond-64-bits", Doubt, |honest| of_length("18446744073709551617", honest)),
        said("length-of-everything", Doubt, |honest| of_length("18446744073709551614", honest)),
        said("lengths-that-differ", Doubt, |honest| ok(&[("Content-Length", "7")], &honest.body())),
        // Chunks and packing that break.
        said("chunk-size-in-letters", Doubt, |honest| {
            joined(&[CHUNKED, b"zz\r\n", &honest.body(), b"\r\n0\r\n\r\n"])
        }),
        said("chunk-beyond-64-bits", Doubt, |honest| {
            joined(&[CHUNKED, b"fffffffffffffffff\r\n", &honest.body(), b"\r\n0\r\n\r\n"])
        }),
        said("chunk-cut", Doubt, |honest| joined(&[CHUNKED, b"fff\r\n", &honest.body()])),
        said("chunks-without-an-end", Doubt, |honest| chunked(&honest.body(), 40, "")),
        said("chunk-end-cut", Doubt, |honest| chunked(&honest.body(), 40, "0\r")),
        said("gzip-broken", Doubt, |_| {
            ok(&[("Content-Encoding", "gzip")], &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff])
        }),
        said("until-close-cut", Doubt, |honest| {
            let body = honest.body();
            joined(&[b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &body[..body.len() - 1]])
        }),
        // JSON of other types than agreed.
        said("json-list", Doubt, |honest| ok(&[], &joined(&[b"[", &honest.body(), b"]"]))),
        said("json-twice", Doubt, |honest| ok(&[], &joined(&[&honest.body(), &honest.body()]))),
        said("json-in-a-text", Doubt, |honest| {
            let quoted = String::from_utf8_lossy(&honest.body()).replace('\\', "\\\\").replace('"', "\\\"");
            ok(&[], format!("\"{quoted}\"").as_bytes())
        }),
        said("json-null", Doubt, |_| ok(&[], b"null")),
        said("json-true", Doubt, |_| ok(&[], b"true")),
        said("json-number", Doubt, |_| ok(&[], b"00")),
        said("json-empty", Doubt, |_| ok(&[], b"{}")),
        said("json-deep", Doubt, |_| ok(&[], &[b'['; 100_000])),
        said("json-deep-in-a-field", Doubt, |_| {
            ok(&[], &joined(&[br#"{"response_code":"#, &[b'['; 100_000]]))
        }),
        said("not-utf-8", Doubt, |_| ok(&[], b"{\"response_code\":\"00\",\"token\":\"t\xff\"}")),
        said("code-is-an-object", Doubt, |_| {
            ok(&[], br#"{"response_code":{"a":"00"},"token":"t","status":7}"#)
        }),
        said("code-is-true", Doubt, |_| ok(&[], br#"{"response_code":true,"token":"t"}"#)),
        said("code-is-2", Doubt, |_| ok(&[], br#"{"response_code":2,"token":"t"}"#)),
        said("token-is-a-number", Doubt, |_| ok(&[], br#"{"response_code":"00","token":7}"#)),
        said("token-is-an-object", Doubt, |_| ok(&[], br#"{"response_code":"00","token":{"t":"t"}}"#)),
        said("token-is-a-list", Doubt, |_| ok(&[], br#"{"response_code":"00","token":["t"]}"#)),
        said("token-is-null", Doubt, |_| ok(&[], br#"{"response_code":"00","token":null,"status":null}"#)),
        said("token-is-blank", Doubt, |_| ok(&[], br#"{"response_code":"00","token":"  ","status":"  "}"#)),
    ]
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

impl Honest {
    fn body(&self) -> Vec<u8> {
        let end = self.answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
        self.answer[end..].to_vec()
    }

    fn with_first_line(&self, line: &str) -> Vec<u8> {
        let rest = self.answer.iter().position(|byte| *byte == b'\r').unwrap_or(0);
        joined(&[line.as_bytes(), &self.answer[rest..]])
    }
}

fn twice(honest: &Honest) -> Vec<u8> {
    joined(&[&honest.answer, &honest.answer])
}

fn and_garbage(honest: &Honest) -> Vec<u8> {
    joined(&[&honest.answer, b"\0\xffgarbage"])
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn with_length(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head =
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    joined(&[head.as_bytes(), b"\r\n", body])
}

fn ok(headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    with_length("200 OK", headers, body)
}

fn html(status: &str) -> Vec<u8> {
    let page = "<html><body><form action=\"/login\">Wi-Fi</form></body></html>";
    format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len())
        .into_bytes()
}

fn moved(status: u16, honest: &Honest) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Moved\r\nLocation: http://{}/login\r\nContent-Length: 0\r\n\r\n",
        honest.portal
    )
    .into_bytes()
}

fn of_length(length: impl std::fmt::Display, honest: &Honest) -> Vec<u8> {
    joined(&[format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").as_bytes(), &honest.body()])
}

fn chunked(body: &[u8], size: usize, end: &str) -> Vec<u8> {
    let chunks = body.chunks(size).flat_map(|chunk| {
        let head = format!("{:x}\r\n", chunk.len());
        joined(&[head.as_bytes(), chunk, b"\r\n"])
    });
    let chunks: Vec<u8> = chunks.collect();
    joined(&[CHUNKED, &chunks, end.as_bytes()])
}
