"""What is wrong with a table of desks or people, and what is told of them."""

PEOPLE: dict[str, tuple[str, str]] = {
    "missing_area": (
        "没有写区域：这里要写{levels}的代码或名称",
        "has no area: name a {levels} here, by code or name",
    ),
    "unknown_area": (
        "没有区域“{value}”：请写代码，或全名，如 荔堡镇问城村",
        "there is no area '{value}': write its code, or its name after those of the areas above it",
    ),
    "ambiguous_area": (
        "有好几个区域叫“{value}”（{codes}）：请写代码，或在前面加上乡镇、村名",
        "several areas are called '{value}' ({codes}): write the code, or the names above before it",
    ),
    "wrong_level": (
        "“{value}”是{level}，这里只能是{levels}",
        "'{value}' is a {level}; here it can only be {levels}",
    ),
    "missing_department": ("没有写部门", "has no department"),
    "unknown_department": (
        "没有部门“{value}”：请先导入部门（desk=文件），或在同一条命令里一起导入",
        "there is no department '{value}': import the departments first (desk=FILE), or in the same command",
    ),
    "no_department_key": (
        "部门“{value}”没有代号：请加一列“代码”，写小写英文，如 forestry",
        "the department '{value}' has no key: add a column `code` with small letters, such as forestry",
    ),
    "bad_username": (
        "{field}：“{value}”不能作账号：2 到 60 个字符，中间没有空格",
        "{field}: '{value}' cannot be a user name: 2 to 60 characters without spaces",
    ),
    "no_username": (
        "“{value}”既没有账号也没有电话：写其中一个，才能登录",
        "'{value}' has neither a user name nor a telephone: write one of them, to log in with",
    ),
    "username_taken": (
        "账号“{value}”属于大屏、设备或演示人员，不能用",
        "the user name '{value}' belongs to a wall screen, a device or the demonstration; take another",
    ),
    "nobody_and_nothing": (
        "“{value}”既没有角色也不是力量：写其中一个",
        "'{value}' has neither a role nor a kind of unit: write one of them",
    ),
    "unit_busy": (
        "力量“{name}”还在案件上：先让它撤离",
        "the unit {name} is on a case: clear or recall it first",
    ),
    "desk_in_use": (
        "承办单位“{name}”不能去掉：有案件、人员或力量属于它",
        "the desk {name} cannot go: cases, people or units belong to it",
    ),
    "apart": (
        "图层和人员要分开导入：先图层，后人员",
        "layers and people are imported apart: layers first, people afterwards",
    ),
    "file_exists": (
        "文件 {file} 已存在：密码不写进已有的文件",
        "{file} is there already: passwords are not written over it",
    ),
    "without_password": (
        "有 {count} 个新账号没有密码，还不能登录：用 --passwords 文件 生成，或 `wall account password 账号`",
        (
            "{count} new accounts have no password and cannot log in yet: --passwords FILE makes them, or "
            "`wall account password NAME`"
        ),
    ),
}
