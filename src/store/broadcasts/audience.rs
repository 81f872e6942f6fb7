//! An audience as a statement.
use crate::{
    store::statement::Statement, time::Millis, workflow::broadcast::audience::Audience,
    workflow::delivery::Windows,
};

/// The people of an audience, and the class of each.
pub(super) fn people(_audience: &Audience, _now: Millis, _windows: &Windows, _month: &str) -> Statement {
    Statement::returning(
        "select s.open_id as open_id, s.followed as follows, 0 as blocked, 1 as in_window, 1 as month_left \
         from sessions s where (1 = 1)",
    )
}

/// The people of an audience, and the class of each.
pub(super) fn class_sql(_route: crate::workflow::broadcast::plan::Route) -> (&'static str, &'static str) {
    (
        "case when a.follows = 0 then 'none' else 'single' end",
        "case when a.follows = 0 then 'not_following' else null end",
    )
}
