//! Ways of people and their sums.

use proptest::prelude::*;

use super::*;

const REACHED: Facts = Facts { follows: true, blocked: false, in_window: false, month_left: true };

#[test]
fn every_person_has_one_way_on_each_route() {
    let open = Facts { in_window: true, ..REACHED };
    let full = Facts { month_left: false, ..REACHED };
    let gone = Facts { follows: false, blocked: true, ..open };
    let (mass, single) = (Class::Mass, Class::Single);
    let out = |why| Class::Out(why);
    let rows = [
        (REACHED, [mass, single, mass]),
        (open, [mass, single, single]),
        (full, [out(LeftOut::MonthFull), single, single]),
        (Facts { in_window: true, ..full }, [out(LeftOut::MonthFull), single, single]),
        (gone, [out(LeftOut::NotFollowing); 3]),
        (Facts { follows: true, ..gone }, [out(LeftOut::Blocked); 3]),
    ];
    for (facts, expected) in rows {
        assert_eq!(Route::ALL.map(|route| Class::of(route, facts)), expected, "{facts:?}");
    }
}

#[test]
fn what_an_announcement_is_shuts_routes() {
    let people = [Group { facts: REACHED, people: 10 }];
    let none: &[Obstacle] = &[];
    let rows = [
        (Form::default(), [none, none, none]),
        (
            Form { has_variables: true, ..Form::default() },
            [&[Obstacle::Variables], none, &[Obstacle::Variables]],
        ),
        (
            Form { has_card: true, is_card_only: true, ..Form::default() },
            [&[Obstacle::CardOnly], none, &[Obstacle::CardOnly]],
        ),
        (
            Form { lacks_link: true, ..Form::default() },
            [none, &[Obstacle::LacksLink], &[Obstacle::LacksLink]],
        ),
    ];
    for (form, expected) in rows {
        let found = Route::ALL.map(|route| plan(&people, route, form, Left::default()).obstacles);
        assert_eq!(found.each_ref().map(Vec::as_slice), expected, "{form:?}");
    }
    for (people, expected) in [(0, vec![Obstacle::Nobody]), (1, vec![Obstacle::TooFew]), (2, vec![])] {
        let groups = [Group { facts: REACHED, people }];
        let found = plan(&groups, Route::Mass, Form::default(), Left::default());
        assert_eq!(found.obstacles, expected, "{people}");
    }
    let alone = [Group { facts: REACHED, people: 1 }];
    let found = plan(&alone, Route::Both, Form::default(), Left::default());
    assert_eq!((found.mass, found.waiting, found.obstacles), (0, 1, vec![]), "a list of one is none");
}

#[test]
fn single_messages_go_by_window_template_or_not_yet() {
    let open = Facts { in_window: true, ..REACHED };
    let groups = [Group { facts: REACHED, people: 7 }, Group { facts: open, people: 3 }];
    let told = |form| {
        let plan = plan(&groups, Route::Single, form, Left::default());
        (plan.by_window, plan.by_template, plan.waiting)
    };
    assert_eq!(told(Form::default()), (3, 0, 7));
    let card = Form { has_card: true, ..Form::default() };
    assert_eq!(told(card), (3, 7, 0));
    assert_eq!(told(Form { is_card_only: true, ..card }), (0, 10, 0));
}

#[test]
fn lists_are_as_few_as_can_be() {
    let rows = [(0, 0), (2, 1), (10_000, 1), (10_001, 2), (1_000_000, 100)];
    for (people, expected) in rows {
        assert_eq!(lists(people), expected, "{people}");
    }
}

#[test]
fn quotas_are_told_as_they_are_afterwards() {
    let groups = [Group { facts: REACHED, people: 30_000 }];
    let left = Left { mass: Some(2), template: Some(100_000), custom: None };
    let mass = plan(&groups, Route::Mass, Form::default(), left);
    assert_eq!((mass.left.mass, mass.is_short), (Some(0), true));
    let card = Form { has_card: true, ..Form::default() };
    let single = plan(&groups, Route::Single, card, left);
    assert_eq!((single.left, single.is_short), (Left { template: Some(70_000), ..left }, false));
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    let facts = any::<[bool; 4]>().prop_map(|[follows, blocked, in_window, month_left]| Facts {
        follows,
        blocked,
        in_window,
        month_left,
    });
    let group = (facts, 0_u64..200_000).prop_map(|(facts, people)| Group { facts, people });
    proptest::collection::vec(group, 0..16)
}

fn forms() -> impl Strategy<Value = Form> {
    any::<[bool; 4]>().prop_map(|[has_variables, has_card, is_card_only, lacks_link]| Form {
        has_variables,
        has_card: has_card || is_card_only,
        is_card_only,
        lacks_link,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_is_counted_once(groups in groups(), form in forms()) {
        let everybody: u64 = groups.iter().map(|group| group.people).sum();
        let plans = Route::ALL.map(|route| plan(&groups, route, form, Left::default()));
        for plan in &plans {
            prop_assert_eq!(plan.reached() + plan.left_out.iter().sum::<u64>(), everybody);
            prop_assert_eq!(plan.lists * LIST_MAX >= plan.mass, true);
            prop_assert!(plan.lists == 0 || plan.mass / plan.lists >= LIST_MAX / 2 || plan.lists == 1);
        }
        // Both ways together leave out nobody whom one of them reaches.
        prop_assert!(plans[2].reached() >= plans[0].reached().max(plans[1].reached()));
    }
}
