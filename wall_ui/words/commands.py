"""What `wall import` and `wall export` say on the terminal; faults and reports bring words of their own.

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
}
