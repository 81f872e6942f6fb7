//! How long a sound plays, where its head tells: AMR by counting frames, MP3 and WAV by their rate.

/// Bytes of an AMR frame after its first, by mode; a frame is 20 ms.
const AMR_FRAMES: [usize; 16] = [12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0];
/// Kilobits a second of MPEG 1 and of MPEG 2, layer III, by index.
const MPEG1_RATES: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_RATES: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// Whole seconds, as far as the bytes tell.
pub(crate) fn seconds(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'#', b'!', b'A', b'M', b'R', b'\n', frames @ ..] => Some(amr(frames)),
        [b'R', b'I', b'F', b'F', ..] => {
            let rate = bytes.get(28..32)?.try_into().map(u32::from_le_bytes).ok()?;
            bytes.len().checked_div(rate as usize)
        }
        _ => mp3(bytes),
    }
}

fn amr(mut frames: &[u8]) -> usize {
    let mut count = 0;
    while let [head, rest @ ..] = frames {
        count += 1;
        frames = rest.get(AMR_FRAMES[usize::from(head >> 3 & 15)]..).unwrap_or_default();
    }
    count / 50
}

/// By the first frame's rate, which is exact where the rate is constant.
fn mp3(bytes: &[u8]) -> Option<usize> {
    let tag = match bytes {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            10 + [a, b, c, d].iter().fold(0, |size, part| size << 7 | usize::from(**part & 0x7f))
        }
        _ => 0,
    };
    let frames = bytes.get(tag..)?;
    let [0xff, version, rate, ..] = frames else { return None };
    let rates = if version & 0x18 == 0x18 { MPEG1_RATES } else { MPEG2_RATES };
    let bits = *rates.get(usize::from(rate >> 4))? * 1000;
    (frames.len() * 8).checked_div(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_frames_or_divides_by_the_rate() {
        let amr = [b"#!AMR\n".to_vec(), [&[0x3c][..], &[0; 31]].concat().repeat(50 * 61)].concat();
        let mp3 = [&[0xff, 0xfb, 0x90, 0][..], &[0; 16_000].repeat(3)].concat();
        let tagged = [&[b'I', b'D', b'3', 4, 0, 0, 0, 0, 1, 0][..], &[0; 128], &mp3].concat();
        let mut wav = vec![0; 8_000 * 5];
        wav[..4].copy_from_slice(b"RIFF");
        wav[28..32].copy_from_slice(&8_000_u32.to_le_bytes());
        for (bytes, expected) in [
            (&amr[..], Some(61)),
            (b"#!AMR\n", Some(0)),
            (&mp3, Some(3)),
            (&tagged, Some(3)),
            (&wav, Some(5)),
            (b"RIFF", None),
            (&[0xff, 0xfb, 0xf0], None),
            (b"", None),
        ] {
            assert_eq!(seconds(bytes), expected, "{:?}", bytes.get(..4));
        }
    }
}
