use super::*;

#[test]
fn every_page_renders_whole_and_escaped() {
    for (name, page) in Page::samples() {
        let html = page.render().unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "{name}");
        assert!(html.contains("<h1>"), "{name} has no heading");
        for inline in ["style=", "<style", "onclick=", "<script>", "http://", "https://", "<样例>"] {
            assert!(!html.contains(inline), "{name} contains {inline}");
        }
    }
}

#[test]
fn every_template_belongs_to_a_sample_or_to_another_template() {
    let shown: Vec<&str> = Page::samples().iter().map(|(_, page)| page.template()).collect();
    for (name, _) in TEMPLATES {
        let named = TEMPLATES.iter().any(|(_, text)| text.contains(&format!("\"{name}\"")));
        assert!(shown.contains(name) || named, "{name} is never shown");
    }
}

#[test]
fn the_largest_picture_is_the_configured_one() {
    let page = Page::Capture {
        here: "/camera/x".to_owned(),
        notice: None,
        max_bytes: 6 << 20,
        people: ForPeople::No,
    };
    assert!(page.render().unwrap().contains("超过 6 MB"));
}

#[test]
fn the_standard_is_complete() {
    let html = Page::Standard { here: "/camera/x".to_owned(), notice: None }.render().unwrap();
    let words: String =
        html.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text)).collect();
    let clauses = [
        "应使用毕业生本人近期（一般为毕业前一年以内）正面免冠彩色头像的电子图像文件。",
        "禁止对图像整体或局部进行镜像、旋转等变换操作。不得对人像特征（如伤疤、痣、发型等）进行技术处理。",
        "图像应对焦准确、层次清晰、色彩真实、无明显畸变。",
        "除头像外，不得添加边框、文字、图案等其他内容。",
        "背景：应均匀无渐变，不得有阴影、其他人或物体。",
        "白色（参考值RGB&lt;255,255,255&gt;）或浅灰色（参考值RGB&lt;240,240,240&gt;）。",
        "衣着：应与背景色区分明显，避免复杂图案、条纹。",
        "双眼自然睁开并平视，耳朵对称，左右肩膀平衡，嘴唇自然闭合。",
        "但不得戴有色（含隐形）眼镜，镜框不得遮挡眼睛，眼镜不能有反光。",
        "（宗教、医疗和文化需要时，不得遮挡脸部或造成阴影）",
        "头发不得遮挡眉毛、眼睛和耳朵。不宜化妆。",
        "无明显可见或不对称的高光、光斑，无红眼。",
    ];
    for clause in clauses {
        assert!(words.contains(clause), "{clause}");
    }
}
