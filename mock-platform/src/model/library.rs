//! The platform's library of templates, and the industries by which an account chooses (protocol §7).
//!
//! The platform's own library has thousands; these are a few dozen of the same kind (A): numbers are of our choosing,
//! fields are typed as the platform types them. A keyword's key is its type and its place in the library.

use super::quota;

/// One template of the library.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Its number: `template_id_short` of template messages, `tid` of subscription notices.
    pub(crate) tid: &'static str,
    pub(crate) title: &'static str,
    pub(crate) category: u32,
    /// As a subscription notice: granted once for all, or once per acceptance.
    pub(crate) long_term: bool,
    /// Name and type of each field.
    keywords: &'static [(&'static str, &'static str)],
}

/// Categories of the account (A).
pub(crate) const CATEGORIES: &[(u32, &str)] = &[(612, "学历教育"), (614, "教育信息服务"), (378, "政务民生")];

const fn entry(
    tid: &'static str,
    category: u32,
    title: &'static str,
    keywords: &'static [(&'static str, &'static str)],
) -> Entry {
    Entry { tid, title, category, long_term: false, keywords }
}

const fn long_term(entry: Entry) -> Entry {
    Entry { long_term: true, ..entry }
}

/// The library (A).
#[rustfmt::skip]
pub(crate) const LIBRARY: &[Entry] = &[
    entry("1401", 612, "审核结果通知", &[("审核结果", "phrase"), ("审核说明", "thing"), ("审核时间", "time"), ("申请人", "name")]),
    entry("45201", 612, "审核结果通知", &[("审核事项", "thing"), ("审核结果", "phrase"), ("审核时间", "time"), ("备注", "thing")]),
    entry("45202", 612, "毕业申请进度通知", &[("申请人", "name"), ("当前进度", "phrase"), ("申请编号", "character_string"), ("更新时间", "time")]),
    entry("45203", 612, "申请提交成功通知", &[("申请事项", "thing"), ("申请人", "name"), ("申请时间", "time"), ("申请编号", "character_string")]),
    entry("45204", 612, "材料补充通知", &[("申请事项", "thing"), ("补充原因", "thing"), ("截止时间", "time")]),
    entry("45205", 612, "照片审核通知", &[("照片类型", "thing"), ("审核结果", "phrase"), ("原因", "thing"), ("审核时间", "time")]),
    entry("45206", 612, "考试报名提醒", &[("考试名称", "thing"), ("开始时间", "time"), ("结束时间", "time"), ("温馨提示", "thing")]),
    entry("45207", 612, "考试成绩通知", &[("考试名称", "thing"), ("考生姓名", "name"), ("成绩", "number"), ("公布时间", "time")]),
    entry("45208", 612, "考前提醒", &[("考试名称", "thing"), ("考试地点", "thing"), ("考试时间", "time"), ("准考证号", "character_string")]),
    entry("45209", 612, "证书领取通知", &[("证书名称", "thing"), ("领取地点", "thing"), ("领取时间", "time"), ("联系电话", "phone_number")]),
    entry("45210", 612, "学籍变更通知", &[("变更事项", "thing"), ("学号", "character_string"), ("变更结果", "phrase"), ("变更日期", "date")]),
    entry("45211", 614, "缴费成功通知", &[("缴费项目", "thing"), ("缴费金额", "amount"), ("缴费时间", "time"), ("订单编号", "character_string")]),
    entry("45212", 614, "缴费提醒", &[("缴费项目", "thing"), ("应缴金额", "amount"), ("截止日期", "date")]),
    entry("45213", 614, "课程开课提醒", &[("课程名称", "thing"), ("上课时间", "time"), ("上课地点", "thing"), ("授课老师", "name")]),
    entry("45214", 614, "活动报名成功通知", &[("活动名称", "thing"), ("活动时间", "time"), ("活动地点", "thing"), ("报名人", "name")]),
    entry("45215", 614, "签到成功通知", &[("签到地点", "thing"), ("签到时间", "time"), ("累计次数", "number")]),
    entry("45216", 614, "作业批改通知", &[("作业名称", "thing"), ("批改结果", "phrase"), ("评语", "thing")]),
    entry("45217", 614, "资料更新提醒", &[("资料名称", "thing"), ("更新时间", "time"), ("说明", "thing")]),
    long_term(entry("45301", 378, "办理进度提醒", &[("办理事项", "thing"), ("办理进度", "phrase"), ("更新时间", "time"), ("备注", "thing")])),
    long_term(entry("45302", 378, "预约成功通知", &[("预约事项", "thing"), ("预约时间", "time"), ("预约地点", "thing"), ("预约人", "name")])),
    long_term(entry("45303", 378, "预约取消通知", &[("预约事项", "thing"), ("取消原因", "thing"), ("原定时间", "time")])),
    long_term(entry("45304", 378, "排队叫号提醒", &[("排队号码", "character_string"), ("前面人数", "number"), ("办理窗口", "thing")])),
    long_term(entry("45305", 378, "服务评价提醒", &[("服务事项", "thing"), ("办理日期", "date"), ("受理单位", "thing")])),
    long_term(entry("45306", 378, "办结通知", &[("办理事项", "thing"), ("办理结果", "phrase"), ("办结时间", "time"), ("咨询电话", "phone_number")])),
    long_term(entry("45307", 378, "公告发布通知", &[("公告标题", "thing"), ("发布单位", "thing"), ("发布日期", "date")])),
];

