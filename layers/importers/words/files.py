"""What is wrong with a file, an archive, a sheet, or with what the command was told of them."""

FILES: dict[str, tuple[str, str]] = {
    # what was named
    "no_file": ("找不到文件 {file}", "there is no file {file}"),
    "no_file.named": (
        "请写明要导入的文件，写法见 docs/importing.md",
        "name a file to import; docs/importing.md shows how",
    ),
    "no_folder": ("找不到文件夹 {folder}", "there is no folder {folder}"),
    "no_folder.report": (
        "找不到存放报告的文件夹 {folder}",
        "there is no folder {folder} for the report",
    ),
    "unknown_format": (
        "{file} 的格式不能识别；可导入 {taken}",
        "{file} is of no known kind; taken are {taken}",
    ),
    "unknown_format.report": (
        "报告只能写成 .json 或 .html 文件，不能是 {file}",
        "a report is a .json or an .html file, not {file}",
    ),
    "unknown_format.export": (
        "{file} 的格式不能识别；可导出 {taken}",
        "{file} is of no known kind; written are {taken}",
    ),
    "unknown_layer": ("没有图层“{layer}”；现有 {there}", "there is no layer '{layer}'; there are {there}"),
    "layer_twice": (
        "图层 {layers} 出现了不止一次：只写其中一个",
        "the layer {layers} is there more than once: name one",
    ),
    "which_layer": (
        "从名称看不出 {file} 是哪个图层（{inside}）：请用 --layer 写明，可选 {there}",
        "{file} does not say by its name which layer it is ({inside}): say --layer, one of {there}",
    ),
    "which_layer.several": (
        "{file} 里有好几个图层（{inside}）：请用 --sheet 选一个",
        "{file} has several layers ({inside}): choose with --sheet",
    ),
    "no_layer": ("{file} 里没有图层或工作表“{sheet}”", "{file} has no layer or sheet '{sheet}'"),
    "no_layer.sheet": (
        "{file} 里没有工作表“{sheet}”；现有 {there}",
        "{file} has no sheet '{sheet}'; there are {there}",
    ),
    "bad_mapping": (
        "--map 要写成“我们的字段=文件的列”，不能写成“{text}”",
        "--map is COLUMN OF OURS=COLUMN OF THE FILE, not '{text}'",
    ),
    "bad_mapping.field": (
        "图层“{layer}”没有字段“{field}”；现有 {there}",
        "the layer {layer} has no column '{field}'; it has {there}",
    ),
    "bad_mapping.column": (
        "{file} 里没有列“{column}”；现有 {there}",
        "{file} has no column '{column}'; it has {there}",
    ),
    "missing_column": (
        "{file} 里找不到图层“{layer}”所需的 {missing}；现有列 {there}。请写明：--map {first}=列名",
        "{file} has no column for {missing} of the layer {layer}; it has {there}. Say which: --map {first}=COLUMN",
    ),
    # what a file is
    "empty_file": ("{file} 是空文件", "{file} is empty"),
    "too_large": (
        (
            "{file} 有 {size} MB，上限是 {most} MB。内存够用（约为文件的六倍）时调高 WALL_IMPORT_MAX_MB，"
            "否则把文件拆开，用 --update 分次导入"
        ),
        (
            "{file} has {size} MB; the limit is {most} MB. Raise WALL_IMPORT_MAX_MB where there is memory for about "
            "six times as much, or cut the file in parts and use --update"
        ),
    ),
    "not_what_it_says": (
        "{file} 按名称是 {promised}，按内容却是 {found}",
        "{file} is by its name {promised}, but by its content {found}",
    ),
    "not_what_it_says.unknown": (
        "{file} 按名称是 {promised}，按内容却不是",
        "{file} is by its name {promised}, but by its content something else",
    ),
    "nothing_inside": (
        "{file} 里没有能读的文件；可导入 {taken}",
        "{file} holds no file that can be read; taken are {taken}",
    ),
    "truncated": (
        "{file} 不完整：标明 {says} 字节，实有 {size} 字节",
        "{file} is truncated: it says {says} bytes and has {size}",
    ),
    "truncated.header": ("{file} 不完整：没有文件头", "{file} is truncated: it has no header"),
    "truncated.table": (
        "{file} 不完整：标明 {count} 条记录，实际没有这么多",
        "{file} is truncated: it says {count} records and holds fewer",
    ),
    "missing_part": (
        "{file} 缺少配套的 {suffix} 文件：Shapefile 至少要有 .shp、.shx 和 .dbf",
        "{file} comes without its {suffix} file: a Shapefile is at least .shp, .shx and .dbf",
    ),
    "unreadable": ("{file} 不能按 {kind} 读取：{why}", "{file} cannot be read as {kind}: {why}"),
    "unreadable.kml": ("{file} 不是格式完好的 KML：{why}", "{file} is no well-formed KML: {why}"),
    "unreadable.coordinates": (
        "{file} 里的坐标不成坐标：{why}",
        "{file} has coordinates that are none: {why}",
    ),
    "wrong_driver": (
        "GDAL 把 {file} 当作 {driver}，这种格式不导入",
        "{file} is read by GDAL as {driver}, which is not taken",
    ),
    "no_geometry": ("{file} 没有图形", "{file} has no geometry"),
    "bad_table": ("{file} 不是表格：{why}", "{file} is no table: {why}"),
    "bad_table.bytes": (
        "{file} 不是表格：含有文本里不会有的字节",
        "{file} is no table: it has bytes that no text has",
    ),
    "empty_layer": ("{file} 是空的，一行也没有", "{file} is empty: it holds no row"),
    "empty_layer.inside": ("{file} 里没有图层", "{file} holds no layer"),
    "empty_layer.titles": ("{file} 的标题行下面没有数据", "{file} has no rows below a line of names"),
    "empty_layer.placemarks": ("{file} 里没有地标", "{file} holds no placemark"),
    "too_many_rows": (
        "{file} 有 {count} 行，最多导入 {most} 行",
        "{file} has {count} rows; at most {most} are taken",
    ),
    "too_many_rows.table": (
        "{file} 超过 {rows} 行或 {columns} 列",
        "{file} has more than {rows} rows or {columns} columns",
    ),
    # how it is written
    "wrong_encoding": (
        "{file} 不是用 {encoding} 写的：不要写 --encoding",
        "{file} is not written in {encoding}: leave --encoding out",
    ),
    "wrong_encoding.utf_8": ("{file} 不是用 UTF-8 写的", "{file} is not written in UTF-8"),
    "wrong_encoding.utf_16": (
        "{file} 是 UTF-16 编码（Excel 的“Unicode 文本”）：请另存为“CSV UTF-8”",
        "{file} is written in UTF-16, as Excel's “Unicode text” is: save it as “CSV UTF-8”",
    ),
    "unknown_encoding": (
        "{file} 既不是 UTF-8 也不是 GBK：请另存为 CSV UTF-8",
        "{file} is neither UTF-8 nor GBK: save it as CSV UTF-8",
    ),
    "unknown_encoding.named": (
        "编码只有 utf-8 和 gb18030（包含 GBK），没有“{name}”",
        "encoding is utf-8 or gb18030 (which covers GBK), not '{name}'",
    ),
    "unknown_encoding.text": (
        "文字 {text} 既不是 UTF-8 也不是 GBK",
        "the text {text} is neither UTF-8 nor GBK",
    ),
    # what is not opened at all
    "bad_zip": (
        "{file} 是损坏或不完整的压缩包（{why}）",
        "{file} is a broken or truncated ZIP file ({why})",
    ),
    "zip_encrypted": ("{file} 有密码：请先解压", "{file} is locked with a password: unpack it first"),
    "zip_bomb": (
        "{file} 解压后是原来的 {times} 倍，最多 {most} 倍",
        "{file} unpacks to {times} times its size; at most {most} times is taken",
    ),
    "zip_bomb.size": (
        "{file} 解压后有 {size} MB，上限是 {most} MB（WALL_IMPORT_MAX_MB）",
        "{file} unpacks to {size} MB; the limit is {most} MB (WALL_IMPORT_MAX_MB)",
    ),
    "zip_bomb.many": (
        "{file} 里有 {count} 个文件，最多 {most} 个",
        "{file} holds {count} files; at most {most}",
    ),
    "zip_bomb.lies": ("{entry} 解压后比标明的大", "{entry} unpacks to more than it says"),
    "zip_path": (
        "{file} 里的“{entry}”指向文件夹之外",
        "{file} holds '{entry}', which leads out of its folder",
    ),
    "xml_entities": (
        "KML 里声明了文档类型或实体，地图用不到这些",
        "the KML declares a document type or entities, which no map needs",
    ),
    "network_link": (
        "{file} 指向别的文件或网络（NetworkLink）：请把地点本身存成 KML",
        "{file} points to other files or the network (NetworkLink): save the places themselves as KML",
    ),
    # what is worth knowing
    "about_the_file.heights": (
        "{count} 个图形带高程，高程略去：地图是平面的",
        "{count} geometries have heights, which are left out: the map is flat",
    ),
    "about_the_file.heights_kml": (
        "高程略去：地图是平面的",
        "heights are left out: the map is flat",
    ),
    "about_the_file.cpg": (
        "{file} 写的是 {says}，文字其实是 {found}，按后者读取",
        "{file} says {says}, but the text is {found}, and is read so",
    ),
    "about_the_file.gdal": ("GDAL 提示：{said}", "GDAL says: {said}"),
}
