//! The account's agents and what was said with them (protocol §6).

use std::collections::VecDeque;

use serde::Serialize;

/// Agents of an account at most (K).
const MOST: usize = 100;
/// Characters before the `@` of an agent's account, and of a nickname (K).
const LONGEST_ACCOUNT: usize = 10;
const LONGEST_NICKNAME: usize = 16;
/// The agent who is there from the start.
const FIRST: &str = "kf2001@mock";
/// Records kept; older ones fall out.
const RECORDS: usize = 10_000;

/// One agent.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    pub(crate) account: String,
    pub(crate) nickname: String,
    pub(crate) id: u32,
    pub(crate) picture: String,
    pub(crate) is_online: bool,
}

/// One line of a talk, as `getmsglist` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Record {
    pub(crate) openid: String,
    /// 2002: the agent wrote; 2003: the person did.
    pub(crate) opercode: u16,
    pub(crate) text: String,
    pub(crate) time: i64,
    pub(crate) worker: String,
}

/// All agents, in the order of their coming, and the talks.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) agents: Vec<Agent>,
    records: VecDeque<(u64, Record)>,
    next_agent: u32,
    next_record: u64,
}

impl Default for Desk {
    fn default() -> Self {
        let first = Agent {
            account: FIRST.to_owned(),
            nickname: "客服".to_owned(),
            id: 2001,
            picture: String::new(),
            is_online: true,
        };
        Self { agents: vec![first], records: VecDeque::new(), next_agent: 2002, next_record: 1 }
    }
}

impl Desk {
    /// The agent of that account.
    pub(crate) fn find(&self, account: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.account == account)
    }

    /// The same, to be changed; 61452 for nobody.
    pub(crate) fn find_mut(&mut self, account: &str) -> Result<&mut Agent, i64> {
        self.agents.iter_mut().find(|agent| agent.account == account).ok_or(61452)
    }

    /// Who takes a chat: the one it was left to, if they are there, else the first who is.
    pub(crate) fn on_duty(&self, named: Option<&str>) -> String {
        let there = || self.agents.iter().filter(|agent| agent.is_online);
        let named = there().find(|agent| Some(agent.account.as_str()) == named);
        named.or_else(|| there().next()).map_or_else(|| FIRST.to_owned(), |agent| agent.account.clone())
    }

    /// A new agent, online at once; the error is the errcode.
    pub(crate) fn add(&mut self, account: &str, nickname: &str) -> Result<(), i64> {
        let (name, suffix) = account.split_once('@').ok_or(61452)?;
        if suffix.is_empty() {
            return Err(61452);
        }
        if !(1..=LONGEST_ACCOUNT).contains(&name.chars().count()) {
            return Err(61454);
        }
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(61455);
        }
        check_nickname(nickname)?;
        if self.find(account).is_some() {
            return Err(61453);
        }
        if self.agents.len() >= MOST {
            return Err(61456);
        }
        let id = self.next_agent;
        self.next_agent += 1;
        let (account, nickname) = (account.to_owned(), nickname.to_owned());
        self.agents.push(Agent { account, nickname, id, picture: String::new(), is_online: true });
        Ok(())
    }

    /// Another nickname.
    pub(crate) fn rename(&mut self, account: &str, nickname: &str) -> Result<(), i64> {
        let agent = self.find_mut(account)?;
        check_nickname(nickname)?;
        nickname.clone_into(&mut agent.nickname);
        Ok(())
    }

    /// Takes an agent away.
    pub(crate) fn remove(&mut self, account: &str) -> Result<(), i64> {
        self.find_mut(account)?;
        self.agents.retain(|agent| agent.account != account);
        Ok(())
    }

    /// Keeps a line of a talk.
    pub(crate) fn record(&mut self, record: Record) {
        if self.records.len() >= RECORDS {
            self.records.pop_front();
        }
        self.records.push_back((self.next_record, record));
        self.next_record += 1;
    }

    /// Nothing was said.
    pub(crate) fn forget_records(&mut self) {
        self.records.clear();
    }

    /// Lines between two times from a number on, each with its number.
    pub(crate) fn records(&self, from: i64, to: i64, first: u64) -> impl Iterator<Item = &(u64, Record)> {
        self.records.iter().filter(move |(n, record)| *n >= first && (from..=to).contains(&record.time))
    }
}

fn check_nickname(nickname: &str) -> Result<(), i64> {
    if (1..=LONGEST_NICKNAME).contains(&nickname.chars().count()) { Ok(()) } else { Err(61451) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_a_form() {
        let mut desk = Desk::default();
        for (account, nickname, expected) in [
            ("a@gh", "小王", Ok(())),
            ("a@gh", "小王", Err(61453)),
            ("a", "小王", Err(61452)),
            ("a@", "小王", Err(61452)),
            ("@gh", "小王", Err(61454)),
            ("abcdefghijk@gh", "小王", Err(61454)),
            ("王@gh", "小王", Err(61455)),
            ("b@gh", "", Err(61451)),
            ("b@gh", "一二三四五六七八九十一二三四五六七", Err(61451)),
        ] {
            assert_eq!(desk.add(account, nickname), expected, "{account} {nickname}");
        }
        for n in desk.agents.len()..MOST {
            desk.add(&format!("n{n}@gh"), "n").unwrap();
        }
        assert_eq!(desk.add("more@gh", "n"), Err(61456));
        assert_eq!((desk.remove("x@gh"), desk.rename("x@gh", "n")), (Err(61452), Err(61452)));
    }

    #[test]
    fn the_one_named_takes_it_if_they_are_there() {
        let mut desk = Desk::default();
        desk.add("a@gh", "小王").unwrap();
        assert_eq!(desk.on_duty(None), FIRST);
        assert_eq!(desk.on_duty(Some("a@gh")), "a@gh");
        desk.find_mut("a@gh").unwrap().is_online = false;
        assert_eq!(desk.on_duty(Some("a@gh")), FIRST);
    }
}
