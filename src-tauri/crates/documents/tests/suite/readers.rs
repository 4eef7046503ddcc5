//! Documents opened by programs that are not ours: LibreOffice in French, Python, poppler, jq. They are installed by the
//! project's test command, which asks for these tests; a plain `cargo test` leaves them out.

use crate::shop::{made, options, receipt, row, rows, sealed, sum};
use documents::{ExportOptions, Format, Lettering, PageSize, PaperWidth, PeriodPaper, paper, pdf, ticket};
use domain::{EntryKind, EntryRow, Mode, Xof};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn run(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn python(script: &str, file: &Path) -> String {
    // openpyxl comes as a system package, for the system's Python; another one may stand before it in PATH.
    let system = "/usr/bin/python3";
    let program = if Path::new(system).exists() { system } else { "python3" };
    run(program, &["-c", script, file.to_str().unwrap()])
}

fn kept(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    // For people to look at.
    if let Some(gallery) = std::env::var_os("ENCAISSE_DOCUMENTS_DIR") {
        std::fs::create_dir_all(&gallery).unwrap();
        std::fs::write(Path::new(&gallery).join(name), bytes).unwrap();
    }
    path
}

/// What LibreOffice makes of a file in a French locale, as cells with their kinds: flat XML.
fn in_libreoffice(folder: &TempDir, file: &Path) -> String {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let filter = if file.extension().is_some_and(|ending| ending == "csv") {
        // Semicolon, double quote, UTF-8, from line 1, French (1036); detect special numbers, as Excel does by itself.
        "--infilter=CSV:59,34,76,1,,1036,false,true"
    } else {
        "--infilter=Calc MS Excel 2007 XML"
    };
    let out = folder.path().to_str().unwrap();
    let arguments =
        [&profile, "--headless", filter, "--convert-to", "fods", "--outdir", out, file.to_str().unwrap()];
    run("soffice", &arguments);
    std::fs::read_to_string(file.with_extension("fods")).unwrap()
}

/// Texts that mean harm, in every text column.
fn hostile(count: usize) -> Vec<String> {
    let starts = ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "\n@", "'=", "\"=", ";=", ",=", "=\u{a0}"];
    let bodies = [
        "HYPERLINK(\"http://127.0.0.1\";\"x\")",
        "1+1",
        "cmd|' /C calc'!A0",
        "SUM(1;2)",
        "IMPORTXML(1)",
        "2+5+cmd",
        "DDE(\"a\";\"b\";\"c\")",
        "A1",
        "\"\"",
        "été;\"œuf\"\r\n=1",
        "<script>",
        "&amp;",
        "]]>",
        "1e308",
    ];
    (0..count)
        .map(|index| format!("{}{}{index}", starts[index % starts.len()], bodies[index / 7 % bodies.len()]))
        .collect()
}

