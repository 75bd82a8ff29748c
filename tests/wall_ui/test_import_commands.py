"""`wall import` and `wall export` as an operator meets them."""

import json
import re
from pathlib import Path

import pytest
import shapely
from typer.testing import CliRunner

from gis.cluster import ClusterUrls
from gis.errors import InvalidInput
from tests.layers.importers.ground import write_shapefile
from wall_ui.command_line import commands

WEST, EAST = shapely.box(107.30, 35.40, 107.35, 35.45), shapely.box(107.35, 35.40, 107.40, 35.45)


@pytest.fixture
def runner(urls: ClusterUrls, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on a migrated, empty database."""
    monkeypatch.setenv("DATABASE_URL", urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", urls.owner)
    monkeypatch.setenv("WALL_LANGUAGE", "en")
    return CliRunner()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A county as its offices would send it: GBK, Chinese columns, one table in Excel's CSV."""
    write_shapefile(
        tmp_path / "县界.shp",
        {"行政区代码": ["620821"], "行政区名称": ["泾川县"]},
        [shapely.box(107.3, 35.4, 107.4, 35.45)],
        encoding="GB18030",
    )
    write_shapefile(
        tmp_path / "乡镇界.shp",
        {"XZQDM": ["620821100000", "620821101000"], "XZQMC": ["甲镇", "乙镇<b>"]},
        [WEST, EAST],
        encoding="GB18030",
    )
    (tmp_path / "学校.csv").write_bytes(
        "名称,类型,经度,纬度\n一中,学校,107.31,35.41\n二中,中学,107.36,35.41\n".encode("gbk")
    )
    return tmp_path


def run(runner: CliRunner, *arguments: object) -> tuple[int, str]:
    """Run a command; what it raises on purpose becomes its code."""
    result = runner.invoke(commands, [str(one) for one in arguments])
    if isinstance(result.exception, InvalidInput):
        return 1, f"{result.exception.code}: {result.exception.detail}"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def overlapping(folder: Path, name: str) -> Path:
    """Write two townships of which the second, of this name, lies partly over the first."""
    shapes = [WEST, shapely.box(107.33, 35.40, 107.40, 35.45)]
    columns = {"code": ["620821100", "620821101"], "name": ["甲镇", name]}
    return write_shapefile(folder / "township.shp", columns, shapes)


def test_a_county_is_imported_listed_exported_and_undone(
    runner: CliRunner, files: Path, tmp_path: Path
) -> None:
    code, said = run(runner, "import", files / "县界.shp", files / "乡镇界.shp", "--dry-run")
    assert code == 0, said
    assert "name ← XZQMC" in said
    assert "dry run" in said
    code, said = run(runner, "import", files / "县界.shp", files / "乡镇界.shp")
    assert code == 0, said
    assert "number 1" in said
    code, said = run(
        runner,
        "import",
        f"facility={files / '学校.csv'}",
        "--crs",
        "cgcs2000",
        "--report",
        tmp_path / "r.json",
    )
    assert code == 0, said
    assert json.loads((tmp_path / "r.json").read_text())["layers"][0]["counts"]["new"] == 2
    code, said = run(runner, "import", "--list")
    assert code == 0
    assert "乡镇界" in said.replace("\n", "")
    code, said = run(runner, "export", "facility", tmp_path / "out.csv", "--crs", "EPSG:4545")
    assert code == 0, said
    code, said = run(runner, "import", f"facility={tmp_path / 'out.csv'}", "--crs", "4545", "--dry-run")
    assert "Nothing to change" in said, said
    (tmp_path / "人员.csv").write_bytes(
        "姓名,职务,所属乡镇,电话\n李值班,值班员,甲镇,13900000002\n".encode("gbk")
    )
    secret = tmp_path / "passwords.csv"
    code, said = run(runner, "import", tmp_path / "人员.csv", "--passwords", secret)
    assert code == 0, said
    assert "13900000002" in secret.read_text(encoding="utf-8-sig")
    assert secret.stat().st_mode & 0o077 == 0
    code, said = run(runner, "import", tmp_path / "人员.csv", "--passwords", secret)
    assert said.startswith("file_exists:")
    code, said = run(runner, "import", tmp_path / "人员.csv", files / "县界.shp")
    assert said.startswith("apart:")
    for number in (3, 2):
        code, said = run(runner, "import", "--undo")
        assert code == 0, said
        assert f"Import {number} is undone" in said


def test_a_refused_import_says_what_is_wrong_and_draws_it(
    runner: CliRunner, files: Path, tmp_path: Path
) -> None:
    run(runner, "import", files / "县界.shp", files / "乡镇界.shp")
    path = overlapping(tmp_path, "<script>x</script>")
    code, said = run(runner, "import", path, "--replace", "--report", tmp_path / "r.html")
    assert code == 1
    assert "overlap" in said
    assert "Nothing was changed" in said
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<script" not in page
    assert "#c62828" in page
    assert not re.search(r"(src|href)\s*=|url\(|https?://|@import", page), "nothing is loaded from anywhere"
    assert "id='en' checked" in page
    assert "重叠" in page, "the other language is a switch away"


def test_chinese_is_spoken_where_nothing_else_is_asked_for(
    runner: CliRunner, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WALL_LANGUAGE")
    code, said = run(runner, "import", files / "县界.shp", files / "乡镇界.shp")
    assert code == 0, said
    assert "名称 name ← XZQMC" in said
    assert "已导入，编号 1" in said
    path = overlapping(tmp_path, "乙镇")
    code, said = run(runner, "import", path, "--replace", "--report", tmp_path / "r.json")
    assert code == 1
    assert "overlap" in said
    assert "什么也没有改动" in said
    fault = json.loads((tmp_path / "r.json").read_text())["faults"]["shown"][0]
    assert (fault["row"], fault["key"]) == (None, "620821"), "it is filed under the area that holds them"
    assert "甲镇（620821100，第 1 行）与乙镇（620821101，第 2 行）两个乡镇重叠" in fault["detail"]
    assert "overlap" in fault["detail_en"]


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["nowhere.shp"], "no_file"),
        (["--layer", "moon", "x.shp"], "unknown_layer"),
        (["moon=pyproject.toml"], "unknown_layer"),
        (["--map", "nonsense", "x.shp"], "bad_mapping"),
        (["--crs", "mars", "x.shp"], "unknown_crs"),
        (["--report", "r.pdf", "x.shp"], "unknown_format"),
        (["--report", "nowhere/r.html", "x.shp"], "no_folder"),
        ([], "no_file"),
        (["--undo", "seven"], "unknown_import"),
        (["/vsicurl/http://example.com/a.gpkg", "--layer", "poi"], "no_file"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_code(
    runner: CliRunner, arguments: list[str], code: str
) -> None:
    exit_code, said = run(runner, "import", *arguments)
    assert exit_code == 1
    assert said.startswith(f"{code}:"), said


def test_a_column_can_be_named(runner: CliRunner, files: Path) -> None:
    run(runner, "import", files / "县界.shp")
    path = write_shapefile(
        files / "town.shp", {"甲": ["620821100", "620821101"], "乙": ["甲镇", "乙镇"]}, [WEST, EAST]
    )
    code, said = run(runner, "import", f"township={path}")
    assert code == 1
    assert "missing_column" in said
    code, said = run(runner, "import", f"township={path}", "--map", "code=甲", "--map", "name=乙")
    assert code == 0, said
