//! What is asked: as a city's reviewer that has a quarter of the cases, as the province's, and as a district's office.

use axum::http::StatusCode;
use graduation_bot::{
    app::App,
    inbound::Part,
    office::{Role, queue},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    console::{Answer, Visitor},
    laid_out::{self, city, dice, district},
    report::Report,
};

/// Everything on one database; how many figures were too slow.
pub(crate) async fn measure(app: &App, database: &str, cases: usize, rounds: usize) -> usize {
    let nobody = Visitor::unknown(app);
    let admin = Visitor::signed_in(app, "admin", &Role::Admin).await;
    let own_account = async |_| drop(admin.page("/staff/account").await);
    let mut report = Report::above(database, rounds, "one's own account", own_account).await;
    report.line("nobody", "the sign-in page", async |_| drop(nobody.page("/staff/sign-in").await)).await;
    for (who, role) in [("city", Role::City(city(0))), ("province", Role::Province)] {
        let visitor = Visitor::signed_in(app, who, &role).await;
        let mut desk = Desk { app, who, role, visitor, cases, report: &mut report };
        desk.cases().await;
        desk.lists().await;
        desk.people().await;
        desk.overview().await;
        desk.api().await;
    }
    let role = Role::District(format!("{}/{}", city(0), district(0, 0)));
    let visitor = Visitor::signed_in(app, "district", &role).await;
    let mut desk = Desk { app, who: "district", role, visitor, cases, report: &mut report };
    desk.overview().await;
    desk.onsite().await;
    report.slow
}

/// An account at its pages.
struct Desk<'m, 't> {
    app: &'m App,
    who: &'static str,
    role: Role,
    visitor: Visitor,
    cases: usize,
    report: &'m mut Report<'t>,
}

impl Desk<'_, '_> {
    /// One case, then the next; the account holds some of them afterwards.
    async fn cases(&mut self) {
        let waiting = laid_out::waiting(&self.role, self.cases);
        let path = |round: usize| format!("/staff/cases/{}", waiting[dice(round) % waiting.len()]);
        let open = async |round| {
            let page = self.visitor.page(&path(round)).await;
            assert!(page.text.contains("name=\"verdict\""), "it can be decided");
        };
        self.report.line(self.who, "open a case", open).await;
        let start = async |_| {
            let (_, page) = self.visitor.post_and_follow("/staff/queue/next", &[("asked", "")]).await;
            assert!(page.text.contains("name=\"verdict\""), "it can be decided");
        };
        self.report.line(self.who, "next one, leased, opened", start).await;
        let mut open = self.visitor.post_and_follow("/staff/queue/next", &[("asked", "order=newest")]).await;
        let approve = async |_| {
            let (path, page) = &open;
            let fields =
                [("asked", "order=newest"), ("round", page.value_of("round")), ("verdict", "approve")];
            let case = path.split('?').next().unwrap();
            open = self.visitor.post_and_follow(&format!("{case}/decide"), &fields).await;
        };
        self.report.line(self.who, "approve, and the next one", approve).await;
    }

    /// The queue: its tabs, its filters, its pages.
    async fn lists(&mut self) {
        let waiting = |part| !queue::waiting(self.role.level(), part).is_empty();
        let mut asked = vec![("what waits", String::new())];
        let kinds = [("portraits", Part::Portrait), ("documents", Part::Documents), ("both", Part::Both)];
        asked.extend(
            kinds
                .into_iter()
                .filter(|(_, part)| waiting(Some(*part)))
                .map(|(words, part)| (words, format!("kind={}", part.name()))),
        );
        let place = format!("district={}", encoded(&district(0, 3)));
        if self.role == Role::Province {
            asked.push(("a city's", format!("city={}", encoded(&city(7)))));
            asked.push(("a district's", format!("city={}&{place}", encoded(&city(0)))));
        } else {
            asked.push(("a district's", place));
        }
        let filters = [
            ("1 day and more", "days=1"),
            ("3 days and more", "days=3"),
            ("first rounds", "rounds=first"),
            ("repeated rounds", "rounds=repeated"),
            ("nobody else's", "holder=free"),
            ("one's own", "holder=mine"),
            ("all filters", "days=2&rounds=repeated&holder=free&order=newest"),
            ("newest first", "order=newest"),
            ("every stage", "stage=all"),
            ("every stage, newest first", "stage=all&order=newest"),
            ("submitted", "stage=submitted"),
        ];
        asked.extend(filters.map(|(words, query)| (words, query.to_owned())));
        let first = self.visitor.page("/staff/queue").await;
        let second = first.between("after=", "\"").to_owned();
        asked.push(("second page", format!("after={second}")));
        // Half way down the list.
        asked.push(("a page in the middle", format!("after={}-0", laid_out::NOW.minus_seconds(180_000).0)));
        for (words, query) in asked {
            let path = format!("/staff/queue?{query}");
            let list = async |_| {
                let page = self.visitor.page(&path).await;
                assert!(lines(&page) > 0, "{path}: {}", page.text);
            };
            self.report.line(self.who, &format!("queue, {words}"), list).await;
        }
    }

    async fn people(&mut self) {
        let find = async |typed: String| {
            let page = self.visitor.post("/staff/people", &[("who", &typed)]).await;
            assert!(page.status == StatusCode::OK && page.text.contains("/staff/people/"), "{}", page.text);
        };
        let person = |round| 4 * (dice(round) % (self.cases / 4));
        self.report
            .line(self.who, "find by name", async |round| find(laid_out::name(person(round))).await)
            .await;
        self.report
            .line(self.who, "find by document", async |round| find(laid_out::document(person(round))).await)
            .await;
    }

    /// The first page, counted anew each time, and as it is shown again for a few seconds.
    async fn overview(&mut self) {
        let counted = async |_| {
            self.app.clock.advance(5);
            drop(self.visitor.page("/staff").await);
        };
        self.report.line(self.who, "overview, counted anew", counted).await;
        self.report.line(self.who, "overview", async |_| drop(self.visitor.page("/staff").await)).await;
    }

    async fn onsite(&mut self) {
        let place = encoded(&format!("{}{}", city(0), district(0, 0)));
        let path = format!("/staff/onsite/{place}/2026-06-16");
        self.report.line(self.who, "a day on site", async |_| drop(self.visitor.page(&path).await)).await;
    }

    async fn api(&mut self) {
        let system = Visitor::with_key(self.app, self.who, &self.role).await;
        for (words, path) in [
            ("API list", "/api/v1/cases"),
            ("API list of 200", "/api/v1/cases?limit=200&order=newest"),
            ("API list of a stage", "/api/v1/cases?stage=bundle_at_city"),
        ] {
            self.report
                .line(self.who, words, async |_| {
                    let list = system.page(path).await;
                    assert!(list.count("\"number\"") > 0, "{}", list.text);
                })
                .await;
        }
        let waiting = laid_out::waiting(&self.role, self.cases);
        let open = async |round: usize| {
            drop(system.page(&format!("/api/v1/cases/{}", waiting[dice(round) % waiting.len()])).await);
        };
        self.report.line(self.who, "API open a case", open).await;
    }
}

/// How many cases a page of the queue has.
fn lines(page: &Answer) -> usize {
    page.count("data-row")
}

fn encoded(words: &str) -> String {
    utf8_percent_encode(words, NON_ALPHANUMERIC).to_string()
}