fn with_hostile<'h>(texts: &'h [String]) -> Vec<EntryRow<'h>> {
    texts
        .chunks(4)
        .zip(1i64..)
        .map(|(texts, number)| EntryRow {
            cashier: &texts[0],
            operator: texts.get(1).map(String::as_str),
            request_id: texts.get(2).map(String::as_str),
            reason: texts.get(3).map(String::as_str),
            ..row(number, EntryKind::Verified, false, 100)
        })
        .collect()
}

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn libreoffice_in_french_reads_amounts_dates_and_accents() {
    let folder = tempfile::tempdir().unwrap();
    let long = EntryRow {
        request_id: Some("20261124000017123456"),
        ..row(6, EntryKind::Verified, false, 1_999_999)
    };
    let mut rows = rows();
    rows.push(long);
    let file = kept(&folder, "jour-excel.csv", &made(Format::CsvFrench, &options(), &rows));
    let sheet = in_libreoffice(&folder, &file);
    for amount in ["5000", "12500", "-5000", "1999999"] {
        assert!(
            sheet.contains(&format!("office:value-type=\"float\" office:value=\"{amount}\"")),
            "{amount}"
        );
    }
    // Business day and date, which are the same here, come as one repeated cell.
    let twice = sheet.matches("number-columns-repeated=\"2\"").count();
    assert_eq!(sheet.matches("office:date-value=\"2026-11-24\"").count(), rows.len());
    assert!(twice >= rows.len(), "{twice}");
    assert!(sheet.contains("office:time-value=\"PT12H00M00S\""));
    for text in
        ["N° écriture", "Vérifié", "Remboursement", "90 12 •• 56", "l’après-midi", "'20261124000017123456"]
    {
        assert!(sheet.contains(text) || sheet.contains(&text.replace('\'', "&apos;")), "{text}");
    }
    assert!(!sheet.contains("E+0") && !sheet.contains("E+1"), "scientific notation");
    let whole = ExportOptions { whole_numbers: true, ..options() };
    let file = kept(&folder, "entiers-excel.csv", &made(Format::CsvFrench, &whole, &rows));
    assert!(in_libreoffice(&folder, &file).contains("<text:p>90 12 34 56</text:p>"));
}

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn python_reads_standard_csv_and_adds_up_what_the_ledger_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = kept(&folder, "jour.csv", &made(Format::CsvStandard, &options(), &rows()));
    let script = "import csv,sys,datetime\n\
        rows=list(csv.DictReader(open(sys.argv[1],encoding='utf-8',newline=''),strict=True))\n\
        [datetime.datetime.fromisoformat(r['recorded_at']) for r in rows]\n\
        print(len(rows),sum(int(r['amount_xof']) for r in rows),rows[3]['reason'])";
    let said = python(script, &file);
    assert_eq!(said.trim(), format!("5 {} Client déjà servi, « rendu » l’après-midi ; reçu", sum(&rows())));
}

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn openpyxl_and_libreoffice_read_typed_cells_totals_and_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let file = kept(&folder, "jour.xlsx", &made(Format::Xlsx, &options(), &rows()));
    let script = "import openpyxl,sys\n\
        book=openpyxl.load_workbook(sys.argv[1])\n\
        day=book['2026-11-24']\n\
        cells=[c.value for c in day['F']]\n\
        print(book.sheetnames,day.freeze_panes,day['B2'].value.date(),day['B2'].is_date,day['F2'].data_type,\
        day['I2'].data_type,sum(v for v in cells[1:6]),cells[-1],book['Résumé']['C4'].value)";
    let said = python(script, &file);
    let total = sum(&rows());
    let expected = format!("['2026-11-24', 'Résumé'] A2 2026-11-24 True n s {total} {total} Montant (F CFA)");
    assert_eq!(said.trim(), expected);
    let sheet = in_libreoffice(&folder, &file);
    assert!(sheet.contains("office:date-value=\"2026-11-24\"") && sheet.contains("table:name=\"Résumé\""));

    let texts = hostile(10_000);
    let file = kept(&folder, "hostile.xlsx", &made(Format::Xlsx, &options(), &with_hostile(&texts)));
    let script = "import openpyxl,sys\n\
        cells=[c for sheet in openpyxl.load_workbook(sys.argv[1]) for row in sheet.iter_rows() for c in row]\n\
        print(sum(c.data_type=='f' for c in cells),sum(c.data_type=='s' for c in cells)>10000)";
    assert_eq!(python(script, &file).trim(), "0 True");
    assert!(!in_libreoffice(&folder, &file).contains("table:formula"));
}

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn ten_thousand_hostile_texts_are_no_formula_in_any_csv() {
    let folder = tempfile::tempdir().unwrap();
    let texts = hostile(10_000);
    for format in [Format::CsvFrench, Format::CsvStandard, Format::SalesBook] {
        let file = kept(
            &folder,
            &format!("hostile{}", format.ending()),
            &made(format, &options(), &with_hostile(&texts)),
        );
        let delimiter = if format == Format::CsvStandard { "," } else { ";" };
        let script = format!(
            "import csv,sys\n\
             rows=list(csv.reader(open(sys.argv[1],encoding='utf-8-sig',newline=''),delimiter='{delimiter}',strict=True))\n\
             def is_number(c):\n\
             \x20   try: int(c); return True\n\
             \x20   except ValueError: return False\n\
             print(len(set(map(len,rows))),len(rows),sum(1 for r in rows for c in r if c.strip()[:1] in tuple('=+-@＝') and not is_number(c)))"
        );
        assert_eq!(python(&script, &file).trim(), "1 2501 0", "{format:?}");
        if format != Format::CsvStandard {
            assert!(!in_libreoffice(&folder, &file).contains("table:formula"), "{format:?}");
        }
    }
}

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn jq_reads_json_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = kept(&folder, "jour.jsonl", &made(Format::JsonLines, &options(), &rows()));
    let filter =
        "[(map(.amount_xof) | add), length, (map(select(.class == \"late\") | .from_closing)[0])] | @csv";
    let said = run("jq", &["-s", "-r", filter, file.to_str().unwrap()]);
    assert_eq!(said.trim(), format!("{},5,2", sum(&rows())));
}

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn poppler_reads_every_word_of_the_pdfs() {
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<_> = (1..=130).map(|number| row(number, EntryKind::Verified, false, 12_500)).collect();
    let training = ExportOptions { mode: Mode::Training, ..options() };
    let again =
        domain::Receipt { duplicate: 2, amount: Xof::new(1_987_654), mode: Mode::Training, ..receipt() };
    let zed = paper::period(&options().shop, Mode::Live, &options().rule, PeriodPaper::Closing(&sealed()));
    let long = domain::Receipt {
        shop: domain::ShopIdentity {
            name: "Alimentation générale « Dieu est grand » Kɔdzo & Fils, Agoè-Nyivé".to_owned(),
            ..options().shop
        },
        ..receipt()
    };
    let letters = "àâäæçéèêëîïôœùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’–€ ɖɛƒŋɔʋ";
    for (name, bytes, words) in [
        (
            "recu-a4.pdf",
            pdf("Reçu", &paper::receipt(&receipt()), PageSize::A4),
            vec!["REÇU DE PAIEMENT", "12 500 F", "0123 4567 89ab cdef"],
        ),
        (
            "recu-80.pdf",
            pdf("Reçu", &paper::receipt(&again), PageSize::Roll80),
            vec!["DUPLICATA n° 2", "MODE ÉCOLE", "1 987 654 F"],
        ),
        (
            "recu-long-80.pdf",
            pdf("Reçu", &paper::receipt(&long), PageSize::Roll80),
            vec!["Kɔdzo", "Agoè-Nyivé"],
        ),
        (
            "z-a4.pdf",
            pdf("Z", &zed, PageSize::A4),
            vec!["CLÔTURE Z n° 3", "Total perpétuel", "1 250 000 F", "envoi incertain"],
        ),
        ("z-80.pdf", pdf("Z", &zed, PageSize::Roll80), vec!["NET", "17 500 F"]),
        (
            "jour.pdf",
            Ok(made(Format::Pdf, &options(), &rows())),
            vec!["Boutique Chez Afi", "Remboursement", "-5 000 F", "page 1 / 1"],
        ),
        (
            "mois.pdf",
            Ok(made(Format::Pdf, &training, &many)),
            vec!["MODE ÉCOLE", "page 3 / 3", "1 625 000 F"],
        ),
        ("vide.pdf", Ok(made(Format::Pdf, &options(), &[])), vec!["Aucune vente"]),
        ("essai.pdf", pdf("Essai", &[paper::Line::Text(letters.to_owned())], PageSize::A4), vec![letters]),
    ] {
        let file = kept(&folder, name, &bytes.unwrap());
        let text = run("pdftotext", &["-layout", file.to_str().unwrap(), "-"]).replace('\u{a0}', " ");
        for word in words {
            assert!(text.contains(word), "{word} in {name}: {text}");
        }
        assert!(!text.contains('\u{fffd}'), "{name}: {text}");
        let fonts = run("pdffonts", &[file.to_str().unwrap()]);
        assert!(fonts.lines().skip(2).all(|line| line.contains("yes yes yes")), "{name}: {fonts}");
    }
}

