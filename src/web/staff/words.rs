//! Words of the console that several pages share.

use crate::office::Role;

/// 「市考办 广州市」.
pub(super) fn role(role: &Role) -> String {
    match role {
        Role::City(city) => format!("市考办 {city}"),
        Role::District(district) => format!("区县 {district}"),
        Role::Province => "省考办".to_owned(),
        Role::Announcer => "公告".to_owned(),
        Role::Admin => "管理员".to_owned(),
    }
}
