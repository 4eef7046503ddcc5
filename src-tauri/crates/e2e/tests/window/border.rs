//! What the page may not do, tried from inside the page: leave, load, run, ask. A world on loopback listens meanwhile and
//! hears nothing, and the till still sells afterwards.

use crate::{card, sell};
use e2e::{Keychain, Outcome, Shop, Window};
use serde_json::{Value, json};
use simulator::{Options, Simulator};

/// An attempt, and a script that gives true when it was refused. `world` is an address that would answer.
const ATTEMPTS: &[(&str, &str)] = &[
    // Leaving.
    ("location = https", "location.href = 'https://example.invalid/'; return stays();"),
    ("location = the world", "location.assign(world); return stays();"),
    ("location = data:", "location.href = 'data:text/html,<h1>x</h1>'; return stays();"),
    ("location = file:", "location.href = 'file:///etc/passwd'; return stays();"),
    ("location = blob:", "location.href = URL.createObjectURL(new Blob(['x'])); return stays();"),
    (
        "location = javascript:",
        "location.href = 'javascript:window.ran = 1'; return await stays() && !window.ran;",
    ),
    ("a link", "add('a', { href: world }).click(); return stays();"),
    ("a link to a new window", "add('a', { href: world, target: '_blank' }).click(); return stays();"),
    (
        "a download",
        "add('a', { href: URL.createObjectURL(new Blob(['x'])), download: 'x.exe' }).click(); return stays();",
    ),
    ("a form", "add('form', { action: world, method: 'post' }).submit(); return stays();"),
    ("a refresh", "add('meta', { httpEquiv: 'refresh', content: `0; url=${world}` }); return stays();"),
    ("window.open", "return !window.open(world) && stays();"),
    ("window.open about:blank", "return !window.open('about:blank') && stays();"),
    // Loading.
    (
        "a frame",
        "const frame = add('iframe', { src: world }); await pause(); try { return !frame.contentDocument?.body?.textContent; } catch { return false; }",
    ),
    (
        "a frame of its own text",
        "add('iframe', { srcdoc: '<script>parent.ran = 1</' + 'script>' }); await pause(); return !window.ran;",
    ),
    ("a script of the world", "return refused(add('script', { src: trusted(world) }));"),
    (
        "a script as data:",
        "return refused(add('script', { src: trusted('data:text/javascript,window.ran = 1') })) ;",
    ),
    (
        "a script as blob:",
        "return refused(add('script', { src: trusted(URL.createObjectURL(new Blob(['window.ran = 1']))) }));",
    ),
    ("a picture of the world", "return refused(add('img', { src: `${world}/x.png` }));"),
    (
        "a picture as data:",
        "return refused(add('img', { src: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' }));",
    ),
    ("a style of the world", "return refused(add('link', { rel: 'stylesheet', href: world }));"),
    ("a sound of the world", "return refused(add('audio', { src: world }));"),
    (
        "an object",
        "const it = add('object', { data: world }); await pause(); return !it.contentDocument?.body;",
    ),
    // Running.
    (
        "an inline script",
        "try { add('script', { textContent: 'window.ran = 1' }); } catch {} await pause(); return !window.ran;",
    ),
    (
        "markup with a handler",
        "try { add('div', {}).innerHTML = '<img src=x onerror=\"window.ran = 1\">'; } catch {} await pause(); return !window.ran;",
    ),
    (
        "a handler",
        "const it = add('button', {}); try { it.setAttribute('onclick', 'window.ran = 1'); it.click(); } catch {} return !window.ran;",
    ),
    ("eval", "try { (0, eval)('window.ran = 1'); } catch { return true; } return false;"),
    ("new Function", "try { new Function('window.ran = 1')(); } catch { return true; } return false;"),
    (
        "setTimeout of a text",
        "try { setTimeout('window.ran = 1', 0); } catch {} await pause(); return !window.ran;",
    ),
    (
        "a worker",
        "try { const it = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); return await new Promise((done) => { it.onerror = () => done(true); it.onmessage = () => done(false); }); } catch { return true; }",
    ),
    (
        "a service worker",
        "try { await navigator.serviceWorker.register('/x.js'); } catch { return true; } return false;",
    ),
    (
        "markup of no policy",
        "try { document.body.insertAdjacentHTML('beforeend', '<i></i>'); } catch { return true; } return `${typeof trustedTypes}`;",
    ),
    (
        "a policy of one's own",
        "try { trustedTypes.createPolicy('mine', { createHTML: (text) => text }); } catch { return true; } return false;",
    ),
    // Reaching.
    ("fetch of the world", "try { await fetch(world); } catch { return true; } return false;"),
    (
        "fetch of LigdiCash",
        "try { await fetch('https://app.ligdicash.com/'); } catch { return true; } return false;",
    ),
    (
        "XMLHttpRequest",
        "return new Promise((done) => { try { const it = new XMLHttpRequest(); it.onload = () => done(false); it.onerror = () => done(true); it.open('GET', world); it.send(); } catch { done(true); } });",
    ),
    (
        "WebSocket",
        "return new Promise((done) => { try { const it = new WebSocket(world.replace('http', 'ws')); it.onopen = () => done(false); it.onerror = () => done(true); it.onclose = () => done(true); } catch { done(true); } });",
    ),
    (
        "EventSource",
        "return new Promise((done) => { try { const it = new EventSource(world); it.onopen = () => done(false); it.onerror = () => done(true); } catch { done(true); } });",
    ),
    ("a beacon", "try { navigator.sendBeacon(world, 'x'); } catch {} await pause(); return true;"),
    // Bending.
    ("the global Tauri", "return window.__TAURI__ === undefined;"),
    (
        "a changed prototype",
        "try { Object.prototype.ran = 1; } catch { return true; } const was = ({}).ran; delete Object.prototype.ran; return was === undefined;",
    ),
    (
        "a changed method",
        "const was = Object.prototype.toString; try { Object.prototype.toString = () => 'x'; } catch {} const kept = Object.prototype.toString === was; \
         if (!kept) Object.prototype.toString = was; return kept;",
    ),
];