/// Templates of an industry, which take no keyword list and whose fields have no types (K: discontinued, still sent).
const OLD: &[(&str, &str, &str)] = &[
    ("TM00015", "订单支付成功", "支付金额：{{orderMoneySum.DATA}}\n商品信息：{{orderProductName.DATA}}"),
    ("OPENTM201490080", "审核结果通知", "审核事项：{{keyword1.DATA}}\n审核结果：{{keyword2.DATA}}"),
    ("OPENTM207498902", "报名成功提醒", "报名项目：{{keyword1.DATA}}\n报名时间：{{keyword2.DATA}}"),
];

/// What an industry's template says, whole.
pub(crate) fn old(short: &str) -> Option<(&'static str, String)> {
    let (_, title, lines) = OLD.iter().find(|(id, ..)| *id == short)?;
    Some((title, format!("{{{{first.DATA}}}}\n{lines}\n{{{{remark.DATA}}}}")))
}

/// The template of that number.
pub(crate) fn find(tid: &str) -> Option<&'static Entry> {
    LIBRARY.iter().find(|entry| entry.tid == tid)
}

impl Entry {
    /// The lines of the keywords at these places, counted from 1; `None` when there is none at one of them.
    pub(crate) fn content(&self, kids: &[usize]) -> Option<String> {
        let line = |kid: &usize| {
            let (name, kind) = self.keywords.get(kid.checked_sub(1)?)?;
            Some(format!("{name}：{{{{{kind}{kid}.DATA}}}}"))
        };
        Some(kids.iter().map(line).collect::<Option<Vec<_>>>()?.join("\n"))
    }

    /// The place of the keyword of that name.
    pub(crate) fn kid(&self, name: &str) -> Option<usize> {
        self.keywords.iter().position(|(known, _)| *known == name).map(|place| place + 1)
    }

    /// Place, name and type of each keyword.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = (usize, &'static str, &'static str)> {
        (1..).zip(self.keywords).map(|(kid, (name, kind))| (kid, *name, *kind))
    }
}

/// A value such as the platform gives as an example for a type.
pub(crate) fn example(key: &str) -> &'static str {
    match key.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "name" => "陈样例",
        "phrase" => "审核通过",
        "time" => "2026年6月15日 09:00",
        "date" => "2026年6月15日",
        "number" => "3",
        "amount" => "¥37.00",
        "character_string" => "A20260615001",
        "phone_number" => "020-88888888",
        _ => "毕业申请",
    }
}

