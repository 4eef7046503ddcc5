//! The window and its life. Owns the builder, one till per ledger, and the order of closing: the till first (an answer on
//! its way is waited for), the program after.

use crate::desk::Desk;
use crate::display::{self, Display};
use crate::notification::Notifier;
use crate::page::{self, Page};
use crate::{border, commands, logging, marks, places, ports};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::ipc::Invoke;
use tauri::{AppHandle, Manager, RunEvent, Runtime, WindowEvent};
use till::TillOptions;
use till::domain::Right;

const LIGDICASH_URL: &str = "ENCAISSE_LIGDICASH_URL";

/// Opens the window and returns when it is closed.
pub(crate) fn run() -> tauri::Result<()> {
    marks::begin();
    let chosen_dir = places::chosen_data_dir();
    let mut builder = tauri::Builder::default().plugin(tauri_plugin_opener::init());
    if chosen_dir.is_none() {
        // A second start shows the first window. A folder chosen by hand is another till; its lock guards it.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| show(app)));
    }
    let app = builder
        .manage(Desk::default())
        .manage(Display::default())
        .manage(Notifier::default())
        .setup(move |app| {
            let data_dir = match chosen_dir {
                Some(dir) => dir,
                None => app.path().app_data_dir()?,
            };
            logging::start(&data_dir);
            app.state::<Desk>().lies_in(data_dir);
            border::open_window(app.handle(), page::WINDOW)?;
            open_till(app.handle());
            close_on_signal(app.handle().clone());
            Ok(())
        })
        .invoke_handler(commands())
        .build(context())?;

    let closing = AtomicBool::new(false);
    app.run(move |app, event| {
        if let RunEvent::WindowEvent { label, event, .. } = &event {
            follow(app, label, event);
        }
        if let RunEvent::ExitRequested { api, code, .. } = event {
            app.state::<Display>().leave();
            // The first request closes the till; the one that follows it ends the program.
            if closing.swap(true, Ordering::SeqCst) {
                return;
            }
            api.prevent_exit();
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                app.state::<Desk>().close().await;
                app.exit(code.unwrap_or(0));
            });
        }
    });
    Ok(())
}

/// Every command of the page. The rights' test asks for each of them.
pub(crate) fn commands<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        commands::charge::snapshot,
        commands::charge::charge,
        commands::charge::inspect_phone,
        commands::charge::answering,
        commands::charge::warm_up,
        commands::charge::look_again,
        commands::charge::contradiction_seen,
        commands::charge::check_now,
        commands::charge::set_aside,
        commands::charge::decide,
        commands::charge::answer_prompt,
        commands::history::history,
        commands::history::payment_detail,
        commands::history::filter_words,
        commands::day::day,
        commands::day::close_day,
        commands::day::print_period,
        commands::day::period_pdf,
        commands::day::export,
        commands::day::break_off_export,
        commands::day::show_file,
        commands::day::choose_folder,
        commands::day::receipt,
        commands::day::print_receipt,
        commands::day::receipt_pdf,
        commands::day::print_test,
        commands::day::check_receipt,
        commands::backup::backups,
        commands::backup::backup_now,
        commands::backup::backup_elsewhere,
        commands::backup::choose_backup,
        commands::backup::look_at_backup,
        commands::backup::restore_backup,
        commands::backup::damage,
        commands::backup::look_at_backup_of,
        commands::backup::restore_damaged,
        commands::diagnosis::diagnose,
        commands::screen::save_screen,
        commands::screen::customer_display,
        commands::screen::display,
        commands::settings::save_settings,
        commands::settings::save_credentials,
        commands::settings::forget_credentials,
        commands::settings::retry_keychain,
        commands::settings::acknowledge_chain_loss,
        commands::settings::test_connection,
        commands::settings::set_mode,
        commands::people::sign_in,
        commands::people::lock,
        commands::people::still_here,
        commands::people::recover_owner,
        commands::people::staff,
        commands::people::save_person,
        commands::people::retire_person,
        commands::people::set_auto_lock,
    ]
}

/// What tauri.conf.json and the page come to. Its code ends the program when the page cannot be unpacked at all; then no
/// till is open yet.
#[allow(clippy::disallowed_methods, reason = "in the macro's code, before a ledger is open")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Opens the till beside the window, which draws itself meanwhile and waits for it at the desk.
pub(crate) fn open_till<R: Runtime>(app: &AppHandle<R>) {
    let desk = app.state::<Desk>();
    // Told before the window was built.
    let Some(data_dir) = desk.data_dir() else { return };
    desk.opening();
    let options = TillOptions {
        base_url: std::env::var(LIGDICASH_URL).ok().filter(|url| !url.is_empty()),
        export_dir: places::chosen_export_dir(),
        default_export_dir: places::default_export_dir(&data_dir),
        keeps_backups: true,
        read_first_bytes: till::READ_FIRST_BYTES,
        data_dir,
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let page = Arc::new(Page::new(app.clone()));
        let opened = till::Till::open(options, ports::ports(page.clone())).await;
        match &opened {
            Ok(till) => {
                page.works_for(till.clone());
                display::reopen(&app, till);
            }
            Err(error) => tracing::error!(%error, "the till does not open"),
        }
        app.state::<Desk>().opened(opened);
    });
}

/// The customer's screen goes when the till's window goes; what is in front is known to who tells the desktop.
fn follow(app: &AppHandle, label: &str, event: &WindowEvent) {
    let (display, notifier) = (app.state::<Display>(), app.state::<Notifier>());
    match (label, event) {
        (page::WINDOW, WindowEvent::Focused(in_front)) => notifier.is_in_front(*in_front),
        // Beside the customer's screen the till's own is still seen, unless it was put away.
        (display::WINDOW, WindowEvent::Focused(true)) => {
            let main = app.get_webview_window(page::WINDOW);
            notifier.is_in_front(main.is_some_and(|main| !main.is_minimized().unwrap_or(true)));
        }
        (display::WINDOW, WindowEvent::Focused(false)) => notifier.is_in_front(false),
        // The last window that goes ends the program.
        (page::WINDOW, WindowEvent::Destroyed) => {
            display.leave();
            display::close(app);
        }
        (display::WINDOW, WindowEvent::CloseRequested { .. }) => display.is_closing(),
        (display::WINDOW, WindowEvent::Destroyed) if display::is_gone(app) => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                if let Ok(till) = app.state::<Desk>().till_for(Right::Arrive).await {
                    display::remember(&app, &till).await;
                }
            });
        }
        _ => {}
    }
}

fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(page::WINDOW) {
        // A window that cannot be raised is still there; nothing depends on it.
        let _ = window.unminimize().and_then(|()| window.set_focus());
    }
}

/// A polite end from outside closes the till like its window does.
#[cfg(unix)]
fn close_on_signal(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                terminate.recv().await;
                app.exit(0);
            }
            Err(error) => tracing::warn!(%error, "a terminate signal will not close the till politely"),
        }
    });
}

#[cfg(not(unix))]
fn close_on_signal(_app: AppHandle) {}
