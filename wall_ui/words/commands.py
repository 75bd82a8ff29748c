"""What `wall import`, `wall export` and `wall erase` say on the terminal; faults and reports bring words of their own.

No screen shows these: they are no part of the catalogue that browsers get.
"""

WORDS: dict[str, tuple[str, str]] = {
    "import.columns": ("  字段：{pairs}", "  columns: {pairs}"),
    "import.absent": ("  文件里没有：{fields}", "  not in the file: {fields}"),
    "import.note": ("  提示：{said}", "  note: {said}"),
    "import.note_layer": ("  提示：{layer}：{said}", "  note: {layer}: {said}"),
    "import.note_row": ("  提示：{layer}第 {row} 行：{said}", "  note: {layer}: row {row}: {said}"),
    "import.more_notes": (
        "  …… 另有 {count} 条提示，用 --report 查看",
        "  … and {count} more notes; --report shows them",
    ),
    "import.more_faults": (
        "…… 共 {count} 个问题：{by_code}。用 --report 文件.html 可在图上查看。",
        "… {count} in all: {by_code}. --report FILE.html shows them on a map.",
    ),
    "import.refused": ("什么也没有改动。", "Nothing was changed."),
    "import.dry_run": ("这是试运行，什么也没有改动。", "Nothing was changed: this was a dry run."),
    "import.unchanged": ("没有变化：数据库里正是这些。", "Nothing to change: the database holds just this."),
    "import.imported": (
        "已导入，编号 {number}，用时 {took:.1f} 秒；`wall import --undo {number}` 可撤销。",
        "Imported as number {number} in {took:.1f} s; `wall import --undo {number}` takes it back.",
    ),
    "import.report_is": ("报告在 {path}", "The report is in {path}"),
    "import.undone": (
        "导入 {number} 已撤销：{rows} 行恢复原样。",
        "Import {number} is undone: {rows} rows are as they were.",
    ),
    "import.importing": ("导入", "Importing"),
    "import.undoing": ("撤销", "Undoing"),
    "erase.counting": ("查找期满内容", "Looking for what is due"),
    "erase.erasing": ("删除", "Erasing"),
    "erase.due": (
        "  {name}：{rows} 项，涉及 {cases} 件案件（{reason}）",
        "  {name}: {rows}, of {cases} cases ({reason})",
    ),
    "erase.due_beside": ("  {name}：{rows} 项（{reason}）", "  {name}: {rows} ({reason})"),
    "erase.nothing_due": ("没有期满的内容。", "Nothing is due."),
    "erase.dry_run": ("这是试运行，什么也没有删除。", "Nothing was erased: this was a dry run."),
    "erase.done": (
        "已从 {cases} 件案件中删除：上报人信息 {reporter} 项，文字 {words} 段，材料 {files} 份。",
        "Erased from {cases} cases: who reported {reporter}, texts {words}, files {files}.",
    ),
    "erase.of_case": ("案件 {number}：已删除{erased}。", "Case {number}: erased {erased}."),
    "erase.would": ("案件 {number}：将删除{erased}。", "Case {number}: would erase {erased}."),
    "erase.reporter": ("上报人信息 {n} 项", "who reported ({n})"),
    "erase.words": ("文字 {n} 段", "{n} texts"),
    "erase.files": ("材料 {n} 份", "{n} files"),
    "erase.stays": (
        "  依法保存至 {date}：{what}（{reason}）",
        "  kept by law until {date}: {what} ({reason})",
    ),
    "erase.refused": ("案件 {number}：什么也没有删除。{why}", "Case {number}: nothing was erased. {why}"),
    "erase.why.case_open": ("案件尚未办结。", "It is still open."),
    "erase.why.merged_into_open": (
        "它并入的案件尚未办结。",
        "The case that it was merged into is still open.",
    ),
    "erase.why.preserved": ("已被保全，须先由审计员解除。", "It is preserved; an auditor releases it first."),
    "erase.why.account_unsettled": (
        "责任追究尚无结论。",
        "Somebody has still to account for his part of it.",
    ),
    "erase.why.kept_by_law": ("保存期限未满：", "The law keeps it still:"),
    "erase.why.nothing_to_erase": ("已经没有可删除的内容。", "There is nothing left to erase."),
    "erase.needs_reason": (
        "--case 须写明 --reason：谁在何时为何申请删除。",
        "--case needs --reason: who asked for it, when and why.",
    ),
    "erase.needs_case": ("--reason 只与 --case 同用。", "--reason goes with --case."),
    "list.number": ("编号", "number"),
    "list.when": ("时间（UTC）", "when (UTC)"),
    "list.who": ("操作人", "who"),
    "list.what": ("内容", "what"),
    "list.layers": ("图层", "layers"),
    "list.undone": ("撤销时间", "undone"),
    "export.exporting": ("导出 {layer}", "Exporting {layer}"),
    "export.staff": ("{layer} 的 {count} 行在 {file}。", "{count} rows of {layer} are in {file}."),
    "export.done": (
        "{layer} 的 {count} 行在 {file}（{system}）。",
        "{count} rows of {layer} are in {file} ({system}).",
    ),
    # what --help says: it is folded at spaces alone, and cut off where there is none
    "help.import.files": (
        "文件、文件夹或压缩包； “图层=文件”写明是哪个图层。 与 --undo 连用时写编号。",
        "Files, folders or archives; LAYER=FILE says which layer one is. With --undo, a number.",
    ),
    "help.import.layer": (
        "图层的种类， 名称看不出时写明。",
        "Which layer it is, where its name does not say.",
    ),
    "help.import.sheet": (
        "文件里的哪个图层 或工作表。",
        "Which of a file's own layers or sheets.",
    ),
    "help.import.maps": (
        "我们的字段=文件的列； 等号后不写表示没有。",
        "COLUMN OF OURS=COLUMN OF THE FILE; nothing after = for none.",
    ),
    "help.import.crs": (
        "坐标系： cgcs2000 wgs84 gcj02 bd09 xian80 beijing54 或 EPSG:4545。",
        "cgcs2000, wgs84, gcj02, bd09, xian80, beijing54 or EPSG:4545.",
    ),
    "help.import.encoding": (
        "utf-8 或 gbk； 不写则自动识别。",
        "utf-8 or gbk; found by itself where not named.",
    ),
    "help.import.replace": (
        "整层替换， 或按编码增改（默认）。",
        "Replace the layer, or add and change by code (the default).",
    ),
    "help.import.new_county": (
        "换成另一个县。",
        "Put another county in the place of the one that is loaded.",
    ),
    "help.import.dry_run": (
        "只说会怎样， 不作更改。",
        "Say what would change, and change nothing.",
    ),
    "help.import.accept_shift": (
        "接受旧坐标系转换 的精度。",
        "Take an old datum with the accuracy that PROJ has for it.",
    ),
    "help.import.trust_crs": (
        "别的坐标系更吻合， 也照写明的读取。",
        "Take the named coordinate system though another fits better.",
    ),
    "help.import.tolerance": (
        "边界允许的空隙、 重叠和超出， 单位米。",
        "Metres of gap, overlap and overhang that borders may have.",
    ),
    "help.import.snap": (
        "多少米以内的 道路端点算同一路口。",
        "Metres within which ends of roads are one junction.",
    ),
    "help.import.crossings": (
        "没有公共点的 交叉道路是否相通。",
        "Whether roads that cross without a shared corner meet.",
    ),
    "help.import.retire": (
        "仍有案件或人员的区域 去掉时， 保留为已撤并区域。",
        "Keep areas that go, and that cases or people belong to, as retired areas.",
    ),
    "help.import.report": (
        "同时写出报告： .json 或 .html， 可写两次。",
        "Write the report too: .json or .html; may be given twice.",
    ),
    "help.import.passwords": (
        "把新账号的初始密码 写进这个新文件。",
        "Write the initial passwords of new accounts to this new file (people only).",
    ),
    "help.import.undo": (
        "撤销最近一次导入， 或后面编号的那次。",
        "Undo the newest import, or the one whose number follows.",
    ),
    "help.import.listed": (
        "列出做过的导入。",
        "List the imports that were made.",
    ),
    "help.import": (
        (
            "导入图层（Shapefile、 GeoPackage、 GeoJSON、 KML、 FlatGeobuf、 CSV、 Excel）和人员表； 见 "
            "docs/importing.md。"
        ),
        (
            "Bring in layers from Shapefile, GeoPackage, GeoJSON, KML, FlatGeobuf, CSV or Excel, and people from "
            "tables; docs/importing.md."
        ),
    ),
    "help.export": (
        "把图层写成别的程序能读的文件，`wall import` 可原样导回。",
        "Write a layer to a file that other programs read, and that `wall import` takes back unchanged.",
    ),
    "help.export.layer": (
        (
            "图层： county 县 township 乡镇 village 村 grid 网格 camera 摄像机 facility 设施 road 道路 water 水系 poi "
            "兴趣点； desk 承办单位 people 人员。"
        ),
        "county, township, village, grid, camera, facility, road, water, poi; desk or people.",
    ),
    "help.export.file": (
        "写成什么：.gpkg、 .zip（Shapefile）、 .shp、 .geojson 或 .csv。",
        "What to write: .gpkg, .zip (Shapefile), .shp, .geojson or .csv.",
    ),
    "help.export.crs": (
        "用什么坐标系写：wgs84、 EPSG:4545、 gcj02 等。",
        "The coordinate system to write: wgs84, EPSG:4545, gcj02, …",
    ),
}