/// First and second class of each industry, numbered from 1 (K).
#[rustfmt::skip]
const INDUSTRIES: &[(&str, &str)] = &[
    ("IT科技", "互联网|电子商务"), ("IT科技", "IT软件与服务"), ("IT科技", "IT硬件与设备"), ("IT科技", "电子技术"),
    ("IT科技", "通信与运营商"), ("IT科技", "网络游戏"), ("金融业", "银行"), ("金融业", "基金|理财|信托"), ("金融业", "保险"),
    ("餐饮", "餐饮"), ("酒店旅游", "酒店"), ("酒店旅游", "旅游"), ("运输与仓储", "快递"), ("运输与仓储", "物流"),
    ("运输与仓储", "仓储"), ("教育", "培训"), ("教育", "院校"), ("政府与公共事业", "学术科研"), ("政府与公共事业", "交警"),
    ("政府与公共事业", "博物馆"), ("政府与公共事业", "公共事业|非盈利机构"), ("医药护理", "医药医疗"), ("医药护理", "护理美容"),
    ("医药护理", "保健与卫生"), ("交通工具", "汽车相关"), ("交通工具", "摩托车相关"), ("交通工具", "火车相关"),
    ("交通工具", "飞机相关"), ("房地产", "建筑"), ("房地产", "物业"), ("消费品", "消费品"), ("商业服务", "法律"),
    ("商业服务", "会展"), ("商业服务", "中介服务"), ("商业服务", "认证"), ("商业服务", "审计"), ("文体娱乐", "传媒"),
    ("文体娱乐", "体育"), ("文体娱乐", "娱乐休闲"), ("印刷", "印刷"), ("其它", "其它"),
];

/// Changes of industry in a month (protocol §7).
const CHANGES: u32 = 5;

/// The two industries of an account.
#[derive(Debug)]
pub(crate) struct Industry {
    ids: [usize; 2],
    changed: ((i16, i8), u32),
}

impl Default for Industry {
    /// 教育/院校 and 教育/培训.
    fn default() -> Self {
        Self { ids: [17, 16], changed: ((0, 0), 0) }
    }
}

impl Industry {
    /// Is there an industry of that number?
    pub(crate) fn exists(id: usize) -> bool {
        (1..=INDUSTRIES.len()).contains(&id)
    }

    /// Changes both, which exist; false when the month's changes are used up.
    pub(crate) fn change(&mut self, ids: [usize; 2], now: i64) -> bool {
        let month = quota::month(now);
        if self.changed.0 != month {
            self.changed = (month, 0);
        }
        if self.changed.1 >= CHANGES {
            return false;
        }
        self.changed.1 += 1;
        self.ids = ids;
        true
    }

    /// First and second class of both.
    pub(crate) fn classes(&self) -> [(&'static str, &'static str); 2] {
        self.ids.map(|id| INDUSTRIES[id - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_given_once_and_every_category_exists() {
        for (n, entry) in LIBRARY.iter().enumerate() {
            assert!(LIBRARY[..n].iter().all(|other| other.tid != entry.tid), "{}", entry.tid);
            assert!(CATEGORIES.iter().any(|(id, _)| *id == entry.category), "{}", entry.tid);
        }
        assert_eq!(INDUSTRIES.len(), 41);
    }

    #[test]
    fn lines_follow_the_places_asked_for() {
        let entry = find("45201").unwrap();
        assert_eq!(entry.content(&[2, 3]).unwrap(), "审核结果：{{phrase2.DATA}}\n审核时间：{{time3.DATA}}");
        assert_eq!(entry.content(&[5]), None);
        assert_eq!(entry.content(&[0]), None);
        assert_eq!((entry.kid("备注"), entry.kid("别的")), (Some(4), None));
    }

    #[test]
    fn five_changes_a_month() {
        let june = 1_781_000_000; // 2026-06-09
        let mut industry = Industry::default();
        assert!((0..5).all(|_| industry.change([1, 2], june)));
        assert!(!industry.change([3, 4], june));
        assert_eq!(industry.classes()[0], ("IT科技", "互联网|电子商务"));
        assert!(industry.change([3, 4], june + 31 * 86_400));
    }
}
