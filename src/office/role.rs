//! What an account is, and what that lets it see and do.

use std::collections::BTreeSet;

use crate::{
    inbound::Level,
    store::{Area, StaffRow},
    workflow::{
        case::Place,
        schedule::{self, Schedule},
    },
};

/// What an account may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// 市考办: decides at the first level for its city.
    City(String),
    /// A district's office: sees its own cases, decides nothing. 「广州市/天河区」, because two cities may have districts of
    /// one name; an account that knows only the name means every one of them.
    District(String),
    /// 省考办: decides at the second level, sees every case.
    Province,
    /// Broadcasts; sees no case.
    Announcer,
    /// Accounts and bindings; sees every case, decides nothing.
    Admin,
}

impl Role {
    /// The words that take no place.
    pub const WITHOUT_SCOPE: [&'static str; 3] = ["province", "announcer", "admin"];

    /// `city:广州市`, `district:广州市/天河区` or only `district:天河区`, `province`, `announcer` or `admin`. Whether the place exists is not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, scope) = text.split_once(':').map_or((text, ""), |(kind, scope)| (kind, scope.trim()));
        Self::from_columns(kind, scope)
    }

    /// The role as an account of this schedule has it: its place is there, and a district is named with its city. Otherwise
    /// the places that can be meant.
    pub fn placed(self, schedule: &Schedule) -> Result<Self, Vec<String>> {
        let keys = |are_meant: &dyn Fn(&schedule::Place) -> bool| -> Vec<String> {
            schedule.places.iter().filter(|place| are_meant(place)).map(schedule::Place::key).collect()
        };
        match self {
            Self::City(city) if schedule.in_city(&city).next().is_none() => {
                Err(schedule.cities().into_iter().map(str::to_owned).collect())
            }
            Self::District(scope) => {
                let own = Self::District(scope.clone());
                let mut meant = keys(&|place| own.is_at(&place.city, &place.district));
                match (meant.len(), meant.pop()) {
                    (1, Some(key)) => Ok(Self::District(key)),
                    (0, _) if scope.contains('/') => Err(keys(&|_| true)),
                    (0, _) => {
                        let names: BTreeSet<&str> =
                            schedule.places.iter().map(|place| place.district.as_str()).collect();
                        Err(names.into_iter().map(str::to_owned).collect())
                    }
                    (_, last) => Err(meant.into_iter().chain(last).collect()),
                }
            }
            role => Ok(role),
        }
    }

    /// The role of a stored account; `None` when a newer program wrote it.
    pub fn of(staff: &StaffRow) -> Option<Self> {
        Self::from_columns(&staff.role, &staff.scope)
    }

    fn from_columns(kind: &str, scope: &str) -> Option<Self> {
        match (kind, scope) {
            ("city" | "district", "") => None,
            ("city", scope) => Some(Self::City(scope.to_owned())),
            ("district", scope) => Some(Self::District(scope.to_owned())),
            ("province", "") => Some(Self::Province),
            ("announcer", "") => Some(Self::Announcer),
            ("admin", "") => Some(Self::Admin),
            _ => None,
        }
    }

    /// Role and scope as the store keeps them.
    pub fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::City(city) => ("city", city),
            Self::District(district) => ("district", district),
            Self::Province => ("province", ""),
            Self::Announcer => ("announcer", ""),
            Self::Admin => ("admin", ""),
        }
    }

    /// The level at which it decides.
    pub fn level(&self) -> Option<Level> {
        match self {
            Self::City(_) => Some(Level::City),
            Self::Province => Some(Level::Province),
            Self::District(_) | Self::Announcer | Self::Admin => None,
        }
    }

    /// Whether it may look at a case with this place.
    pub fn sees(&self, place: Option<&Place>) -> bool {
        match self {
            Self::City(_) | Self::District(_) => {
                place.is_some_and(|place| self.is_at(&place.city, &place.district))
            }
            Self::Province | Self::Admin => true,
            Self::Announcer => false,
        }
    }

    /// Whether the place is its own.
    fn is_at(&self, city: &str, district: &str) -> bool {
        let (own_city, own_district) = self.own_place();
        own_city.is_none_or(|own| own == city) && own_district.is_none_or(|own| own == district)
    }

    /// City and district that its cases must have; `None` for any.
    pub fn own_place(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::City(city) => (Some(city), None),
            Self::District(scope) => match scope.split_once('/') {
                Some((city, district)) => (Some(city), Some(district)),
                None => (None, Some(scope)),
            },
            Self::Province | Self::Announcer | Self::Admin => (None, None),
        }
    }

    /// Whether it may do this at all; at which cases is [`Role::sees`].
    pub fn may(&self, act: Act) -> bool {
        let (kind, _) = self.columns();
        DOERS.iter().any(|(known, kinds)| *known == act && kinds.contains(&kind))
    }

    /// Whose cases it may look at, for statements about many; `None` for no case at all. The same as [`Role::sees`].
    pub fn area(&self) -> Option<Area> {
        if *self == Self::Announcer {
            return None;
        }
        let (city, district) = self.own_place();
        let area = city.map_or_else(Area::everywhere, |city| Area::everywhere().in_city(city));
        Some(match district {
            Some(district) => area.in_district(district),
            None => area,
        })
    }

    /// Whether it may free a candidate from a binding.
    pub fn may_unbind(&self) -> bool {
        self.may(Act::Unbind)
    }
}

