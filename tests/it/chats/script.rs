//! Reading a `.chat` file: comments and what is done, in order. The bot's lines are not read, only compared.

use mock_platform::Say;

/// A chat file.
pub(super) struct Script {
    pub(super) lines: Vec<Line>,
}

/// One line that is kept as it is.
pub(super) enum Line {
    /// `# …`: what the chat is about.
    Comment(String),
    /// `谁: 做什么`.
    Step {
        /// 我, 甲, 后台, 过了, …
        who: String,
        /// What they do.
        what: String,
    },
}

impl Script {
    /// Lines that begin with 机, 页 or four spaces are the bot's and are made again.
    pub(super) fn read(text: &str) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with("    "))
            .filter(|line| !line.starts_with('机') && !line.starts_with("页:"))
            .map(Line::read)
            .collect();
        Self { lines }
    }

    /// What a `键: 值` step says, if there is one: settings of the whole chat.
    pub(super) fn setting(&self, key: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| match line {
            Line::Step { who, what } if who == key => Some(what.as_str()),
            _ => None,
        })
    }
}

impl Line {
    fn read(line: &str) -> Self {
        if line.starts_with('#') {
            return Self::Comment(line.to_owned());
        }
        let (who, what) = line.split_once(": ").unwrap_or_else(|| panic!("no step: {line}"));
        Self::Step { who: who.to_owned(), what: what.to_owned() }
    }
}

/// `名字` or `名字 23.15,113.34`.
pub(super) fn location(what: &str) -> Say {
    let (label, at) = what.split_once(' ').unwrap_or((what, "23.1,113.3"));
    let (latitude, longitude) = at.split_once(',').unwrap();
    let degrees = |text: &str| text.parse().unwrap();
    Say::Location {
        latitude: degrees(latitude),
        longitude: degrees(longitude),
        label: label.into(),
        scale: 16,
    }
}
