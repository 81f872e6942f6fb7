//! Where a QR code of ours points: the text it carries, which the platform calls its scene (protocol §11).
//!
//! A code on a poster lives for years and is read by whatever runs then, so that it says what it points at and nothing of
//! it: a place by its name, which the present schedule knows with its present days, or does not know any more. Whoever
//! reads one gets a value, never a mistake: codes of others, and of former times, are [`Signpost::Elsewhere`].

/// A scene has 1–64 characters.
const LONGEST: usize = 64;
const PLACE: &str = "place.";
const CAMERA: &str = "camera";

/// What a code points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signpost {
    /// A place of the on-site check: the poster at an office. Its name as the code has it, not empty, without blanks
    /// around it, not looked up.
    Place(String),
    /// The camera: the hand-over that a computer shows to the phone.
    Camera,
    /// Nothing that we know.
    Elsewhere,
}

impl Signpost {
    /// Reads a scene, whatever it is.
    pub fn read(scene: &str) -> Self {
        if scene.chars().count() > LONGEST || scene.chars().any(char::is_control) {
            return Self::Elsewhere;
        }
        match scene.strip_prefix(PLACE).map(str::trim) {
            Some(name) if !name.is_empty() => Self::Place(name.to_owned()),
            None if scene == CAMERA => Self::Camera,
            Some(_) | None => Self::Elsewhere,
        }
    }

    /// The scene that reads as this one; `None` when none does, as of a name that is too long.
    pub fn scene(&self) -> Option<String> {
        let scene = match self {
            Self::Place(name) => format!("{PLACE}{name}"),
            Self::Camera => CAMERA.to_owned(),
            Self::Elsewhere => return None,
        };
        (Self::read(&scene) == *self).then_some(scene)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scenes_are_read() {
        let place = |name: &str| Signpost::Place(name.to_owned());
        let longest = "长".repeat(58);
        let rows = [
            ("place.天河区", place("天河区")),
            ("place.广州市天河区", place("广州市天河区")),
            ("place. 天河区 ", place("天河区")),
            ("place.440106", place("440106")),
            ("place.camera", place("camera")),
            ("place.place.天河区", place("place.天河区")),
            (&format!("place.{longest}"), place(&longest)),
            (&format!("place.{longest}长"), Signpost::Elsewhere),
            ("place.", Signpost::Elsewhere),
            ("place. ", Signpost::Elsewhere),
            ("place.天河\n区", Signpost::Elsewhere),
            ("place", Signpost::Elsewhere),
            ("Place.天河区", Signpost::Elsewhere),
            ("qrscene_place.天河区", Signpost::Elsewhere),
            ("camera", Signpost::Camera),
            ("camera.", Signpost::Elsewhere),
            ("camera1", Signpost::Elsewhere),
            (" camera", Signpost::Elsewhere),
            ("", Signpost::Elsewhere),
            ("1", Signpost::Elsewhere),
        ];
        for (scene, expected) in rows {
            assert_eq!(Signpost::read(scene), expected, "{scene:?}");
        }
    }

    #[test]
    fn what_no_code_can_carry_has_no_scene() {
        for name in ["", " ", " 天河区", "天\u{7}河", &"长".repeat(59)] {
            assert_eq!(Signpost::Place(name.to_owned()).scene(), None, "{name:?}");
        }
        assert_eq!(Signpost::Elsewhere.scene(), None);
        assert_eq!(Signpost::Camera.scene().as_deref(), Some("camera"));
    }

    proptest! {
        #[test]
        fn every_scene_is_bounded_and_reads_as_it_was_written(scene in "(place\\.|camera|\\PC{0,3})?.{0,70}") {
            let read = Signpost::read(&scene);
            if let Signpost::Place(name) = &read {
                prop_assert!((1..=58).contains(&name.chars().count()) && name.trim() == name);
                prop_assert!(!name.chars().any(char::is_control));
            }
            let again = read.scene().map_or(Signpost::Elsewhere, |again| Signpost::read(&again));
            prop_assert_eq!(again, read);
        }
    }
}