/// Something that a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Change one's own password and codes, sign out.
    OwnAccount,
    /// The figures of the first page, of the cases that one sees.
    SeeOverview,
    /// The queue, a case with its data and photos.
    SeeCases,
    /// Approve, reject, take back.
    Review,
    /// The list of an on-site day, and what came of it (毕业初审).
    RecordOnsite,
    /// The province's last word (毕业审核).
    Conclude,
    /// Read and answer what people leave for the offices.
    AnswerInquiries,
    /// See what could not be delivered, and have it sent again.
    Retry,
    /// Find a candidate by number or name.
    FindPeople,
    /// Free a candidate from a binding, or an exam number that is locked.
    Unbind,
    /// Batches, places, plans, candidates: import and edit.
    Import,
    /// Cases as a file, with all their data.
    Export,
    /// What is deleted when.
    SeeRetention,
    /// Announcements.
    Announce,
    /// Accounts of others, keys of the JSON API.
    ManageAccounts,
    /// Who did what.
    SeeAudit,
}

/// Who may do what, by [`Role::columns`].
///
/// A district reads its own appointments and records what came of them, and needs no photo for that. Whoever decides
/// does not manage accounts, and whoever manages accounts decides nothing.
pub const DOERS: [(Act, &[&str]); 16] = [
    (Act::OwnAccount, &["city", "district", "province", "announcer", "admin"]),
    (Act::SeeOverview, &["city", "district", "province", "admin"]),
    (Act::SeeCases, &["city", "province", "admin"]),
    (Act::Review, &["city", "province"]),
    (Act::RecordOnsite, &["city", "district", "province"]),
    (Act::Conclude, &["province"]),
    (Act::AnswerInquiries, &["city", "district", "province", "admin"]),
    (Act::Retry, &["province", "admin"]),
    (Act::FindPeople, &["city", "province", "admin"]),
    (Act::Unbind, &["province", "admin"]),
    (Act::Import, &["province", "admin"]),
    (Act::Export, &["city", "province"]),
    (Act::SeeRetention, &["province", "admin"]),
    (Act::Announce, &["announcer", "admin"]),
    (Act::ManageAccounts, &["admin"]),
    (Act::SeeAudit, &["admin"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_with_the_place_they_need_and_no_other() {
        let rows = [
            ("city:广州市", Some(Role::City("广州市".into()))),
            ("district: 天河区", Some(Role::District("天河区".into()))),
            ("province", Some(Role::Province)),
            ("announcer", Some(Role::Announcer)),
            ("admin", Some(Role::Admin)),
            ("city", None),
            ("city:", None),
            ("province:广东省", None),
            ("reviewer", None),
            ("", None),
        ];
        for (text, expected) in rows {
            let role = Role::parse(text);
            assert_eq!(role, expected, "{text}");
            if let Some(role) = role {
                let (kind, scope) = role.columns();
                assert_eq!(Role::from_columns(kind, scope), Some(role), "{text}");
            }
        }
    }

    #[test]
    fn who_sees_and_who_decides() {
        let tianhe = Place { city: "广州市".into(), district: "天河区".into() };
        let rows = [
            ("city:广州市", true, Some(Level::City)),
            ("city:深圳市", false, Some(Level::City)),
            ("district:天河区", true, None),
            ("district:广州市/天河区", true, None),
            ("district:深圳市/天河区", false, None),
            ("district:越秀区", false, None),
            ("province", true, Some(Level::Province)),
            ("announcer", false, None),
            ("admin", true, None),
        ];
        for (text, sees, level) in rows {
            let role = Role::parse(text).unwrap();
            assert_eq!((role.sees(Some(&tianhe)), role.level()), (sees, level), "{text}");
            let has = role.area().is_some_and(|area| area.has("广州市", "天河区"));
            assert_eq!(has, sees, "{text}: statements see the same");
        }
        assert!(!Role::parse("city:广州市").unwrap().sees(None), "no city was chosen yet");
    }

    #[test]
    fn a_district_is_kept_with_its_city_where_one_place_is_meant() {
        let place = |key: &str| {
            let (city, district) = key.split_once('/').unwrap();
            schedule::Place {
                city: city.into(),
                district: district.into(),
                days: Vec::new(),
                address: String::new(),
                phones: Vec::new(),
                hours: schedule::Hours { morning: None, afternoon: None },
                position: None,
            }
        };
        let keys = ["广州市/天河区", "广州市/新区", "深圳市/新区"];
        let schedule = Schedule { places: keys.map(place).into() };
        let rows: [(&str, Result<&str, &[&str]>); 8] = [
            ("city:广州市", Ok("广州市")),
            ("city:珠海市", Err(&["广州市", "深圳市"])),
            ("district:天河区", Ok("广州市/天河区")),
            ("district:深圳市/新区", Ok("深圳市/新区")),
            ("district:新区", Err(&["广州市/新区", "深圳市/新区"])),
            ("district:深圳市/天河区", Err(&keys)),
            ("district:天何区", Err(&["天河区", "新区"])),
            ("province", Ok("")),
        ];
        for (text, expected) in rows {
            let placed = Role::parse(text).unwrap().placed(&schedule);
            let found = placed.as_ref().map(|role| role.columns().1);
            let expected =
                expected.map_err(|known| known.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
            assert_eq!(found, expected.as_ref().copied(), "{text}");
        }
    }

    #[test]
    fn deciding_and_managing_accounts_are_never_in_one_hand() {
        for role in ["city:广州市", "district:天河区", "province", "announcer", "admin"] {
            let role = Role::parse(role).unwrap();
            assert!(!(role.may(Act::Review) && role.may(Act::ManageAccounts)), "{role:?}");
            assert_eq!(role.may(Act::Review), role.level().is_some(), "{role:?}");
            assert!(role.may(Act::OwnAccount), "{role:?}");
        }
        for (act, kinds) in DOERS {
            assert!(!kinds.is_empty(), "nobody may {act:?}");
            assert_eq!(DOERS.iter().filter(|(other, _)| *other == act).count(), 1, "{act:?} stands twice");
        }
    }
}
