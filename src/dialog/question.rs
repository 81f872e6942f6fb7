//! Questions that are answered from anywhere: 常见问题.
//!
//! They stand in groups, so that each is reached by numbers alone; how one is recognised in somebody's own words is in
//! `understand`. Labels are made once, here, because every list of them is the same for everybody.

use super::{render::Text, understand::Offer};

/// All questions, in the order of their file.
#[derive(Debug, Default)]
pub struct Questions {
    pub(super) all: Vec<Question>,
    pub(super) groups: Vec<Group>,
}

/// Questions that stand in one list.
#[derive(Debug)]
pub struct Group {
    /// Its id and title.
    pub offer: Offer,
    /// Its questions, in order.
    pub questions: Vec<usize>,
}

/// One question.
#[derive(Debug)]
pub struct Question {
    /// Its id and title.
    pub offer: Offer,
    /// The number of the fact that it answers, in the offices' own list.
    pub number: Option<u32>,
    /// Only people may answer it.
    pub people: bool,
    /// The answer, or the words that send to those people.
    pub answer: Text,
}

impl Questions {
    /// Every question; [`Understood`](super::Understood) names them by index.
    pub fn all(&self) -> &[Question] {
        &self.all
    }

    /// Every group.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group of this id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.offer.key == id)
    }

    /// The question of this id.
    pub fn find(&self, id: &str) -> Option<&Question> {
        self.all.iter().find(|question| question.offer.key == id)
    }
}
