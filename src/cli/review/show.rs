//! One application as a page of text: enough to decide which round to look at, never a whole number or name.

use std::{fmt::Write as _, io::Write as _, path::Path};

use jiff::tz::TimeZone;

use super::super::{Failure, words};
use crate::{
    app::App,
    inbound::{Part, Precheck, StoredPhoto},
    mask,
    office::{
        defects,
        picture::{self, PictureError, Wanted},
    },
    store::StaffRow,
    workflow::{
        candidate::Candidate,
        case::{Case, Decided, Round},
        reason,
    },
};

/// The page. `candidate` is missing while nobody is bound.
pub(super) fn page(case: &Case, candidate: Option<&Candidate>, zone: &TimeZone) -> String {
    let mut lines = vec![
        ("申请", format!("{}（批次 {}）", words::number(&case.number), case.batch)),
        ("状态", words::stage(case.stage).to_owned()),
        ("准考证", mask::exam_no(&case.exam_no)),
    ];
    match candidate {
        Some(candidate) => lines.extend([
            ("考生", mask::name(&candidate.name)),
            (
                "证件",
                format!(
                    "{} {}",
                    candidate.document_type.label(),
                    mask::document_in_notice(candidate.document_type, &candidate.document_no)
                ),
            ),
        ]),
        None => lines.push(("考生", "目前没有绑定微信".to_owned())),
    }
    lines.push(("电话", case.phone.as_deref().map_or_else(|| "未填".to_owned(), mask::phone)));
    lines.push(("办理地点", words::place(case.place.as_ref())));
    if let Some(population) = &case.population {
        let answer =
            if population.matched { "一致".to_owned() } else { format!("不一致 {}", population.reason) };
        lines.push(("人口库", answer));
    }
    let rows: Vec<Vec<String>> =
        lines.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    let mut text = words::columns(&rows);
    for round in &case.rounds {
        text.push_str(&of_round(round, zone));
    }
    if case.rounds.is_empty() {
        text.push_str("还没有提交过审核。\n");
    }
    text
}

/// Writes the latest round's pictures down for looking at, as the console shows them: with who looks burnt in.
pub(super) async fn save_photos(
    app: &App,
    case: &Case,
    staff: &StaffRow,
    folder: &Path,
) -> Result<(), Failure> {
    let Some(round) = case.rounds.last() else { return Ok(()) };
    let broken = |error: &dyn std::fmt::Display| Failure::failed(format!("照片没有取出来：{error}"));
    std::fs::create_dir_all(folder).map_err(|error| broken(&error))?;
    for slot in round.photos.keys() {
        let wanted = Wanted { case: &case.id, round: round.number, slot: *slot, side: None };
        let content = match picture::view(&app.runner, &app.photos, staff, wanted).await {
            Ok(Some(content)) => content,
            Ok(None) | Err(PictureError::Missing) => {
                return Err(Failure::failed(format!("{} 的文件不在了。", words::slot(*slot))));
            }
            Err(error) => return Err(broken(&error)),
        };
        let file = format!("{}-第{}轮-{}.jpg", words::number(&case.number), round.number, words::slot(*slot));
        let path = folder.join(file.replace('/', "或"));
        write_private(&path, &content).map_err(|error| broken(&error))?;
        println!("{}", path.display());
    }
    Ok(())
}

/// A file that only its owner may read. One that is there already is replaced: its own mode might let others read.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(content)
}

fn of_round(round: &Round, zone: &TimeZone) -> String {
    let mut text = format!(
        "\n第 {} 轮  {}  提交于 {}\n",
        round.number,
        words::part(round.part),
        words::moment(round.submitted_at, zone)
    );
    for (slot, photo) in &round.photos {
        let _ = writeln!(text, "  {}  {}", words::slot(*slot), of_photo(photo));
        let _ = writeln!(text, "    {}", of_precheck(&photo.precheck));
    }
    for decided in &round.decisions {
        text.push_str(&of_decision(decided, round.part, zone));
    }
    if round.decisions.is_empty() {
        text.push_str("  还没有决定\n");
    }
    text
}

fn verdicts(decided: &Decided, submitted: Part) -> String {
    if submitted != Part::Both {
        return words::part(submitted).to_owned();
    }
    let verdict = |part| if decided.passes(part) { "通过" } else { "不通过" };
    let parts = [Part::Portrait, Part::Documents];
    parts.map(|part| format!("{}{}", words::part(part), verdict(part))).join("，")
}

fn of_photo(photo: &StoredPhoto) -> String {
    format!("{}×{}  {}  {}", photo.width, photo.height, words::source(photo.source), photo.name)
}

/// What the automatic checks say; it is a help, and the reviewer decides.
fn of_precheck(precheck: &Precheck) -> String {
    let found: Vec<String> = precheck.codes.iter().map(|code| defects::words(code)).collect();
    let found = if found.is_empty() { "没有发现问题".to_owned() } else { found.join("；") };
    if precheck.measures.is_empty() {
        format!("自动检查：{found}")
    } else {
        format!("自动检查：{found}\n    量到：{}", precheck.measures)
    }
}

/// Of a bundle each part has its verdict.
fn of_decision(decided: &Decided, submitted: Part, zone: &TimeZone) -> String {
    let (level, at) = (words::level(decided.level), words::moment(decided.at, zone));
    match &decided.rejected {
        None => format!("  {level}通过  {}  {at}\n", decided.staff),
        Some(rejected) => {
            let mut text = format!(
                "  {level}不通过（{}）  {}  {at}\n    意见：{}\n",
                verdicts(decided, submitted),
                decided.staff,
                rejected.opinion
            );
            if !rejected.reasons.is_empty() {
                let _ = writeln!(text, "    原因：{}", reason::codes(&rejected.reasons));
            }
            text
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::write_private;

    #[test]
    fn only_the_owner_reads_a_file_even_where_one_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.jpg");
        for content in ["one that is long", "two"] {
            std::fs::write(folder.path().join("photo.jpg"), "of before").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            write_private(&path, content.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let fresh = folder.path().join("fresh.jpg");
        write_private(&fresh, b"x").unwrap();
        assert_eq!(std::fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
