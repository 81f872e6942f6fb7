//! What the photo checks' codes are called in the offices. What a candidate is told to do about each is in `dialogs/`.

const DEFECTS: &[(&str, &str)] = &[
    ("NOT_LIVE", "不是现场拍的"),
    ("UNREADABLE", "打不开，文件不完整"),
    ("WRONG_FORMAT", "不是 JPG 照片"),
    ("TOO_LARGE", "文件或像素太大"),
    ("TOO_SMALL", "像素太少"),
    ("REPEATED", "和另一张相同"),
    ("PRECHECK_UNAVAILABLE", "没有自动检查，请人工细看"),
    ("NO_FACE", "没有看到正脸"),
    ("MULTIPLE_FACES", "不止一张脸"),
    ("ROTATED", "横的或倒的"),
    ("FACE_SMALL", "离得太远，脸太小"),
    ("NO_ROOM", "离得太近或太靠边"),
    ("FACE_SIZE", "脸宽不在 180–300 像素"),
    ("EYE_LINE", "眼睛离上边不在 200–300 像素"),
    ("OFF_CENTRE", "人不在正中"),
    ("HAIRLINE", "头顶离上边太近或太远"),
    ("HEAD_TILT", "头歪"),
    ("HEAD_TURNED", "脸没有正对镜头"),
    ("EYES_COVERED", "眼睛被遮住"),
    ("FACE_COVERED", "脸可能被遮住一部分"),
    ("EYES_CLOSED", "眼睛没有睁开"),
    ("MOUTH_OPEN", "嘴张开或露齿"),
    ("RED_EYE", "红眼"),
    ("HEAD_COVERED", "头上可能戴着东西"),
    ("BLUR", "模糊"),
    ("UNDEREXPOSED", "太暗"),
    ("OVEREXPOSED", "太亮"),
    ("UNEVEN_LIGHT", "脸上明暗不均"),
    ("BG_COLOUR", "背景不是白色或浅灰色"),
    ("BG_UNEVEN", "背景不均匀"),
    ("BORDER", "有边框"),
    ("TEXT_OVERLAY", "有文字或水印"),
    ("GRAYSCALE", "黑白照片"),
    ("FILE_KIND", "不是 24 位彩色的 JPG"),
    ("DIMENSIONS", "不是 480×640 像素"),
    ("DPI", "不是 300 dpi"),
    ("FILE_SIZE", "文件不在 20–40 KB"),
    ("JPEG_QUALITY", "压缩质量低于 60"),
    ("OLD_PHOTO", "一年以前拍的"),
    ("NO_CARD", "没有看到证件"),
    ("CARD_DOUBTFUL", "版面不像身份证"),
    ("WRONG_SIDE", "是证件的另一面"),
    ("ID_MISMATCH", "号码和申请不一致"),
    ("ID_UNREADABLE", "号码看不清"),
    ("NAME_MISMATCH", "姓名和申请可能不一致"),
    ("GLARE", "反光"),
    ("CARD_CROPPED", "证件没有拍全"),
    ("ILLEGIBLE", "字看不清"),
    ("OCCLUDED", "证件有一部分看不到"),
];

/// The code and what it means; a code of a newer program stands alone.
pub fn words(code: &str) -> String {
    match DEFECTS.iter().find(|(known, _)| *known == code) {
        Some((_, words)) => format!("{words}（{code}）"),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::photo::{CHECKS, Check};

    #[test]
    fn every_code_of_the_checks_is_called_something() {
        for code in CHECKS.iter().flat_map(Check::codes) {
            assert_ne!(words(code), code, "{code} has no words");
        }
    }
}