/// What only a person's own press may do, and must not do here either. Each hangs on the button `try`.
const PRESSES: &[(&str, &str)] = &[
    ("window.open at a press", "window.opened = window.open(world);"),
    ("window.open of nothing at a press", "window.opened = window.open('about:blank');"),
    (
        "a link to a new window at a press",
        "window.opened = null; add('a', { href: world, target: '_blank' }).click();",
    ),
    (
        "a download at a press",
        "window.opened = null; add('a', { href: URL.createObjectURL(new Blob(['x'])), download: 'x.exe' }).click();",
    ),
];

/// Commands that the page must not have: Tauri's own, the plugins', and what no longer or never was one of ours.
const COMMANDS: &[&str] = &[
    "plugin:opener|open_url",
    "plugin:opener|open_path",
    "plugin:opener|reveal_item_in_dir",
    "plugin:window|close",
    "plugin:window|destroy",
    "plugin:window|set_title",
    "plugin:window|create",
    "plugin:webview|create_webview_window",
    "plugin:webview|print",
    "plugin:webview|internal_toggle_devtools",
    "plugin:event|emit",
    "plugin:event|emit_to",
    "plugin:app|version",
    "plugin:app|set_app_theme",
    "plugin:path|resolve_directory",
    "plugin:resources|close",
    "plugin:menu|new",
    "plugin:tray|new",
    "plugin:image|from_path",
    "plugin:shell|execute",
    "plugin:fs|read_file",
    "plugin:http|fetch",
    "plugin:process|exit",
    "plugin:single-instance|x",
    "open_till",
    "erase_everything",
];

const TOOLS: &str = r"
    const done = arguments[arguments.length - 1];
    const home = location.href;
    const pause = () => new Promise((go) => setTimeout(go, 400));
    const stays = async () => { await pause(); return location.href === home && !!document.querySelector('[data-testid=mode-banner]'); };
    const trusted = (text) => text;
    const add = (name, what) => { const it = document.createElement(name); try { Object.assign(it, what); } catch (why) { it.refusal = why; } document.body.append(it); return it; };
    const refused = (it) => it.refusal ? true : new Promise((go) => { it.onerror = () => go(true); it.onload = it.oncanplay = () => go(false); setTimeout(() => go(!window.ran), 1500); });
    delete window.ran;
";

async fn attempt(window: &Window, world: &str, body: &str) -> Outcome<Value> {
    let script = format!(
        "{TOOLS} const world = {world}; (async () => {{ {body} }})().then(done, (why) => done(`${{why}}`));",
        world = json!(world)
    );
    window.script_async(&script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_leaves_loads_runs_and_asks_nothing_that_is_not_the_tills() -> Outcome {
    let world = Simulator::start(Options { record_requests: true, ..Options::default() }).await?;
    let address = world.base_url();
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    let mut allowed = Vec::new();
    for (name, body) in ATTEMPTS {
        // A page that left takes the script with it.
        let answer = attempt(&window, &address, body).await.map_err(|error| format!("{name}: {error}"))?;
        if answer != json!(true) {
            allowed.push(format!("{name}: {answer}"));
        }
        assert_eq!(window.count("[data-testid='mode-banner']").await?, 1, "the page is gone after {name}");
    }
    for (name, body) in PRESSES {
        let hung = format!(
            "delete window.opened; const it = add('button', {{ id: 'try', textContent: 'x' }}); it.style.position = 'fixed'; \
             it.style.inset = '0'; it.style.zIndex = 99; it.addEventListener('click', () => {{ {body} }}); return true;"
        );
        attempt(&window, &address, &hung).await?;
        window.press("#try").await?;
        let judge = "const opened = window.opened; document.getElementById('try').remove(); \
                     return opened === null && await stays() ? true : `${opened}`;";
        let answer = attempt(&window, &address, judge).await?;
        let windows = window.windows().await?;
        if answer != json!(true) || windows != 1 {
            allowed.push(format!("{name}: {answer}, {windows} windows"));
        }
    }
    for command in COMMANDS {
        let body = format!(
            "try {{ await window.__TAURI_INTERNALS__.invoke({command}, {{ url: world, path: '/', label: 'main', event: 'till-event', payload: {{}}, \
             target: {{ kind: 'Any' }}, directory: 1, rid: 1, value: 'x', options: {{ url: world, label: 'x' }} }}); }} \
             catch (why) {{ return /not allowed|not found|denied/i.test(`${{why}}`) ? true : `${{why}}`; }} return 'it answered';",
            command = json!(command)
        );
        let answer = attempt(&window, &address, &body).await?;
        if answer != json!(true) {
            allowed.push(format!("{command}: {answer}"));
        }
    }
    assert!(allowed.is_empty(), "not refused:\n  {}", allowed.join("\n  "));
    let heard = world.requests();
    assert!(heard.is_empty(), "the world heard {heard:?}");

    // And the till is still there, and sells.
    sell(&window, "5000", "90123456").await?;
    window.see(&card("pending")).await?;
    let tried = ATTEMPTS.len() + PRESSES.len() + COMMANDS.len();
    println!("FIGURE web view | {tried} attempts | {tried} refused");
    window.close().await?;
    world.stop().await;
    Ok(())
}
