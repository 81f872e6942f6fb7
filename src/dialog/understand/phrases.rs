//! The words by which `speech` tells an order from a question, a denial, another time.
//!
//! Grammar, not business: what a button is called stays in `dialogs/`. All are folded, so Traditional ones need no
//! place.

use std::{ops::Deref, sync::LazyLock};

use aho_corasick::AhoCorasick;

/// A list of words.
pub(super) type Words = LazyLock<List>;
/// Words by the courtesy from which on they may stand there: strict, easy, asking.
pub(super) type ByCourtesy = LazyLock<[Vec<&'static str>; 3]>;

/// Words that are looked for all at once.
#[derive(Debug)]
pub(super) struct List {
    words: Vec<&'static str>,
    /// `None` if it could not be built, which no list of this size can bring about; then each is looked for.
    all: Option<AhoCorasick>,
}

impl List {
    fn new(words: &'static str) -> Self {
        Self::of(split(words))
    }

    pub(super) fn of(words: Vec<&'static str>) -> Self {
        let all = AhoCorasick::new(&words).ok();
        Self { words, all }
    }

    /// Whether a text contains one of them.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match &self.all {
            Some(all) => all.is_match(text),
            None => self.words.iter().any(|word| text.contains(word)),
        }
    }
}

impl Deref for List {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        &self.words
    }
}

fn split(words: &'static str) -> Vec<&'static str> {
    words.split(' ').collect()
}

/// Words before the point.
pub(super) static BEFORE: ByCourtesy = LazyLock::new(|| {
    [
        split(
            "麻烦 谢谢 您好 你好 老师 不好意思 请 您 你 我 帮我 给我 我想 我想要 要 那 就 嗯 好 好的 是的 点击 点 按 选 \
             选择 回复 现在 马上 立即 确认 确定",
        ),
        split(
            "想 去 来 做 办 在 到 回 回到 打开 进入 那个 这个 先 还是 看 看看 看一下 看下 查 查看 查一下 \
             查下 了解 了解一下",
        ),
        split("请问 想问 问 问一下 问下 可不可以 可以 能不能 能 是不是 是否 要不要 还"),
    ]
});

/// Words after the point. 啦 and 了 may say that something is done, 嘛 may be meant for 吗: not strict.
pub(super) static AFTER: ByCourtesy = LazyLock::new(|| {
    [
        split("谢谢 您 你 多谢 麻烦 老师 吧 啊 呀 哦 喔 噢 哈 呗 一下"),
        split("嘛 啦 了 的 咯 喽 哟 啵 先 好 行 就好 就行 可以 就可以"),
        split("可以吗 好吗 行吗 对吗 吗 么 呢 好不好 行不行 可不可以 可以不"),
    ]
});

/// What asks: where, when, how, whether; Cantonese comes as Mandarin.
pub(super) static ASKING: Words = LazyLock::new(|| {
    List::new(
        "哪 什么 啥 几号 几点 几楼 几天 何时 何处 多久 多少 多远 怎 如何 为何 吗 谁 能不能 可不可以 \
         要不要 是不是 有没有 需不需要 对不对 好不好 行不行 会不会 是否 能否 可否 请问",
    )
});

/// What asks at the end of a text.
pub(super) const ASKING_LAST: [char; 2] = ['呢', '么'];

/// What is asked for by its name alone.
pub(super) static ASKED_FOR: Words = LazyLock::new(|| List::new("地址 时间 日期 电话 位置 路线 上班 办公"));

/// What is done in a district: with its name it asks about it, unless the district is to be chosen.
pub(super) static ACTING: Words = LazyLock::new(|| List::new("办理 去办 地点"));

/// What turns a word into its opposite, wherever it stands.
pub(super) static DENYING: Words = LazyLock::new(|| {
    List::new("不 没 未 无 非 别 勿 莫 甭 除了 取消 撤 放弃 停止 终止 拒绝 退出 避免 暂停 暂缓 推迟")
});

/// What only looks like it.
pub(super) static NOT_DENYING: Words = LazyLock::new(|| {
    List::new(
        "性别 类别 级别 区别 分别 特别 别的 不好意思 不错 没错 没问题 没关系 没事 不客气 非常 \
         无误",
    )
});

/// What, before a word, moves it to another time or another person.
pub(super) static ELSEWHERE_BEFORE: Words = LazyLock::new(|| {
    List::new(
        "已 刚 早就 曾 昨 前天 上次 以前 之前 原来 旧 再 等 明天 明日 明早 明年 后天 以后 之后 随后 \
         稍后 下次 下周 下个月 下批 下一批 晚点 晚些 晚上 改天 过几天 过两天 回头 到时 准备 打算 将 \
         如果 要是 假如 万一 听说 据说 他 她 同学 朋友 别人 人家",
    )
});

/// What, after a word, tells of it as done, or of a time around it.
pub(super) static ELSEWHERE_AFTER: Words = LazyLock::new(|| List::new("过 完 好了 成功 失败 后 前 时"));

/// What is said of something that is rather not wanted, or leaves open which is.
pub(super) static HESITATING: Words = LazyLock::new(|| List::new("太 远 贵 麻烦 难 和 或 跟 都"));

/// What says of a number that it is an old one, or another's.
pub(super) static NOT_ONES_OWN: Words =
    LazyLock::new(|| List::new("以前 之前 原来 上次 旧 他 她 同学 朋友 别人 人家"));

/// What says that something chosen or given is to be another.
pub(super) static CHANGING: Words = LazyLock::new(|| List::new("改 换 错 不对 不是 应该"));

/// What says that it stays.
pub(super) static KEEPING: Words =
    LazyLock::new(|| List::new("不改 不换 别改 别换 不用 不要 不想 没错 如果 要是"));

/// What leads to a new choice: 「改到」, 「换成」, 「应该是」, 「我要去」.
pub(super) const LEADING: [char; 10] = ['到', '成', '为', '去', '是', '换', '改', '选', '要', '在'];

/// What asks for leave after something that is given.
pub(super) static LEAVE: Words =
    LazyLock::new(|| List::new("可以吗 可以嗎 行吗 行嗎 好吗 好嗎 可不可以 行不行 好不好"));

/// A yes, in as many words as people use.
pub(super) static YES: Words = LazyLock::new(|| {
    List::new(
        "是 是的 是啊 是呀 对 对的 对对 对啊 嗯 嗯嗯 恩 要 要的 好 好的 好啊 可以 行 没错 没错的 正确 就是 就是这个 就这个 \
         确定 确认 系 系啊 系呀 yes y ok 是这个 是要选",
    )
});

/// A no.
pub(super) static NO: Words =
    LazyLock::new(|| List::new("不 不是 不是的 不对 不要 不用 不用了 不选 否 错 错了 no n 不是这个 不是啊"));
