"""What is wrong with how rows lie: areas that do not nest or fit, another datum, what already stands on the ground."""

GROUND: dict[str, tuple[str, str]] = {
    # codes that do not nest
    "no_county": (
        "还没有县界：请先导入，或在同一条命令里一起导入（--layer county）",
        "there is no county yet: import its outline first, or in the same command (--layer county)",
    ),
    "one_county": (
        "县界只有一个面，文件里有 {count} 行",
        "the layer county is one area, and the file has {count}",
    ),
    "other_county": (
        "是 {code}，数据库里是 {held}：要换成另一个县，加 --new-county",
        "is {code}, and the database holds {held}: --new-county puts one for the other",
    ),
    "other_county.stranger": ("不在县 {held} 之内", "is not in the county {held}"),
    "no_parent": (
        "按编码应在 {parent} 之内，而没有 {parent}",
        "lies by its code in {parent}, which there is not",
    ),
    "orphans": (
        "要去掉，其中 {count} 个下级区域却还在：请在同一条命令里一并导入{below}",
        "goes, and {count} areas in it would stay: import the {below}s too, in the same command",
    ),
    # borders
    "outside_parent": (
        "超出编码所属的{name}（{parent}）：{extent}",
        "reaches out of {name} ({parent}), in which its code puts it: {extent}",
    ),
    "gap": (
        "{name}（{parent}）之内，{level}之间有空隙，靠近{near}：{extent}",
        "the {level}s of {name} ({parent}) leave a gap, beside {near}: {extent}",
    ),
    "overlap": (
        "{name}（{parent}）之内，{one}与{other}两个{level}重叠：{extent}",
        "in {name} ({parent}) the {level}s {one} and {other} overlap: {extent}",
    ),
    "borders_fitted": (
        "{count} 条边界与相邻边界对齐，移动不到 {most:g} 米",
        "{count} borders were fitted to their neighbours, by less than {most:g} m",
    ),
    # where things lie
    "outside_county": (
        "{name} 在{county}之外 {far:,.0f} 米",
        "{name} lies {far:,.0f} m outside {county}",
    ),
    "outside_county.there": (
        "{name} 在{county}之外 {far:,.0f} 米；它已在库里，新区划里没有它的位置",
        "{name} lies {far:,.0f} m outside {county}; it is there already, and would be nowhere in the new areas",
    ),
    "outside_county.line": ("{name} 全在{county}之外", "{name} lies outside {county}"),
    # roads
    "roads_split": (
        "道路在 {snap:g} 米内相遇处断开，多出 {count} 段",
        "{count} more stretches, because roads meet within {snap:g} m",
    ),
    "network_in_parts": (
        "路网断成互不相通的 {parts} 部分，最大的一部分占总长 {largest:.1%}。--snap 调大或可连通",
        (
            "the network falls into {parts} parts that no road joins; the largest has {largest:.1%} of the length. A "
            "larger --snap may join them"
        ),
    ),
    # the datum
    "wrong_datum_suspected": (
        "坐标写明是 {named}，但很可能是 {likely}：{why}。请试 --crs {crs}；若确是 {named}，加 --trust-crs",
        (
            "the coordinates are named {named}, but are likely {likely}: {why}. Try --crs {crs}; if {named} is "
            "right, --trust-crs"
        ),
    ),
    "datum_trusted": (
        "坐标写明是 {named}，但很可能是 {likely}：{why}。按 --trust-crs，仍照写明的读取",
        (
            "the coordinates are named {named}, but are likely {likely}: {why}. They are taken as named, as "
            "--trust-crs says"
        ),
    ),
    "mixed_datum_suspected": (
        "有一部分行很可能是 {likely}：{why}。请把它们分出来，另用 --crs 导入",
        "some rows are likely in {likely}: {why}. Import them apart, with --crs of their own",
    ),
    "mixed_datum_suspected.rows": (
        "有一部分行（第 {rows} 行）很可能是 {likely}：{why}。请把它们分出来，另用 --crs 导入",
        "some rows (numbers {rows}) are likely in {likely}: {why}. Import them apart, with --crs of their own",
    ),
    "roads_datum_suspected": (
        "库里的道路很可能是 {likely}，当初当成了 WGS 84：{why}",
        "the roads that are there are likely in {likely}, taken for WGS 84: {why}",
    ),
    # who stands on the ground
    "county_in_use": (
        (
            "已载入的县有 {cases} 件案件，讲述它们的日志永不删除。请给新县单独一个数据库：把 WALL_VAR "
            "设成空文件夹（或把 DATABASE_URL 指向空数据库），在那里导入"
        ),
        (
            "{cases} cases belong to the county that is loaded, and the log that tells of them is never erased. Give "
            "the new county a database of its own: set WALL_VAR to an empty folder (or DATABASE_URL to an empty "
            "database) and import there"
        ),
    ),
    "county_in_use.accounts": (
        "已载入的县有 {accounts} 个真实账号。请给新县单独一个数据库（WALL_VAR 或 DATABASE_URL）",
        (
            "{accounts} accounts of people belong to the county that is loaded. Give the new county a database of "
            "its own (WALL_VAR or DATABASE_URL)"
        ),
    ),
    "areas_in_use": (
        (
            "{level}“{name}”不能就此消失，属于它的还有{uses}。加 --retire 保留为已撤并区域：名称、边界和案件都在，"
            "手上的办完为止，不再进新的；或把它留在文件里，或先把人和力量挪走"
        ),
        (
            "the {level} {name} cannot simply vanish: {uses} belong to it. --retire keeps it as a retired area: its "
            "name, place and cases stay, what is open is finished where it is, and nothing new comes in. Or keep it "
            "in the file, or move people and units first"
        ),
    ),
    "areas_in_use.lost": (
        "{areas} 将不复存在，而属于它们的还有案件、力量或账号",
        "{areas} would be no more, and cases, units or accounts belong to them",
    ),
    "area_retired": (
        "{level}“{name}”撤并，属于它的{uses}留在原处",
        "the {level} {name} is retired; {uses} stay where they are",
    ),
    # what stands on the ground, and the database
    "later_imports": (
        "导入 {number} 不能撤销：后来的导入改过同样的图层：{later}。请先撤销这些，从最新的开始",
        (
            "import {number} cannot be undone: later imports changed the same layers: {later}. Undo these first, the "
            "newest first"
        ),
    ),
    "already_undone": ("导入 {number} 已经撤销过", "import {number} was undone already"),
    "still_used": (
        "导入 {number} 不能撤销：它带来的区域已在使用（{detail}）",
        "import {number} cannot be undone: areas that it brought are in use ({detail})",
    ),
    "unknown_import": (
        "没有导入 {number}；`wall import --list` 列出已有的",
        "there is no import {number}; `wall import --list` shows those that there are",
    ),
    "unknown_import.none": (
        "没有可撤销的导入；`wall import --list` 列出已有的",
        "no import can be undone; `wall import --list` shows those that there are",
    ),
    "unknown_import.form": (
        "--undo 后面写一次导入的编号，见 --list",
        "--undo takes the number of one import, as --list shows it",
    ),
    "not_owner": (
        "图层要由数据库的所有者写入：除 DATABASE_URL 外还要设置 DATABASE_OWNER_URL",
        "layers are written as the owner of the database: set DATABASE_OWNER_URL beside DATABASE_URL",
    ),
    "database_refused": (
        "数据库拒绝写入，什么也没有改动：{said}",
        "the database refused it, and nothing was changed: {said}",
    ),
}
