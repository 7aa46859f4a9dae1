"""Licences as SPDX expressions, from whatever says which one it is."""

import re
from collections.abc import Iterable

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from pkgcat.model.limits import MAX_LICENSE_LENGTH

_OSI = "License :: OSI Approved :: "
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",  # of its versions, the one in use
    "Blue Oak Model License (BlueOak-1.0.0)": "BlueOak-1.0.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)": "CECILL-2.1",
    "CMU License (MIT-CMU)": "MIT-CMU",
    "Common Development and Distribution License 1.0 (CDDL-1.0)": "CDDL-1.0",
    "Common Public License": "CPL-1.0",
    "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "Educational Community License, Version 2.0 (ECL-2.0)": "ECL-2.0",
    "European Union Public Licence 1.0 (EUPL 1.0)": "EUPL-1.0",
    "European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "MirOS License (MirOS)": "MirOS",
    "Mozilla Public License 1.0 (MPL)": "MPL-1.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mulan Permissive Software License v2 (MulanPSL-2.0)": "MulanPSL-2.0",
    "NASA Open Source Agreement v1.3 (NASA-1.3)": "NASA-1.3",
    "Open Software License 3.0 (OSL-3.0)": "OSL-3.0",
    "PostgreSQL License": "PostgreSQL",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "Sleepycat License": "Sleepycat",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "University of Illinois/NCSA Open Source License": "NCSA",
    "Zero-Clause BSD (0BSD)": "0BSD",
    "zlib/libpng License": "Zlib",
}
"""Those of OSI's classifiers that name one licence. Not in it: names of which there are several
versions, or several licences (PEP 639, "BSD License").
"""
_BRANCHES = {"License :: OSI Approved", "License :: DFSG approved"}
"""Classifiers that name no licence: others stand below them."""
_OTHERS = {
    "License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "License :: CeCILL-B Free Software License Agreement (CECILL-B)": "CECILL-B",
    "License :: CeCILL-C Free Software License Agreement (CECILL-C)": "CECILL-C",
}
_GNU = r"((?:A|L)?GPL|GFDL)-\d\.\d"
"""The identifiers of the GNU licences that SPDX 3.0 deprecated: they leave open whether a later
version may be taken.
"""


def of_project(expression: object, classifiers: Iterable[str], text: object) -> str | None:
    """Return a project's licence: its expression (PEP 639), else its licence text where that is an
    SPDX expression, else its only licence classifier, where that names one SPDX licence.
    """
    return _spdx(expression) or _spdx(text) or _classified(classifiers)


def of_host(name: object, title: object = None) -> str | None:
    """Return the SPDX form of a repository host's licence key, or None where it recognised none.

    A deprecated key (`GPL-3.0`) is replaced where the host says which of its successors is meant:
    by a `+`, or by the end of the licence's title. Else it stays.
    """
    found = _spdx(name)
    if found is None or not re.fullmatch(rf"{_GNU}\+?", found):
        return found
    words = title.lower().split() if isinstance(title, str) else []
    if found.endswith("+") or words[-2:] == ["or", "later"]:
        return f"{found.removesuffix('+')}-or-later"
    if words[-1:] == ["only"]:
        return f"{found}-only"
    return found


def _classified(classifiers: Iterable[str]) -> str | None:
    """Return the licence of the only licence classifier; None where there are several."""
    lines = {line for line in classifiers if line.startswith("License ::")}
    if len(lines - _BRANCHES) != 1:
        return None
    (line,) = lines - _BRANCHES
    return _OTHERS.get(line) or _CLASSIFIERS.get(line.removeprefix(_OSI))


def _spdx(text: object) -> str | None:
    if not isinstance(text, str) or len(text) > MAX_LICENSE_LENGTH:
        return None
    try:
        return str(canonicalize_license_expression(text))
    except (InvalidLicenseExpression, ValueError, RecursionError):
        return None
