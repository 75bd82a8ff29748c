"""Words of the administration: accounts, tokens, wall screens and sessions."""

WORDS: dict[str, tuple[str, str]] = {
    "page.admin": ("系统管理", "Administration"),
    "admin.accounts": ("账号", "Accounts"),
    "admin.tokens": ("令牌", "Tokens"),
    "admin.kiosks": ("大屏", "Screens"),
    "admin.sessions": ("在线会话", "Sessions"),
    "admin.scope": (
        "管理范围：{area} · 每项操作都会记入审计",
        "Your area: {area} · every act is on the audit log",
    ),
    "admin.not_yours": (
        "系统管理只供管理员使用。需要开通账号、重设密码，请联系本辖区或上级的管理员",
        (
            "This page is for administrators. For an account or a new password, ask the administrator of your area "
            "or of the one above"
        ),
    ),
    "admin.demonstration": (
        "示意账号只存在于示意县，无需密码，供人人试用，因此不能修改；您可以新建账号来试用本页。",
        (
            "Demonstration accounts exist in the demonstration county alone. They need no password, are there for "
            "everybody, and so cannot be changed; make an account of your own to try this page."
        ),
    ),
    "admin.asks_again": ("{said}。正在自动重试。", "{said}. Asking again."),
    "admin.asks_again_here": (
        "{said}。下面是之前的列表，正在自动重试。",
        "{said}. The list below is from before; asking again.",
    ),
    # the conditions
    "admin.find": ("查找", "Find"),
    "admin.find_accounts": ("姓名或账号", "Name or user name"),
    "admin.find_tokens": ("令牌名称", "Name of a token"),
    "admin.find_kiosks": ("大屏名称", "Name of a screen"),
    "admin.find_sessions": ("姓名、账号或地址", "Name, user name or address"),
    "admin.ask": ("查询", "Find"),
    "admin.any": ("全部", "All"),
    "admin.state": ("状态", "State"),
    "admin.state.open": ("在用", "In use"),
    "admin.state.closed": ("已停用", "Disabled"),
    "admin.state.good": ("有效", "Good"),
    "admin.state.over": ("已失效", "Over"),
    "admin.state.all": ("全部", "All"),
    "admin.none_fits": ("没有符合条件的", "Nothing fits these conditions"),
    "admin.none_accounts": ("还没有账号", "There is no account yet"),
    "admin.none_tokens": (
        "还没有令牌。令牌供程序或设备使用，例如 QGIS、摄像头网关、定位终端",
        "There is no token yet. Programs and devices use them: QGIS, a gateway of cameras, a tracker",
    ),
    "admin.none_kiosks": (
        "还没有大屏。登记一块大屏，得到打开它的链接",
        "There is no wall screen yet. Add one, and you are given the link that opens it",
    ),
    "admin.none_sessions": ("没有人在线", "Nobody is in"),
    "admin.before": ("上一页", "Previous"),
    "admin.after": ("下一页", "Next"),
    "admin.count": ("共 {n} 条 · 第 {page} / {pages} 页", "{n} in all · page {page} of {pages}"),
    # the lists
    "admin.person": ("人员", "Person"),
    "admin.role": ("角色", "Role"),
    "admin.where": ("单位或辖区", "Where"),
    "admin.area": ("辖区", "Area"),
    "admin.opens_by": ("登录方式", "Comes in by"),
    "admin.by.password": ("密码", "Password"),
    "admin.by.sign_on": ("统一身份认证", "Single sign-on"),
    "admin.by.screen": ("大屏链接", "Screen link"),
    "admin.by.demonstration": ("示意，一键进入", "Demo, one click"),
    "admin.online": ("在线", "In now"),
    "admin.sessions_n": ("{n} 个会话", "Sessions: {n}"),
    "admin.offline": ("不在线", "Not in"),
    "admin.closed_at": ("{at} 停用", "Disabled {at}"),
    "admin.made_at": ("发放时间", "Made"),
    "admin.validity": ("有效期", "Good for"),
    "admin.without_end": ("长期有效", "Without end"),
    "admin.good_until": ("至 {at}", "Until {at}"),
    "admin.over_at": ("{at} 到期", "Ended {at}"),
    "admin.revoked_at": ("{at} 收回", "Revoked {at}"),
    "admin.days": ("{n} 天", "{n} days"),
    "admin.showing": ("显示情况", "Showing"),
    "admin.shows_now": ("{n} 处显示中 · 最近 {at}", "Open in {n} browsers · last {at}"),
    "admin.shows_not": ("未打开", "Not open"),
    "admin.in_since": ("登录时间", "In since"),
    "admin.last_seen": ("最近使用", "Last used"),
    "admin.from_where": ("来源地址", "From"),
    "admin.nowhere": ("未记录", "Not kept"),
    "admin.own_session": ("本机", "This one"),
    # seats
    "admin.choose": ("请选择…", "Choose…"),
    "admin.choose_role": ("请选择角色", "Choose a role"),
    "admin.choose_area": ("请选到该角色所在的区划", "Choose the area that this role works for"),
    "admin.seat_above": (
        "只设在{levels}，不在您的管理范围",
        "only at: {levels}, which is above your area",
    ),
    "admin.seat_none": ("您的管理范围内没有这种席位", "there is no such seat in your area"),
    "admin.whole": ("{area}（本级）", "{area} itself"),
    "admin.desk": ("席位", "Desk"),
    "admin.unit": ("对应的外勤力量", "Unit in the field"),
    "admin.no_unit": ("不对应任何力量", "None"),
    "admin.unit_hint": (
        "对应后，派给该力量的任务会发到此账号",
        "Tasks of the unit come to whoever is it",
    ),
    "admin.crew": ("已有账号 {names}", "already: {names}"),
    "admin.may": ("权限", "What it may do"),
    "admin.may.dispatcher": (
        "受理、派遣和跟踪全县案件，可见报案人和内容",
        "Takes, dispatches and follows every case of the county; reads who reported and what was said",
    ),
    "admin.may.leader": (
        "查看案件进展和统计，督办；看不到报案内容",
        "Sees how cases go, and orders supervision; does not read what was said",
    ),
    "admin.may.duty_officer": (
        "办理本乡镇及交办到本席的案件，可见报案内容",
        "Handles cases of the township and what is given to its desk; reads what was said",
    ),
    "admin.may.village_officer": (
        "办理本村及交办到本席的案件，可见报案内容",
        "Handles cases of the village and what is given to its desk; reads what was said",
    ),
    "admin.may.grid_officer": (
        "手机接收任务，办理本网格的事项",
        "Takes tasks on the phone and handles what lies in the grid",
    ),
    "admin.may.department": (
        "只见并办理转到本部门的案件",
        "Sees and handles only what is given to the department",
    ),
    "admin.may.mediator": (
        "只见并调解转来的矛盾纠纷",
        "Sees and settles only the disputes that are given over",
    ),
    "admin.may.auditor": (
        "查阅全县审计记录和案件进展；看不到报案内容",
        "Reads the county's audit log and how cases go; does not read what was said",
    ),
    "admin.may.admin": (
        "管理所选辖区内的账号、令牌、大屏和会话；看不到报案内容",
        "Manages accounts, tokens, screens and sessions of the area; does not read what was said",
    ),
    "admin.may.device": (
        "供程序和设备读取辖区数据、上报位置和告警；看不到报案内容",
        "For programs and devices: reads the area's data, sends positions and alarms; never what was said",
    ),
    "admin.may.kiosk": (
        "大屏只能查看，敏感案件打码；收回后立即退出",
        "A wall screen only reads, sensitive cases masked; once revoked it is shut out at once",
    ),
    # accounts
    "admin.new_account": ("新建账号", "New account"),
    "admin.name": ("姓名", "Name"),
    "admin.name_empty": ("请填写姓名", "Say what he is called"),
    "admin.username": ("登录账号", "User name"),
    "admin.username_hint": ("两个字符以上，不含空格，如手机号", "Two characters or more without spaces"),
    "admin.username_wrong": (
        "登录账号须有两个字符以上，不含空格",
        "A user name has two characters or more and no spaces",
    ),
    "admin.make": ("建立", "Create"),
    "admin.account_made": (
        "{name}的账号已建立，请把下面两项告诉本人。",
        "The account of {name} is there. Tell these two to whom they belong.",
    ),
    "admin.password": ("密码", "Password"),
    "admin.another": ("换一个", "Another"),
    "admin.password_rule": (
        "{shortest} 至 {longest} 个字符；不能是账号本身或常见密码。已随机生成，也可自行填写",
        (
            "{shortest} to {longest} characters; neither the user name nor a common one. Made by chance; type another "
            "if you like"
        ),
    ),
    "admin.password_short": (
        "密码至少要有 {shortest} 个字符",
        "A password has {shortest} characters or more",
    ),
    "admin.password_long": ("密码最多 {longest} 个字符", "A password has {longest} characters at most"),
    "admin.password_is_name": ("密码不能与账号相同", "The password is the user name; take another"),
    "admin.password_of": ("重设密码：{name}", "New password for {name}"),
    "admin.password_new": ("密码", "New password"),
    "admin.password_set": ("重设密码", "Set the password"),
    "admin.password_ends": (
        "旧密码立即失效，本人的 {n} 个会话随即结束。",
        "The old one ends at once, and so do open sessions: {n}.",
    ),
    "admin.password_ends_own": (
        "这是您自己的账号：重设后您会被退出，请用新密码重新登录。",
        "This account is yours: you will be logged out, and come in again with the new password.",
    ),
    "admin.password_done": ("{name}的密码已重设，请告诉本人。", "{name} has a new password. Pass it on."),
    "admin.shown_once": (
        "只显示这一次，关闭后无法再查看；遗失可以重设或重新发放。",
        "Shown this once and never again; if it is lost, give a new one.",
    ),
    "admin.noted": ("已记下，关闭", "Noted, close"),
    "admin.copy": ("复制", "Copy"),
    "admin.copied": ("已复制", "Copied"),
    "admin.copy_by_hand": ("已选中，请按 Ctrl+C", "Selected: press Ctrl+C"),
    "admin.perhaps_done": (
        "{said}。可能已经完成：请先看列表，再决定是否重试。",
        "{said}. It may have been done: look at the list before you try again.",
    ),
    "admin.move": ("调岗", "Change role"),
    "admin.move_of": ("调整岗位：{name}", "Another role for {name}"),
    "admin.now_at": ("现为：{role} · {place}", "Now: {role} · {place}"),
    "admin.move_holds": (
        "立即生效：正打开的页面会按新岗位重新连接。",
        "It holds at once: open pages connect again as the new seat.",
    ),
    "admin.moved": ("{name}的岗位已调整", "{name} has the new role"),
    "admin.close": ("停用", "Disable"),
    "admin.close_of": ("停用账号：{name}", "Disable the account of {name}"),
    "admin.close_what": (
        "停用后，{name}（{username}，{role} · {place}）不能再登录。",
        "{name} ({username}, {role} · {place}) will not come in again.",
    ),
    "admin.ends_now": ("立即结束：", "What ends at once:"),
    "admin.ends_sessions": (
        "{n} 个打开的会话，正在使用的页面会退出",
        "open sessions, whose pages log out: {n}",
    ),
    "admin.ends_tokens": ("{n} 个有效的令牌", "good tokens: {n}"),
    "admin.ends_nothing": ("目前没有打开的会话和令牌。", "No session and no token is open just now."),
    "admin.tasks_stay": (
        "对应力量还有 {n} 项未完成的任务，不会自动转出，此后没有账号接收：请先通知派遣单位撤回或改派。",
        (
            "The unit has unfinished tasks: {n}. They are not passed on, and no account receives them any more: "
            "let the desk recall them or send another first."
        ),
    ),
    "admin.tasks_shared": (
        "对应力量还有 {n} 项未完成的任务，仍由同一力量的另外 {others} 个账号接收。",
        "The unit has unfinished tasks: {n}. Accounts that are the same unit still receive them: {others}.",
    ),
    "admin.close_stays": (
        "办过的案件和审计记录全部保留。停用后不能恢复，需要时请新建账号。",
        "All that was done and its records stay. A disabled account is not opened again; make a new one if need be.",
    ),
    "admin.closed": ("{name}的账号已停用", "The account of {name} is disabled"),
    # tokens and screens
    "admin.token": ("令牌", "Token"),
    "admin.new_token": ("发放令牌", "New token"),
    "admin.token_name": ("令牌名称", "Name"),
    "admin.token_hint": (
        "写明给谁用，如“QGIS 王工”“摄像头网关”",
        "Say who uses it: QGIS of Wang, camera gateway",
    ),
    "admin.token_empty": ("请填写令牌名称", "Say what the token is called"),
    "admin.token_made": ("令牌“{name}”已发放。", "The token “{name}” is there."),
    "admin.token_use": (
        "程序以 Authorization: Bearer 请求头出示；QGIS、GDAL 把它填作 HTTP Basic 的密码。",
        "A program shows it as Authorization: Bearer; QGIS and GDAL take it as the password of HTTP Basic.",
    ),
    "admin.revoke": ("收回", "Revoke"),
    "admin.revoke_tokens": ("收回令牌：{name}", "Revoke the token {name}"),
    "admin.revoke_tokens_why": (
        "使用它的程序和设备立即无法读写。收回后不能恢复，可以重新发放。",
        "Programs and devices that use it are shut out at once. It cannot be taken back; make another if need be.",
    ),
    "admin.revoke_kiosks": ("收回大屏：{name}", "Revoke the screen {name}"),
    "admin.revoke_kiosks_why": (
        "目前有 {n} 处正在显示，将立即退出。链接从此失效，需要时重新登记。",
        "Browsers that show it now: {n}. They are shut out at once, and the link is of no more use.",
    ),
    "admin.revoked": ("{name} 已收回", "{name} is revoked"),
    "admin.new_screen": ("登记大屏", "New wall screen"),
    "admin.screen_name": ("大屏名称", "Which screen"),
    "admin.screen_hint": ("写明挂在哪里，如“指挥大厅”", "Say where it hangs, such as the hall"),
    "admin.screen_empty": ("请填写大屏名称", "Say which screen it is"),
    "admin.screen_made": (
        "“{name}”已登记，在大屏的浏览器中打开链接即可。",
        "“{name}” is there: open the link on it.",
    ),
    "admin.screen_link": ("大屏链接", "Link"),
    "admin.screen_code": ("或在登录页选“大屏”，填入", "Or at the log-in, as a wall screen"),
    "admin.screen_use": (
        "可设为大屏浏览器的首页：断电重启后自动恢复。链接等同于凭证，只显示这一次，请勿转发。",
        (
            "Make it the start page of that browser, and it is back after a power cut. Whoever has the link has the "
            "screen: it is shown this once, so do not send it round."
        ),
    ),
    # sessions
    "admin.end": ("结束", "End"),
    "admin.end_of": ("结束会话：{name}", "End a session of {name}"),
    "admin.end_why": (
        "{name}的这个会话立即退出；本人可以重新登录。要长期禁止，请停用账号。",
        "This session of {name} is logged out at once; he may come in again. To keep him out, disable the account.",
    ),
    "admin.end_own": (
        "这是您正在使用的会话：结束后您会被退出。",
        "This is the session you are in: you will be logged out.",
    ),
    "admin.end_screen": (
        "这块大屏立即退出；再次打开链接即可恢复。要长期停用，请收回大屏。",
        "This screen is logged out at once, and back when its link is opened. To end it for good, revoke it.",
    ),
    "admin.ended": ("{name}的会话已结束", "The session of {name} is over"),
}
