"""The contracts that come with the package, wherever it was installed from."""

from __future__ import annotations

from pathlib import Path

from understudy.errors import SettingsError

_NAMES = ("aritma", "dualentry", "togai", "saasu")
_PACKAGE = Path(__file__).resolve().parent


def bundled_contracts() -> dict[str, Path]:
    """Return the file of each bundled contract by its name, in the order they are shown.

    Raises SettingsError.
    """
    folder = _folder()
    return _files(folder)


def admin_contract() -> Path:
    """Return the file of the admin API's contract, which lies beside the others. Raises SettingsError."""
    return _folder() / "admin.yaml"


def _files(folder: Path) -> dict[str, Path]:
    return {name: folder / f"{name}.yaml" for name in _NAMES}


def _folder() -> Path:
    """Return `specs/` beside the modules, where a wheel puts it, or else that of the source checkout."""
    candidates = (_PACKAGE / "specs", _PACKAGE.parent.parent / "specs")
    for folder in candidates:
        if all(map(Path.is_file, _files(folder).values())):
            return folder
    raise SettingsError(
        f"the bundled contracts are missing: looked in {' and '.join(map(str, candidates))}; "
        "reinstall understudy"
    )
