//! What a picture of a document may be asked to show.

/// A side of the identity card. Officially the emblem is on the front, in common speech it is on the back (AMB-29), so
/// the sides are named by what they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// 人像面: portrait, name and number.
    Face,
    /// 国徽面: emblem, issuing authority and validity.
    Emblem,
}

/// One of the three photos that are asked for of an identity card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// One side, laid flat.
    Flat(Side),
    /// The card in its holder's hand.
    Held,
}

/// What the picture should show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// This side of an identity card; the other side is a defect.
    Card(Side),
    /// This one of the three photos of an identity card; another one is judged as what it is.
    OneOfThree(Shown),
    /// A person holding an identity card.
    Handheld,
    /// A page of another document.
    Page {
        /// Whether it must show a face, as a data page does.
        face: bool,
    },
    /// A person holding another document.
    HeldPage,
}

impl Wanted {
    pub(super) const fn is_held(self) -> bool {
        matches!(self, Self::Handheld | Self::HeldPage)
    }

    /// Whether it must show a face beside the one that a card prints.
    pub(super) const fn needs_face(self) -> bool {
        self.is_held() || matches!(self, Self::Page { face: true })
    }

    /// Whether faces are looked for at all.
    pub(super) const fn looks_for_faces(self) -> bool {
        self.needs_face() || matches!(self, Self::OneOfThree(_) | Self::Card(Side::Face))
    }

    /// Whether it matters if a holder is in the picture.
    pub(super) const fn looks_for_holder(self) -> bool {
        self.is_held() || matches!(self, Self::OneOfThree(_))
    }

    /// Whether this side of an identity card is not the one to show; a holder shows the one with the number.
    pub(super) const fn refuses(self, side: Side) -> bool {
        matches!(
            (self, side),
            (Self::Card(Side::Face) | Self::Handheld, Side::Emblem) | (Self::Card(Side::Emblem), Side::Face)
        )
    }

    pub(super) const fn is_card(self) -> bool {
        matches!(self, Self::Card(_) | Self::OneOfThree(_) | Self::Handheld)
    }

    /// What a picture is judged as: of the three photos the one that it shows, else the one that was asked for.
    pub(super) const fn judged_as(self, shown: Option<Shown>) -> Self {
        let Self::OneOfThree(asked) = self else { return self };
        let shown = if let Some(shown) = shown { shown } else { asked };
        match shown {
            Shown::Flat(side) => Self::Card(side),
            Shown::Held => Self::Handheld,
        }
    }
}
