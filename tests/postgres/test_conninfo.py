"""Connection strings: what may be said about them, and what must never be."""

import pytest

from pgtui.errors import UsageError
from pgtui.postgres.conninfo import parameters_of, place, places, without_environment
from pgtui.postgres.options import options_of, settings_of


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:hunterfish@1@h/db",
        "postgresql://u:hunter/fish1@h/db",
        "postgresql://u:hunterfish1/db",
        "postgresql://u:hunter%fish1@h/db",
        "postgresql://u:hunterfish1@[::1/db",
        "postgresql://u:p@h/db?passwort=hunterfish1",
        "postgresql://u:p@h/db?hunterfish1",
        "host=h password=hunter fish1",
        "host=h password='hunterfish1",
        "host=h pwd=hunter fish1",
        'host=h password=hunter"fish1 fish1',
    ],
)
def test_a_dsn_that_cannot_be_read_is_refused_without_the_password(dsn: str) -> None:
    with pytest.raises(UsageError) as caught:
        parameters_of(dsn)
    assert "fish1" not in str(caught.value)
    assert "hunter" not in str(caught.value)
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("dsn", "value"),
    [
        ("nonsense", "nonsense"),
        ("host=h colour=red", "colour"),
        ("host=h port=abc", "'abc'"),
        ("host=h port=1,70000", "'70000'"),
        ("host=h connect_timeout=soon", "'soon'"),
    ],
)
def test_what_is_wrong_is_quoted_where_it_cannot_be_a_password(dsn: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        parameters_of(dsn)
    assert value in caught.value.message


def test_an_empty_dsn_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="empty"):
        parameters_of(" ")


def test_a_dsn_is_completed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGUSER", "from-environment")
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGPORT", "6543")
    parameters = parameters_of("postgresql://given@h/db")
    assert parameters["user"] == "given"
    assert parameters["sslmode"] == "require"
    assert parameters["port"] == "6543"


def test_a_service_says_what_the_dsn_does_not(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    file = f"{tmp_path}/services"
    with open(file, "w") as services:
        services.write("[shop]\nhost=a,b\nport=1,2\ndbname=shop\noptions=-c geqo=off\n")
    monkeypatch.setenv("PGSERVICEFILE", file)
    monkeypatch.setenv("PGDATABASE", "from-environment")
    parameters = parameters_of("service=shop port=3,4")
    assert (parameters["host"], parameters["port"], parameters["dbname"]) == ("a,b", "3,4", "shop")
    assert parameters["options"] == "-c geqo=off"
    assert parameters["service"] == "shop"  # for libpq to say so if there is none


def test_the_environment_can_be_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")
    monkeypatch.setenv("PGREQUIREAUTH", "scram-sha-256")
    monkeypatch.setenv("PGTARGETSESSIONATTRS", "standby")
    conninfo = without_environment({"host": "h", "user": "u"})
    assert "options=''" in conninfo
    assert "require_auth=''" in conninfo
    assert "target_session_attrs=any" in conninfo
    assert "elsewhere" not in conninfo


def test_places_are_told_as_people_write_them() -> None:
    assert place("db.example", 5432) == "db.example:5432"
    assert place("::1", 5432) == "[::1]:5432"
    assert place("/run/postgresql", 5432) == "/run/postgresql port 5432"
    assert places({"host": "a,b", "port": "1,2"}) == "a:1, b:2"
    assert places({"host": "a,b", "port": "1"}) == "a:1, b:1"
    assert places({"port": "5432"}) == "the default socket port 5432"


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("-c search_path=a,b", {"search_path": "a,b"}),
        ("-csearch_path=a --statement-timeout=5s", {"search_path": "a", "statement_timeout": "5s"}),
        (r"-c search_path=a,\ b", {"search_path": "a, b"}),
        (r"-c my.path=C:\\x", {"my.path": "C:\\x"}),
        ("-e -c geqo=off -d 1", {"geqo": "off", "options": "-e -d 1"}),
    ],
)
def test_options_are_taken_apart_as_postgresql_does(options: str, settings: dict[str, str]) -> None:
    assert settings_of(options) == settings
    assert settings_of(options_of(settings)) == settings
