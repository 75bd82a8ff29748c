"""What is wrong with a row: a cell, a code, a shape, a coordinate."""

ROWS: dict[str, tuple[str, str]] = {
    # cells
    "missing_value": ("{field}：列“{column}”里没有内容", "{field}: there is nothing in {column}"),
    "empty_text": ("{field}：是空的", "{field}: is empty"),
    "too_long": (
        "{field}：“{value}”有 {length} 个字，最多 {most} 个",
        "{field}: '{value}' has {length} characters; at most {most}",
    ),
    "formula": ("{field}：“{value}”是公式，不是文字", "{field}: '{value}' is a formula, not text"),
    "garbage": (
        "{field}：“{value}”含有文字里不会有的字符，编码对吗？",
        "{field}: '{value}' holds characters that no text has: is the encoding right?",
    ),
    "bad_code": ("{field}：“{value}”不是编码", "{field}: '{value}' is no code"),
    "bad_code.area": (
        "{field}：“{value}”不是区划代码，{level}是 {digits} 位数字",
        "{field}: '{value}' is no area code: a {level} has {digits} digits",
    ),
    "bad_code.digits": (
        "{field}：“{value}”有 {length} 位，{level}是 {digits} 位",
        "{field}: '{value}' has {length} digits: a {level} has {digits}",
    ),
    "bad_code.long": (
        "{field}：“{value}”超过 {most} 个字符",
        "{field}: '{value}' is longer than {most} characters",
    ),
    "code_lost_digits": (
        "{field}：{value} 存成数字时丢了尾数，请把该列设为文本再填",
        "{field}: {value} lost digits as a number: format the column as text",
    ),
    "bad_camera_code": (
        "{field}：“{value}”不是 20 位的 GB/T 28181 编码",
        "{field}: '{value}' is not a GB/T 28181 code of 20 digits",
    ),
    "bad_camera_code.type": (
        "{field}：{value} 的类型码是 {type}，不是摄像机（131、132）",
        "{field}: {value} is of type {type}, not a camera (131, 132)",
    ),
    "bad_camera_code.industry": (
        "{field}：{value} 的行业码 {industry} 未定义",
        "{field}: {value} has the unknown industry {industry}",
    ),
    "bad_number": ("{field}：“{value}”不是数字", "{field}: '{value}' is no number"),
    "bad_number.bounds": (
        "{field}：“{value}”不在 {low:g} 到 {high:g} 之间",
        "{field}: '{value}' is not between {low:g} and {high:g}",
    ),
    "bad_address": (
        "{field}：“{value}”不是 rtsp://… 这样的取流地址",
        "{field}: '{value}' is no stream's address such as rtsp://…",
    ),
    "unknown_word": (
        "{field}：“{value}”不在词表里（{known}）",
        "{field}: '{value}' is not in the vocabulary ({known})",
    ),
    "unknown_word.yes_no": (
        "{field}：“{value}”既不是“是”（1）也不是“否”（0）",
        "{field}: '{value}' is neither yes (是, 1) nor no (否, 0)",
    ),
    "duplicate_code": ("编码与第 {other} 行相同", "has the code of row {other}"),
    "duplicate_code.place": ("名称和位置与第 {other} 行相同", "has the same name and place as row {other}"),
    # shapes
    "empty_geometry": ("没有图形", "has no geometry"),
    "not_finite": ("有的坐标不是有限的数", "has a coordinate that is NaN or infinite"),
    "bad_geometry": ("“{value}”不是 WKT", "'{value}' is no WKT"),
    "bad_coordinate": ("坐标“{value}”不是数字", "the coordinate '{value}' is no number"),
    "wrong_geometry": (
        "图形是 {kind}，这个图层要 {wanted}",
        "is a {kind}: this layer is made of {wanted}s",
    ),
    "wrong_geometry.several": ("有好几个点，一行只能是一处", "is several points: one row is one place"),
    "no_length": ("是没有长度的线", "is a line without length"),
    "self_intersection": (
        "{reason}：修复会使面积改变 {changed:.2%}，请改正边界后再导入",
        "{reason}: mending would change its area by {changed:.2%}; draw the border right and import again",
    ),
    # coordinates
    "swapped_coordinates": (
        "{x:.5f}, {y:.5f}：经度和纬度写反了",
        "{x:.5f}, {y:.5f}: longitude and latitude are exchanged",
    ),
    "swapped_coordinates.metres": (
        "{x:.0f}, {y:.0f}：北坐标（X）写在了东坐标（Y）前面，请对调",
        "{x:.0f}, {y:.0f}: north (X) stands before east (Y): exchange them",
    ),
    "not_degrees": (
        "{x:.0f}, {y:.0f} 是米，不是度：请写明投影带，如 --crs EPSG:4545",
        "{x:.0f}, {y:.0f} are metres, not degrees: name the zone, such as --crs EPSG:4545",
    ),
    "not_degrees.geojson": (
        "GeoJSON 只用经纬度：请换一种格式导出，或不写 --crs",
        "GeoJSON is in longitude and latitude: export another format, or leave --crs out",
    ),
    "not_metres": (
        "{x:.5f}, {y:.5f} 是度，不是 {system} 的米：请写明坐标系",
        "{x:.5f}, {y:.5f} are degrees, not metres of {system}: name what they are in",
    ),
    "outside_china": ("{x:.5f}, {y:.5f} 不在中国", "{x:.5f}, {y:.5f} is not in China"),
    "outside_china.zone": (
        "{x:.0f}, {y:.0f} 会落在 {lon:.2f}, {lat:.2f}：这些坐标不是 {system} 这个带的",
        "{x:.0f}, {y:.0f} would lie at {lon:.2f}, {lat:.2f}: {system} is not the zone of these coordinates",
    ),
    "outside_crs": (
        "{x:g}, {y:g} 不是 {system} 里的地方，坐标系写对了吗？",
        "{x:g}, {y:g} is no place of {system}: is it the right system?",
    ),
    # the coordinate system
    "no_crs": (
        "{file} 没有写明坐标系：请用 --crs 写明（cgcs2000、EPSG:4545、gcj02、bd09……）",
        "{file} does not say what coordinate system it is in: name it with --crs (cgcs2000, EPSG:4545, gcj02, bd09, …)",
    ),
    "unknown_crs": (
        "坐标系“{name}”不能识别：请用 --crs 写明，如 cgcs2000、wgs84、gcj02、bd09、xian80、beijing54 或 EPSG:4545",
        (
            "the coordinate system '{name}' is not understood: name it with --crs, such as cgcs2000, wgs84, gcj02, "
            "bd09, xian80, beijing54 or EPSG:4545"
        ),
    ),
    "shift_unsure": (
        "从 {system} 到 WGS 84 精度约 {accuracy:g} 米。可以接受就加 --accept-shift，否则先转换文件",
        "{system} to WGS 84 is good to about {accuracy:g} m. Accept it with --accept-shift, or convert the file first",
    ),
    "shift_unsure.unknown": (
        (
            "从 {system} 到 WGS 84 本机没有参数，经纬度只能照搬，误差可达约 {accuracy:g} 米。可以接受就加 "
            "--accept-shift，否则先转换文件"
        ),
        (
            "{system} to WGS 84: PROJ has no parameters for this datum here, so the degrees are taken over as they "
            "are; expect errors of up to about {accuracy:g} m. Accept it with --accept-shift, or convert the file "
            "first"
        ),
    ),
    # what was mended, or is worth knowing
    "point_for_polygon": ("是面：以其中一点代替", "is an area: a point within stands for it"),
    "mended": (
        "{reason}：已修复，面积改变 {changed:.4%}",
        "{reason}: mended, its area changes by {changed:.4%}",
    ),
    "crs_overruled": (
        "文件写的是 {own}，按指定的 {named} 读取",
        "the file says {own}; it is read as {named}, as was named",
    ),
    "shift_accepted": (
        "从 {system} 到 WGS 84 精度约 {accuracy:g} 米，按 --accept-shift 接受",
        "{system} to WGS 84 is accurate to about {accuracy:g} m, accepted by --accept-shift",
    ),
}
