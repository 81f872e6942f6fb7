//! PURE. What an office's reasons come to: the opinion that a candidate reads, and the codes that are counted.

pub use crate::inbound::Reason;

/// Each reason once, in the table's order: however they were picked, they read and count the same.
pub fn sorted(reasons: &[Reason]) -> Vec<Reason> {
    Reason::ALL.into_iter().filter(|reason| reasons.contains(reason)).collect()
}

/// The codes with a blank between, as statistics and the audit keep them.
pub fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" ")
}

/// The opinion that a candidate reads: the reasons' wordings, then what the reviewer adds, if anything.
pub fn opinion(reasons: &[Reason], added: &str) -> String {
    let reasons = sorted(reasons);
    let mut parts: Vec<&str> = reasons.iter().map(|reason| reason.wording()).collect();
    parts.extend(Some(added.trim()).filter(|added| !added.is_empty()));
    parts.join("；")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opinion_is_the_wordings_once_each_and_what_is_added() {
        let picked = [Reason::P05, Reason::P03, Reason::P05];
        let worded = "背景不是均匀的白色或浅灰色 / 有阴影或其他物体；头发遮挡眉毛、眼睛或耳朵";
        assert_eq!(opinion(&picked, "  "), worded);
        assert_eq!(opinion(&picked, " 请摘下发卡 "), format!("{worded}；请摘下发卡"));
        assert_eq!(opinion(&[], "请摘下发卡"), "请摘下发卡");
        assert_eq!(codes(&sorted(&picked)), "P03 P05");
    }
}
