"""Parts of sentences, and what is told of an import as a whole: no fault has these for its code."""

PARTS: dict[str, tuple[str, str]] = {
    "area": ("{name}（{code}）", "{name} ({code})"),
    "area.row": ("{name}（{code}，第 {row} 行）", "{name} ({code}, row {row})"),
    "extent": (
        "最宽 {wide:,.0f} 米，跨度 {across:,.0f} 米，面积 {area:,.0f} 平方米",
        "{wide:,.0f} m wide, {across:,.0f} m across, {area:,.0f} m²",
    ),
    "why.outside": (
        "{count} 个点中有 {out} 个落在外面；按 {likely} 则是 {better} 个",
        "{out} of {count} points lie outside; as {likely} it would be {better}",
    ),
    "why.outside_share": (
        "有 {out:.2%} 落在外面；按 {likely} 则是 {better:.2%}",
        "{out:.2%} of it lies outside; as {likely} it would be {better:.2%}",
    ),
    "why.named": (
        "{count} 个点中有 {out} 个不在“{column}”列所写的区域里；按 {likely} 则是 {better} 个",
        "{out} of {count} points lie outside the area that {column} names; as {likely} it would be {better}",
    ),
    "why.memory": (
        "{count} 处中有 {moved} 处离原来的位置 {was:.0f} 米；按 {likely} 则是 {better:.0f} 米",
        "{moved} of {count} things lie {was:.0f} m from where they were before; as {likely} it would be {better:.0f} m",
    ),
    "why.roads": (
        "{count} 处中有 {as_is:.0%} 在道路 {beside:.0f} 米之内，碰巧也会有 {chance:.0%}；按 {likely} 则是 {better:.0%}",
        (
            "{as_is:.0%} of {count} places stand within {beside:.0f} m of a road, and by chance up to {chance:.0%} "
            "would; as {likely} it would be {better:.0%}"
        ),
    ),
    "why.roads_rest": (
        (
            "有 {count} 处不在任何道路 {beside:.0f} 米之内，碰巧会有 {chance:.0%} 靠近道路；按 {likely} 则有 "
            "{better:.0%}"
        ),
        (
            "{count} places stand more than {beside:.0f} m from any road; by chance up to {chance:.0%} of them would "
            "stand by one, as {likely} it would be {better:.0%}"
        ),
    ),
    "desks": ("新设承办单位 {made} 个，关闭 {closed} 个", "{made} desks opened, {closed} closed"),
    "use.open_cases": ("{count} 件未结案件", "{count} open cases"),
    "use.closed_cases": ("{count} 件已结案件", "{count} closed cases"),
    "use.units": ("{count} 支力量", "{count} units"),
    "use.accounts": ("{count} 个账号", "{count} accounts"),
    "reason": ("{what}（{x:.6f}, {y:.6f}）", "{what} at {x:.6f}, {y:.6f}"),
    "reason.Self-intersection": ("边界与自身相交", "the border crosses itself"),
    "reason.Ring Self-intersection": ("边界碰到自身", "the border touches itself"),
    "reason.Too few points in geometry component": ("边界的角点太少", "the border has too few corners"),
    "reason.Hole lies outside shell": ("孔洞在外边界之外", "a hole lies outside the border"),
    "reason.Nested holes": ("孔洞套着孔洞", "a hole lies in a hole"),
    "reason.Nested shells": ("面套着面", "a part lies in a part"),
    "reason.Interior is disconnected": ("孔洞把面切断", "holes cut it apart"),
    "reason.Duplicate Rings": ("同一圈边界出现两次", "a border is there twice"),
    "shape.Point": ("点", "Point"),
    "shape.MultiPoint": ("多点", "MultiPoint"),
    "shape.LineString": ("线", "LineString"),
    "shape.LinearRing": ("闭合线", "LinearRing"),
    "shape.MultiLineString": ("多线", "MultiLineString"),
    "shape.Polygon": ("面", "Polygon"),
    "shape.MultiPolygon": ("多面", "MultiPolygon"),
    "shape.GeometryCollection": ("混合图形", "GeometryCollection"),
    "left_out": ("图层“{name}”不在导入之列，已略去", "the layer {name} is none of ours and was left out"),
}