/// A reader of ESC/POS that shares nothing with the writer: it knows the commands from Epson's reference and refuses any other.
const DECODER: &str = r#"
import sys
page={0:'cp437',2:'cp850',16:'cp1252',19:'cp858'}
data=open(sys.argv[1],'rb').read(); i=0; codec='cp437'; text=bytearray(); out=[]; images=0; qr=[]; cuts=0
while i<len(data):
    b=data[i]
    if b==0x1b:
        c=chr(data[i+1])
        if c=='@': i+=2
        elif c in 'tEaM-G!dJ23': 
            if c=='t': codec=page[data[i+2]]
            if c=='2': i+=2
            else: i+=3
        else: raise SystemExit('ESC '+c)
    elif b==0x1d:
        c=chr(data[i+1])
        if c in '!B': i+=3
        elif c=='V': cuts+=1; i+=4 if data[i+2] in (65,66) else 3
        elif c=='(':
            n=data[i+3]+256*data[i+4]; body=data[i+5:i+5+n]
            if body[1]==80: qr.append(body[3:].decode('ascii'))
            i+=5+n
        elif c=='v':
            w=data[i+4]+256*data[i+5]; h=data[i+6]+256*data[i+7]; images+=h; width=w*8
            out.append(('image',w,h,data[i+8:i+8+w*h])); i+=8+w*h
        else: raise SystemExit('GS '+c)
    elif b==0x0a: print(text.decode(codec)); text=bytearray(); i+=1
    elif b<0x20: raise SystemExit('byte %d'%b)
    else: text.append(b); i+=1
