//! The merchant's day in the real window: finding a payment, its receipt, closing, files, and the command line beside it.

use crate::{card, sell, testid};
use e2e::{Keychain, Outcome, Shop, Window};

async fn paid(window: &Window, amount: &str, phone: &str) -> Outcome {
    window.press(&testid("nav-till")).await?;
    sell(window, amount, phone).await?;
    window.see(&card("pending")).await?;
    window.press(&testid("sim-approve")).await?;
    window.see_gone(&card("pending")).await
}

async fn in_theme(window: &Window, theme: &str) -> Outcome {
    window.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
    Ok(())
}

async fn pictures(window: &Window, name: &str) -> Outcome {
    for theme in ["dark", "light"] {
        in_theme(window, theme).await?;
        window.picture(&format!("{name}-{theme}")).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_found_printed_closed_and_exported() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    // An empty day is no blank page.
    window.press(&testid("nav-day")).await?;
    window.read(&testid("day-total"), "0 F").await?;
    window.press(&testid("day-export-csv")).await?;
    window.read(&testid("field-error"), "aucun fichier").await?;
    pictures(&window, "day-empty").await?;

    paid(&window, "5000", "90123456").await?;
    paid(&window, "12500", "92876543").await?;
    window.press(&testid("print-receipt")).await?;
    window.read(&testid("receipt-view"), "douze mille cinq cents francs CFA").await?;
    window.read(&testid("receipt-view"), "MODE ÉCOLE").await?;
    pictures(&window, "receipt").await?;
    window.press(&testid("receipt-pdf")).await?;
    window.read(&testid("export-path"), "recu-ecole-000002-a4.pdf").await?;
    window.press(&testid("receipt-pdf")).await?;
    window.read(&testid("export-path"), "recu-ecole-000002-duplicata-1-a4.pdf").await?;
    window.read(&testid("receipt-view"), "DUPLICATA n° 2").await?;
    let print = window.text(&testid("receipt-fingerprint")).await?.replace(' ', "");
    let id = window.attribute(&card("paid"), "data-payment-id").await?;
    window.press("[role='dialog'] [data-safe]").await?;

    window.press(&testid("nav-history")).await?;
    window.fill(&testid("history-search"), "90 12 34").await?;
    window.read(&testid("history-row"), "5 000 F").await?;
    assert_eq!(window.count(&testid("history-row")).await?, 1);
    window.press(&testid("history-row")).await?;
    window.press(&testid("open-receipt")).await?;
    window.read(&testid("receipt-view"), "cinq mille francs CFA").await?;
    pictures(&window, "search").await?;
    window.fill(&testid("history-search"), "nothing-like-it").await?;
    window.read(".list .none", "Rien ne correspond").await?;

    window.press(&testid("nav-day")).await?;
    window.read(&testid("day-total"), "17 500 F").await?;
    window.read(&testid("day-count"), "2 ventes").await?;
    pictures(&window, "day-sold").await?;
    for (button, ending) in
        [("day-export-csv", "-excel.csv"), ("day-export-xlsx", ".xlsx"), ("day-export-pdf", ".pdf")]
    {
        window.press(&testid(button)).await?;
        window.read(&testid("export-path"), ending).await?;
        let path = window.text(&testid("export-path")).await?;
        assert!(std::fs::metadata(path.trim())?.len() > 200, "{path}");
    }
    window.press(&testid("day-close")).await?;
    window.fill(&testid("closing-who"), "Afi").await?;
    pictures(&window, "closing-asked").await?;
    window.press(&testid("confirm-close")).await?;
    window.read(".said", "Clôture Z 1 faite : 17 500 F").await?;
    window.see(&format!("{}[data-number='1']", testid("closing-row"))).await?;
    pictures(&window, "closed").await?;
    window.resize(760, 600).await?;
    window.picture("day-small").await?;
    window.resize(1280, 860).await?;

    command_line(&shop, &id, &print).await?;
    window.close().await
}

/// Beside the open till, and without any network.
async fn command_line(shop: &Shop, id: &str, print: &str) -> Outcome {
    let folder = shop.export_folder().join("ligne");
    let out = folder.to_string_lossy().into_owned();
    let mut sums = Vec::new();
    for format in ["csv-fr", "csv", "xlsx", "pdf", "jsonl", "recettes", "syscohada"] {
        let (status, said, problem) =
            shop.command(&["export", "--closing", "1", "--format", format, "--out", &out]).await?;
        assert_eq!(status, Some(0), "{format}: {problem}");
        let path = said.trim();
        assert!(path.contains("encaisse-ecole-Z1"), "{path}");
        if format == "jsonl" {
            for line in std::fs::read_to_string(path)?.lines() {
                let entry: serde_json::Value = serde_json::from_str(line)?;
                sums.push(entry["amount_xof"].as_i64().unwrap_or_default());
            }
        }
    }
    assert_eq!(sums, [5_000, 12_500]);
    let (status, _, problem) = shop.command(&["export", "--day", "2020-01-01", "--format", "csv"]).await?;
    assert_eq!(status, Some(1));
    assert!(problem.contains("aucune vente"), "{problem}");
    let (status, _, problem) = shop.command(&["export", "--day", "hier", "--format", "csv"]).await?;
    assert_eq!((status, problem.contains("--day")), (Some(2), true));
    let (status, said, _) = shop.command(&["verify"]).await?;
    assert_eq!((status, said.contains("2 écritures")), (Some(0), true), "{said}");

    let jsonl = std::fs::read_to_string(folder.join("encaisse-ecole-Z1.jsonl"))?;
    let line = jsonl.lines().find(|line| line.contains(id)).ok_or("not in the export")?;
    let entry: serde_json::Value = serde_json::from_str(line)?;
    let day = entry["business_day"].as_str().unwrap_or_default();
    for (amount, status_wanted, word) in [("12500", 0, "authentique"), ("125000", 1, "MODIFIÉ")] {
        let receipt = format!("ENCAISSE1/{id}/{amount}/{day}/2/{print}");
        let (status, said, problem) = shop.command(&["verify", "--receipt", &receipt]).await?;
        assert_eq!(status, Some(status_wanted), "{said}{problem}");
        assert!(format!("{said}{problem}").contains(word), "{said}{problem}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_print_by_themselves_when_the_shop_says_so() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    let paper = shop.export_folder().join("printer.bin");
    std::fs::create_dir_all(shop.export_folder())?;
    window.press(&testid("nav-settings")).await?;
    window.choose(&testid("papers-print"), "always").await?;
    window.choose(&testid("papers-printer"), "file").await?;
    window.fill(&testid("papers-target"), &paper.to_string_lossy()).await?;
    window.press(&testid("save-settings")).await?;
    window.read(".saved", "Enregistré").await?;
    window.press(&testid("print-test")).await?;
    window.read(".said", "Envoyé").await?;
    pictures(&window, "settings-papers").await?;
    paid(&window, "700", "90123456").await?;
    for _ in 0..100 {
        let bytes = std::fs::read(&paper)?;
        if bytes.windows(10).any(|part| part == b"ENCAISSE1/") {
            return window.close().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Err("the receipt was not printed".into())
}
