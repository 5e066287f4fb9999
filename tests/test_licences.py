"""The licence table is true: it names what pyproject.toml names, and what each installed package says of itself."""

from importlib import metadata

import licences
import pytest
from licences import declared, faults, listed, states
from places import ROOT

PAGE = (ROOT / "docs" / "licences.md").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()


def test_the_table_names_each_declared_package_with_an_accepted_licence() -> None:
    assert list(faults(declared(PYPROJECT), listed(PAGE))) == []


@pytest.mark.parametrize("name", declared(PYPROJECT))
def test_a_licence_is_what_the_installed_package_states(name: str) -> None:
    try:
        assert states(name, listed(PAGE)[name])
        assert not states(name, "GPL-3.0-only")
    except metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed here")


def test_what_is_wrong_with_a_table_is_said() -> None:
    (new,) = faults([*listed(PAGE), "newcomer"], listed(PAGE))
    assert "lacks ['newcomer']" in new
    (gone,) = faults(["tensorflow"], listed("| tensorflow | x | Apache-2.0 |\n| rich | x | MIT |\n"))
    assert "has ['rich'] over" in gone
    (odd,) = faults(["it"], listed("| it | x | MIT AND GPL-3.0-only |\n"))
    assert "it is under GPL-3.0-only, which ACCEPTED" in odd


def test_lint_ends_with_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as ended:
        licences.main()
    assert ended.value.code is None
    monkeypatch.setattr(licences, "ACCEPTED", {"MIT"})
    with pytest.raises(SystemExit, match=r"tensorflow is under Apache-2\.0"):
        licences.main()