assert cuts==1 and not text, (cuts,text)
for q in qr: print('QR',q)
if images:
    rows=b''.join(d for _,w,h,d in out)
    open(sys.argv[1]+'.pbm','wb').write(b'P4 %d %d\n'%(width,images)+rows)
    print('IMAGE',width,images)
"#;

#[test]
#[ignore = "needs LibreOffice, Python, poppler and jq: cargo xtask test"]
fn tickets_read_back_in_every_code_page_and_as_an_image() {
    let folder = tempfile::tempdir().unwrap();
    for (width, columns) in [(PaperWidth::Narrow, 32), (PaperWidth::Wide, 48)] {
        for lettering in [Lettering::Cp858, Lettering::Cp850, Lettering::Windows1252, Lettering::Cp437] {
            let bytes = ticket(&paper::receipt(&receipt()), width, lettering).unwrap();
            let said =
                python(DECODER, &kept(&folder, &format!("ticket-{columns}-{lettering:?}.bin"), &bytes));
            let running = said.split_whitespace().collect::<Vec<_>>().join(" ");
            for word in [
                "REÇU DE PAIEMENT",
                "12 500 F",
                "douze mille cinq cents francs CFA",
                "YAS TOGO",
                "QR ENCAISSE1/",
            ] {
                assert!(running.contains(word), "{word} in {lettering:?} {columns}: {said}");
            }
            let is_wide = |line: &&str| !line.starts_with("QR") && line.chars().count() > columns;
            assert_eq!(said.lines().find(is_wide), None, "{lettering:?} {columns}");
        }
        let bytes = ticket(&paper::receipt(&receipt()), width, Lettering::Image).unwrap();
        let said = python(DECODER, &kept(&folder, &format!("ticket-{columns}-image.bin"), &bytes));
        assert!(said.contains(&format!("IMAGE {}", columns * 12)), "{said}");
        if let Some(gallery) = std::env::var_os("ENCAISSE_DOCUMENTS_DIR") {
            let name = format!("ticket-{columns}-image.bin.pbm");
            std::fs::copy(folder.path().join(&name), Path::new(&gallery).join(&name)).unwrap();
        }
    }
    let bytes = ticket(&paper::test_ticket(&options().shop), PaperWidth::Wide, Lettering::Cp858).unwrap();
    assert!(python(DECODER, &kept(&folder, "essai.bin", &bytes)).contains("TICKET D'ESSAI"));
}
